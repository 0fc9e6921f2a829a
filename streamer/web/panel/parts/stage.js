// The card of the stage. What stands in it comes with the live view and not with the first page.
import { computed, effect, html, signal, useEffect } from "../vendor/preact.js";
import { link, S } from "../store.js";
import { loadPart, recall, remember, t } from "../texts.js";
import { useStyle } from "./common.js";

const KNOWN = "showrunner.obs";
const inside = signal(null);
/** Whether OBS is set up; before the show has told, as it was the last time: so nothing moves when it does. */
export const linked = computed(() => (link.value.at ? Boolean(S.obs.value) : recall(KNOWN) === "1"));
effect(() => { if (link.value.at) remember(KNOWN, linked.value ? "1" : "0"); });

async function fetchInside() {
  if (inside.peek()) return;
  try {
    const [loaded] = await Promise.all([import("../stage/card.js"), useStyle("stage/stage.css"), loadPart("stage")]);
    inside.value = loaded.Card;
  } catch { /* the next time the live view is opened it is tried again */ }
}

export function Stage() {
  useEffect(() => { fetchInside(); }, []);
  const Card = inside.value;
  return html`<section class=${`card stagec ${linked.value ? "linked" : ""}`} aria-labelledby="h-stage">${Card ? html`<${Card}/>` : html`<header><h2 id="h-stage">${t("stage.title")}</h2></header>`}</section>`;
}
