// Which view is on screen: live, set-up, overlays, the host's voice or last night. The hash of the address says it, so that links and Back work.
import { computed, effect, signal } from "./vendor/preact.js";
import { link, S } from "./store.js";

export const VIEWS = ["live", "setup", "overlays", "ear", "night"];

const named = () => { const name = location.hash.slice(1); return VIEWS.includes(name) ? name : ""; };
const asked = signal(named());
const first = signal("");

/** "" until the first snapshot has told whether this is somebody's first run. */
export const view = computed(() => asked.value || first.value);

/** How often the view was changed from here; the first one is not a change. Whoever sees it rise moves the focus. */
export const moves = signal(0);

/** True while something typed in a view would be lost by a reload. */
export const typing = signal(false);

/** True while the stage inside the set-up view plays the voices: then this very tab is heard. */
export const stagePlays = signal(false);

/** Where the voices can play besides pages: a device of the show's computer, a media source of OBS. */
export const outlets = ["device", "obs_media"];

addEventListener("hashchange", () => {
  const before = view.peek();
  asked.value = named();
  if (view.peek() !== before) moves.value += 1;
});

const decide = effect(() => {
  if (link.value.state !== "open" || first.peek()) return;
  first.value = S.setup.peek().welcome ? "setup" : "live";
  // In the address, so that a reload stays here after the first run is over.
  if (!asked.peek() && first.peek() === "setup") {
    history.replaceState(null, "", `${location.pathname}${location.search}#setup`);
    asked.value = "setup";
  }
  queueMicrotask(() => decide());
});

export function go(name) {
  if (view.peek() !== name || !asked.peek()) location.hash = name;
}
