// This tab as one that can be heard: the sound overlay in a frame nobody sees, which plays along with the page that plays, or plays
// itself while there is none. It hangs at the root of the page, so that a change of view does not silence it.
import { computed, effect, html, signal, useEffect, useRef } from "../vendor/preact.js";
import { get } from "../api.js";
import { link } from "../store.js";
import { t } from "../texts.js";

const WANTED = "showrunner.hear";
const BROWSER = "showrunner.browser"; // written by overlays/lib/address.js
const LOOK_MS = 1000;

const store = (key, value) => { try { if (value === undefined) return sessionStorage.getItem(key); sessionStorage.setItem(key, value); } catch { /* forgets */ } return null; };
/** Whether somebody wants to hear the show in this tab; a reload keeps it, another tab does not get it. */
export const wanted = signal(store(WANTED) === "1");
export const hearHere = (on) => { wanted.value = on; store(WANTED, on ? "1" : "0"); };

/** off | waiting | asleep (the browser wants a click first) | plays | along | silent (another page of this browser sounds) */
export const here = signal("off");
/** How the frame calls itself to the show, "" while there is none. */
export const herePage = signal("");
export const sounds = computed(() => here.value === "plays" || here.value === "along");

/** Whether a page that holds is of this browser. */
export function ofThisBrowser(holder) {
  try { return Boolean(holder && holder.browser) && holder.browser === localStorage.getItem(BROWSER); } catch { return false; }
}

const address = signal("");
async function find() {
  const answer = await get("grants");
  const items = answer.ok && Array.isArray(answer.body?.items) ? answer.body.items : [];
  const item = items.find((one) => one.kind === "overlay" && /\/overlay\/sound(\?|$)/.test(one.url || ""));
  if (item) address.value = `${new URL(item.url, location.origin).href}&monitor=auto`;
}
effect(() => { if (wanted.value && link.value.state === "open" && !address.peek()) find(); });

let frame = null;
const sink = () => { try { return frame?.contentWindow?.showrunner?.sink || null; } catch { return null; } };

function look() {
  const player = sink();
  herePage.value = player ? player.page : "";
  if (!wanted.peek()) here.value = "off";
  else if (!player || !player.connected) here.value = "waiting";
  else if (player.audio !== "running") here.value = "asleep";
  else here.value = player.holder ? "plays" : player.monitor ? "along" : "silent";
}

function attach() {
  const player = sink();
  if (player) for (const event of ["audio", "lease", "connection"]) player.addEventListener(event, look);
  look();
}

// Any press in the panel is the click that browsers ask for before they let a page sound.
for (const event of ["pointerdown", "keydown"]) {
  addEventListener(event, () => { const player = sink(); if (player && player.audio !== "running") player.resume(); }, true);
}

/** Belongs at the root of the page. */
export function MonitorFrame() {
  const box = useRef(null);
  const on = wanted.value && address.value;
  useEffect(() => {
    frame = on ? box.current : null;
    look();
    const timer = on ? setInterval(look, LOOK_MS) : 0; // a frame that reloads itself says nothing while it does
    return () => { clearInterval(timer); frame = null; };
  }, [on, wanted.value]);
  if (!on) return null;
  return html`<iframe class="sr" ref=${box} src=${address.value} title=${t("sound.frame")} tabindex="-1" aria-hidden="true" allow="autoplay" onLoad=${attach}></iframe>`;
}
