// Keys. F8 works everywhere on the page; single letters only outside text fields, and they can be switched off (WCAG 2.1.4).
import { signal } from "./vendor/preact.js";
import { skip, stop } from "./actions.js";
import { moveFocus } from "./parts/chat.js";
import { recall, remember } from "./texts.js";

export const letters = signal(recall("showrunner.letters") !== "off");

export function setLetters(on) {
  letters.value = on;
  remember("showrunner.letters", on ? "on" : "off");
}

const writing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(radio|checkbox)$/.test(element.type));

addEventListener("keydown", (event) => {
  if (event.repeat || event.isComposing) return;
  if (event.key === "F8") {
    event.preventDefault();
    stop();
    return;
  }
  if (!letters.peek() || event.ctrlKey || event.altKey || event.metaKey || writing(event.target)) return;
  const letter = event.key.toLowerCase();
  if (letter === "s" && !event.shiftKey) skip();
  else if (letter === "j") moveFocus(1);
  else if (letter === "k") moveFocus(-1);
  else return;
  event.preventDefault();
});
