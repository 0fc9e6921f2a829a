// What happened: who pressed what, what was dropped and why, what the parts said.
import { html, signal } from "../vendor/preact.js";
import { S, wall } from "../store.js";
import { clean, has, t, timeOfDay } from "../texts.js";
import { Entry as Words } from "./common.js";

const FILTERS = { all: () => true, people: (e) => e.kind === "press", drops: (e) => e.kind === "drop" };
const DRAWN_MAX = 120;
const filter = signal("all");
const MARKS = { drop: "–", line: "“", system: "◇" };

function Row({ entry }) {
  const person = entry.kind === "press";
  const initial = person ? Array.from(clean(entry.by) || "·")[0].toUpperCase() : MARKS[entry.kind] || "◇";
  return html`<li><time class="n">${timeOfDay(wall(entry.at), true)}</time><span class=${`av ${person ? "" : "sys"}`} aria-hidden="true">${initial}</span>
    <p dir="auto"><${Words} entry=${entry}/>${entry.fix && html` <span class="fix">${has(entry.fix) ? t(entry.fix, entry.params) : clean(entry.fix)}</span>`}</p></li>`;
}

export function Log() {
  const all = Object.keys(S.log.value).map(Number).sort((a, b) => b - a).filter((n) => FILTERS[filter.value](S.log.value[n])).slice(0, DRAWN_MAX);
  return html`<section class="card logc grow" aria-labelledby="h-log">
    <header><h2 id="h-log">${t("log.title")}</h2><span class="r" role="group" aria-label=${t("log.filter")}>${Object.keys(FILTERS).map((f) => html`<button key=${f} type="button" class="btn quiet" aria-pressed=${filter.value === f} onClick=${() => { filter.value = f; }}>${t(`log.filter.${f}`)}</button>`)}</span></header>
    ${all.length ? html`<ol class="log" tabindex="0" aria-label=${t("log.title")}>${all.map((n) => html`<${Row} key=${n} entry=${S.log.value[n]}/>`)}</ol>` : html`<p class="empty">${t("log.empty")}</p>`}
  </section>`;
}
