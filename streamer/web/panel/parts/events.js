// The card of events. What stands in it comes with the live view and not with the first page; it is as high without.
import { html, signal, useEffect } from "../vendor/preact.js";
import { loadPart, t } from "../texts.js";
import { useStyle } from "./common.js";

const inside = signal(null);

async function fetchInside() {
  if (inside.peek()) return;
  try {
    const [loaded] = await Promise.all([import("../events/card.js"), useStyle("events/events.css"), loadPart("events")]);
    inside.value = loaded.Card;
  } catch { /* the next time the live view is opened it is tried again */ }
}

export function Events() {
  useEffect(() => { fetchInside(); }, []);
  const Card = inside.value;
  return html`<section class="card eventsc" aria-labelledby="h-events">${Card ? html`<${Card}/>` : html`<header><h2 id="h-events">${t("events.title")}</h2></header>`}</section>`;
}
