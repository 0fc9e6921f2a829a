// Push-to-talk: a key that works wherever nothing is typed, as long as this page has the focus, and a button that is held.
import { signal } from "../vendor/preact.js";
import { held, mine } from "../parts/mic.js";
import { recall, remember } from "../texts.js";

const KEPT = "showrunner.ear.key";
const TAKEN = /^(Key[AHJKMS]|F8|F9|Tab|Escape|Enter|NumpadEnter|Arrow\w+|Shift\w+|Control\w+|Alt\w+|Meta\w+|F5|F11|F12)$/;
export const FIRST = "KeyV";

/** The code of the key, as `KeyboardEvent.code` has it. */
export const key = signal(recall(KEPT) || FIRST);
/** True while the next key pressed becomes the key. */
export const learning = signal(false);
/** A key that cannot be taken was tried. */
export const refused = signal(false);

/** How people call it: V for KeyV. */
export const keyName = (code) => code.replace(/^(Key|Digit)/, "").replace(/^Numpad/, "Num ").replace(/([a-z])([A-Z])/g, "$1 $2");

const typing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(radio|checkbox)$/.test(element.type));
const holders = new Set();

/** `who` holds it or lets go. */
export function hold(who, on) {
  if (on) holders.add(who);
  else holders.delete(who);
  held.value = holders.size > 0;
}

const letGo = () => { holders.clear(); held.value = false; };

function learn(event) {
  event.preventDefault();
  event.stopPropagation();
  if (event.code === "Escape") { learning.value = false; return; }
  refused.value = TAKEN.test(event.code);
  if (refused.value) return;
  key.value = event.code;
  remember(KEPT, event.code);
  learning.value = false;
}

addEventListener("keydown", (event) => {
  if (learning.value && !event.repeat) { learn(event); return; }
  if (event.code !== key.value || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !mine.peek().push || mine.peek().phase !== "open") return;
  if (typing(event.target) && !/^F\d+$/.test(event.code)) return;
  event.preventDefault();
  if (!event.repeat) hold("key", true);
}, true);
addEventListener("keyup", (event) => { if (event.code === key.value) hold("key", false); }, true);
addEventListener("blur", letGo);
addEventListener("pagehide", letGo);
document.addEventListener("visibilitychange", () => { if (document.hidden) letGo(); });

/** What a button that is held needs: mouse, pen and finger, and Space or Enter. */
export const button = {
  onPointerDown: (event) => { if (event.button === 0) { event.currentTarget.setPointerCapture(event.pointerId); hold("button", true); } },
  onPointerUp: () => hold("button", false),
  onPointerCancel: () => hold("button", false),
  onLostPointerCapture: () => hold("button", false),
  onContextMenu: (event) => event.preventDefault(),
  onKeyDown: (event) => { if ((event.key === " " || event.key === "Enter") && !event.repeat) { event.preventDefault(); hold("button", true); } },
  onKeyUp: (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); hold("button", false); } },
  onBlur: () => hold("button", false),
};
