// Drawings of the set-up page as elements: markup strings are not allowed here.
import { html } from "../vendor/preact.js";

const SHAPES = {
  channel: "M4 5.500h16v10.500H11l-4.500 3.500V16H4zM8 9.200h8M8 12.300h5",
  brain: "M12 3.500v3M12 17.500v3M3.500 12h3M17.500 12h3M6 6l2 2M16 16l2 2M18 6l-2 2M8 16l-2 2M12 8.800l1.100 2.100 2.100 1.100-2.100 1.100L12 15.200l-1.100-2.100L8.800 12l2.100-1.100z",
  voice: "M4 10.500v3M8 7.500v9M12 4.500v15M16 8.500v7M20 10.500v3",
  character: "M12 4a7 7 0 0 1 7 7v3a7 7 0 0 1-14 0v-3a7 7 0 0 1 7-7M5.500 10.500c4 0 6-1.500 7-4 1 2.500 3 4 6 4M9.300 13v.9M14.700 13v.9M9.800 16.800c1.300.9 3.100.9 4.400 0",
  overlay: "M3.500 5h17v11.500h-17zM8.500 20h7M12 16.500V20M10 9l4 1.800-4 1.800z",
  done: "m5 12.500 4.500 4.500L19 7.500",
  mic: "M12 4a2.600 2.600 0 0 1 2.600 2.600v4.800a2.600 2.600 0 0 1-5.200 0V6.600A2.600 2.600 0 0 1 12 4M6.500 11.200a5.500 5.500 0 0 0 11 0M12 16.700V20",
  sound: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  mute: "M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9.800l5 4.600M20.500 9.800l-5 4.600",
  play: "M8 5.500v13l10.500-6.500z",
  halt: "M7.500 7.500h9v9h-9z",
  send: "M4 12 20 4.500 15.500 20l-3.800-6.500zM11.700 13.500 20 4.500",
  warn: "M12 4 2.800 19.500h18.400zM12 10v4.500M12 16.800v.2",
};

export function Glyph({ name }) {
  return html`<svg class="glyph" aria-hidden="true" viewBox="0 0 24 24" stroke-width="1.7"><path d=${SHAPES[name]}/></svg>`;
}
