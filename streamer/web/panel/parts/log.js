// What happened: who pressed what, what was dropped and why, what the parts said.
import { html, signal } from "../vendor/preact.js";
import { S, wall } from "../store.js";
import { clean, has, t, timeOfDay, tn } from "../texts.js";
import { Entry as Words } from "./common.js";

const FILTERS = { all: () => true, people: (e) => e.kind === "press", drops: (e) => e.kind === "drop" };
const DRAWN_MAX = 120;
const filter = signal("all");
const MARKS = { drop: "–", line: "“", system: "◇", aside: "·" };

/** Newest first; drops of viewers for one reason within one minute are one row: {entry, n}. */
export function grouped(numbers, log) {
  const rows = [];
  const open = new Map();
  for (const n of numbers) {
    const entry = log[n];
    const key = entry.kind === "drop" && entry.code === "drop" ? `${Math.floor(wall(entry.at) / 60000)} ${entry.params?.reason}` : "";
    const row = key && open.get(key);
    if (row) {
      row.n += 1;
      continue;
    }
    const made = { id: key || n, entry, n: 1 };
    rows.push(made);
    if (key) open.set(key, made);
  }
  return rows;
}

function Row({ entry, n }) {
  const person = entry.kind === "press";
  const initial = person ? Array.from(clean(entry.by) || "·")[0].toUpperCase() : MARKS[entry.kind] || "◇";
  return html`<li><time class="n">${timeOfDay(wall(entry.at), true)}</time><span class=${`av ${person ? "" : "sys"}`} aria-hidden="true">${initial}</span>
    <p dir="auto">${n > 1 ? tn("log.grouped", n, { reason: has(`drop.${entry.params.reason}`) ? t(`drop.${entry.params.reason}`) : clean(entry.params.reason) }) : html`<${Words} entry=${entry}/>`}${entry.fix && html` <span class="fix">${has(entry.fix) ? t(entry.fix, entry.params) : clean(entry.fix)}</span>`}</p></li>`;
}

export function Log() {
  const all = Object.keys(S.log.value).map(Number).sort((a, b) => b - a).filter((n) => FILTERS[filter.value](S.log.value[n]));
  const rows = (filter.value === "drops" ? all.map((n) => ({ id: n, entry: S.log.value[n], n: 1 })) : grouped(all, S.log.value)).slice(0, DRAWN_MAX);
  return html`<section class="card logc grow" aria-labelledby="h-log">
    <header><h2 id="h-log">${t("log.title")}</h2><span class="r" role="group" aria-label=${t("log.filter")}>${Object.keys(FILTERS).map((f) => html`<button key=${f} type="button" class="btn quiet" aria-pressed=${filter.value === f} onClick=${() => { filter.value = f; }}>${t(`log.filter.${f}`)}</button>`)}</span></header>
    ${all.length ? html`<ol class="log" tabindex="0" aria-label=${t("log.title")}>${rows.map((row) => html`<${Row} key=${row.id} entry=${row.entry} n=${row.n}/>`)}</ol>` : html`<p class="empty">${t("log.empty")}</p>`}
  </section>`;
}
