// Icons as elements: an inline <use href="#..."> would need the page's own address, and markup strings are not allowed here.
import { html } from "./vendor/preact.js";

const SHAPES = {
  pause: [20, "M7 4.500v11M13 4.500v11", 2.6],
  play: [20, "M6.500 4.500v11l9-5.500z", 1.8],
  skip: [20, "M5 5v10l7.500-5zM15 5v10", 1.8],
  check: [16, "m3.500 8.500 3 3 6-7"],
  hold: [16, "M8 4.500V8l2.500 2M8 2.200a5.800 5.800 0 1 0 0 11.600 5.800 5.800 0 1 0 0-11.600"],
  bar: [16, "M8 2.500a5.500 5.500 0 1 0 0 11 5.500 5.500 0 1 0 0-11M4.200 4.200l7.600 7.600"],
  snow: [16, "M8 2v12M2.800 5l10.400 6M13.200 5 2.800 11"],
  copy: [16, "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3"],
  eye: [16, "M1.500 8S4 3.700 8 3.700 14.500 8 14.500 8 12 12.300 8 12.300 1.500 8 1.500 8M8 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 1 0 0-3.600"],
  out: [16, "M9.500 2.500h4v4M13.500 2.500 7.500 8.500M6.500 3.500h-4v10h10v-4"],
  speaker: [16, "M2.500 6v4h2.700L8.500 13V3L5.200 6zM11 5.800a3 3 0 0 1 0 4.400M12.800 4a5.600 5.600 0 0 1 0 8"],
  muted: [16, "M2.500 6v4h2.700L8.500 13V3L5.200 6zM11 6.200l3.500 3.600M14.500 6.200 11 9.800"],
  gear: [18, "M3 5h7M14 5h1M3 13h1M8 13h7M12 3.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 1 0 0-3.600M6 11.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 1 0 0-3.600"],
  dots: [16, "M3.500 6.700a1.300 1.300 0 1 0 0 2.600 1.300 1.300 0 1 0 0-2.600M8 6.700a1.300 1.300 0 1 0 0 2.600 1.300 1.300 0 1 0 0-2.600M12.500 6.700a1.300 1.300 0 1 0 0 2.600 1.300 1.300 0 1 0 0-2.600"],
  reply: [16, "M6.500 4 3 7.500 6.500 11M3 7.500h6a4 4 0 0 1 4 4v1"],
  again: [16, "M13 8a5 5 0 1 1-1.500-3.500M13 2.500v3h-3"],
  x: [16, "m4 4 8 8M12 4l-8 8"],
};

export function Icon({ name }) {
  if (name === "stop") {
    return html`<svg aria-hidden="true" viewBox="0 0 20 20"><rect x="4" y="4" width="12" height="12" rx="2" fill="currentColor" stroke="none"/></svg>`;
  }
  const [size, path, width] = SHAPES[name];
  return html`<svg aria-hidden="true" viewBox=${`0 0 ${size} ${size}`} stroke-width=${width || 1.6}><path d=${path}/></svg>`;
}
