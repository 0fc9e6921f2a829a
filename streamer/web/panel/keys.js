// Keys. F8 and, where OBS is at hand, F9 work everywhere on the page; single letters only outside text fields, and they can be switched off (WCAG 2.1.4).
import { signal } from "./vendor/preact.js";
import { auto, emergency, hold, skip, stop } from "./actions.js";
import { press } from "./parts/mic.js";
import { S } from "./store.js";
import { recall, remember } from "./texts.js";

export const letters = signal(recall("showrunner.letters") !== "off");

export function setLetters(on) {
  letters.value = on;
  remember("showrunner.letters", on ? "on" : "off");
}

const writing = (element) => element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(radio|checkbox)$/.test(element.type));

/** What J and K move: the live view says it when it comes. */
export const rows = { move: () => {} };

// H: "I am talking" for as long as it is held. Whatever takes the key away ends it too.
let held = false;
function release() {
  if (held) hold(false);
  held = false;
}
addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "h") release(); });
addEventListener("blur", release);
addEventListener("pagehide", release);

function talk() {
  const on = S.stage.peek()?.host?.held;
  held = !on;
  hold(!on);
}

addEventListener("keydown", (event) => {
  if (event.repeat || event.isComposing) return;
  if (event.key === "F8") {
    event.preventDefault();
    stop();
    return;
  }
  if (event.key === "F9" && S.obs.peek()) {
    event.preventDefault();
    emergency();
    return;
  }
  if (!letters.peek() || event.ctrlKey || event.altKey || event.metaKey || writing(event.target)) return;
  const letter = event.key.toLowerCase();
  if (letter === "s" && !event.shiftKey) skip();
  else if (letter === "j") rows.move(1);
  else if (letter === "k") rows.move(-1);
  else if (letter === "m" && S.ear.peek()) press();
  else if (letter === "h" && S.stage.peek()?.host) talk();
  else if (letter === "a" && S.stage.peek()?.hand) auto();
  else return;
  event.preventDefault();
});
