// The gallery: every overlay live, what its address can be told, its link, and the way into OBS.
import { effect, html, signal, useEffect } from "../vendor/preact.js";
import { get } from "../api.js";
import { link, S } from "../store.js";
import { recall, remember, t } from "../texts.js";
import { view } from "../views.js";
import { Overlay } from "./overlay.js";

const GROUNDS = ["check", "light", "dark", "game"];
const KEPT = "showrunner.overlay_ground";
/** What the show serves, null until it has told; "lost" when it did not. */
const items = signal(null);
/** Addresses with their token, by kind. */
const urls = signal({});
const ground = signal(GROUNDS.includes(recall(KEPT)) ? recall(KEPT) : "game");

async function load() {
  const [all, grants] = await Promise.all([get("overlays"), get("grants")]);
  if (!all.ok || !Array.isArray(all.body?.items)) {
    if (!Array.isArray(items.peek())) items.value = "lost";
    return;
  }
  const found = {};
  for (const { kind, url } of grants.ok && Array.isArray(grants.body?.items) ? grants.body.items : []) {
    const name = kind === "overlay" && /\/overlay\/([\w-]+)(?:\?|$)/.exec(url || "");
    if (name && !found[name[1]]) found[name[1]] = new URL(url, location.origin).href;
  }
  urls.value = found;
  items.value = all.body.items;
}
effect(() => { if (link.value.state === "open" && view.value === "overlays" && !Array.isArray(items.peek())) load(); });

function Ground() {
  const set = (name) => { ground.value = name; remember(KEPT, name); };
  return html`<fieldset class="ground"><legend>${t("overlays.ground")}</legend><span class="seg3">${GROUNDS.map((name) => html`<label key=${name}><input type="radio" name="ground" value=${name} checked=${ground.value === name} onChange=${() => set(name)}/><span>${t(`overlays.ground.${name}`)}</span></label>`)}</span></fieldset>`;
}

/** Why nothing can be put into OBS now, as a key of the words; empty when it can. */
export function whyNot() {
  const obs = S.obs.value;
  if (!obs) return "overlays.obs.none";
  if (obs.state !== "ready") return "overlays.obs.away";
  return obs.browser === false ? "overlays.obs.browser" : "";
}

function Away() {
  const why = whyNot();
  if (!why) return null;
  return html`<p class="obs-away" id="obs-away"><span class="dot off" aria-hidden="true"></span><span>${t(why)}${why === "overlays.obs.none" && html` <a class="link" href="#setup">${t("overlays.obs.connect")}</a>`}</span></p>`;
}

/** `shown`: the view is the one on screen; previews run only then. */
export function Gallery({ shown }) {
  const all = items.value;
  useEffect(() => { if (shown && all === "lost") load(); }, [shown]);
  return html`<div class="gallery"><header class="gallery-head"><div><h2 tabindex="-1" data-heading>${t("overlays.title")}</h2><p>${t("overlays.words")}</p></div><${Ground}/></header>
    <${Away}/>
    ${all === "lost" ? html`<div class="notice live" role="alert"><p><b>${t("overlays.lost")}</b></p><p><button type="button" class="btn" onClick=${load}>${t("overlays.again")}</button></p></div>`
    : all === null ? html`<ul class="gallery-list" aria-hidden="true">${[0, 1, 2, 3].map((n) => html`<li key=${n} class="card wait"><div class="shot"></div></li>`)}</ul>`
    : html`<ul class="gallery-list">${all.map((one) => html`<${Overlay} key=${one.kind} about=${one} url=${urls.value[one.kind] || ""} ground=${ground.value} shown=${shown} why=${whyNot()}/>`)}</ul>`}</div>`;
}
