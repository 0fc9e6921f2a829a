// The report of a rehearsal as a page: the panel shows it, and it stands alone in one file that can be passed on.
import { clean, h, nameOf } from "./dom.js";
import { Player } from "./player.js";
import { timeline } from "./timeline.js";
import { ruleWords, wording } from "./words.js";

const FIRST = 12;
const MORE = 200;
const SUBS = { "night.best": "night.best.sub", "night.stopped": "night.stopped.sub", "night.waits": "night.waits.sub" };

/**
 * Draws `report` (docs/last-night.md) into `root`. `strings` are the texts of `lang`; `rig` is
 * `{makeRig, mouthAt, cueAt, gesturesIn}` of the overlays, or null. Returns `hush()`, which ends the sound, and `close()`, which ends everything.
 */
export function showReport(root, report, { strings, lang, rig = null }) {
  const w = wording(strings, lang);
  const cast = Object.fromEntries((report.cast || []).map((member) => [member.id, member]));
  const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const player = new Player(cast, rig, w, { reduced });
  const cards = new Map();
  const pick = (n) => { cards.get(n)?.scrollIntoView({ block: "center", behavior: reduced ? "auto" : "smooth" }); cards.get(n)?.querySelector("button")?.focus({ preventScroll: true }); };
  for (const each of report.best || []) cards.set(each.n, exchange(each, cast, player, w));
  player.onChange = (n) => {
    for (const [number, card] of cards) card.classList.toggle("is-playing", number === n);
    for (const [number, card] of cards) card.dispatchEvent(new CustomEvent("playing", { detail: number === n }));
  };
  root.replaceChildren(h("article", { class: "nr", lang },
    head(report, w), tiles(report, w),
    report.timeline ? section("night.time", w, timeline(report, w, cast, pick)) : null,
    best(cards, player, w), stopped(report, w), waits(report, cast, w), bill(report, w), foot(report, w)));
  return { hush: () => player.stop(), close: () => player.close() };
}

function section(key, w, ...kids) {
  const id = `nr-${key.replace(/\W/g, "-")}`;
  const sub = SUBS[key];
  return h("section", { class: "nr-part", "aria-labelledby": id }, h("h3", { id, text: w.t(key) }), sub ? h("p", { class: "nr-sub", text: w.t(sub) }) : null, kids);
}

function head(report, w) {
  const { source } = report;
  const format = `night.format.${source.format}`;
  const facts = [w.has(format) ? w.t(`night.format.${source.format}`) : w.t("night.format.other"), w.t("night.rows", { n: w.number(source.rows) })];
  if (source.left_out) facts.push(w.t("night.left_out", { n: w.number(source.left_out) }));
  if (report.bad_lines) facts.push(w.t("night.bad", { n: w.number(report.bad_lines) }));
  return h("header", { class: "nr-head" }, h("h2", { class: "nr-title" }, h("bdi", { text: clean(source.name, 80) })),
    h("p", { class: "nr-sub", text: [w.span(report.duration_s), ...facts].join(" · ") }),
    report.scripted === false ? null : h("p", { class: "notice", text: w.t("night.scripted") }),
    (report.notices || []).filter((each) => w.has(each.code)).map((each) => h("div", { class: "notice held" }, h("p", { text: w.t(each.code, each.params) }),
      each.fix ? h("p", { class: "fix", text: w.has(each.fix) ? w.t(each.fix, each.params) : clean(each.fix) }) : null)));
}

function tiles(report, w) {
  const answered = (report.waits || []).filter((each) => each.outcome === "answered").map((each) => each.waited_s).sort((a, b) => a - b);
  const middle = answered.length ? answered[Math.floor(answered.length / 2)] : null;
  const cost = report.bill?.usd;
  return h("ul", { class: "nr-tiles" }, [
    ["messages", w.number(report.messages)],
    ["answered", w.number(report.answered)],
    ["waited", middle === null ? "–" : w.span(middle)],
    ["stopped", w.number(report.blocked + report.held)],
    ["silence", w.span(report.dead_air_s?.max ?? 0)],
    ["cost", cost === null || cost === undefined ? "–" : w.money(cost)],
  ].map(([key, value]) => h("li", { class: `nr-tile nr-tile--${key}` }, h("b", { class: "n", text: value }), h("span", { text: w.t(`night.tile.${key}`) }))));
}

function best(cards, player, w) {
  if (!cards.size) return section("night.best", w, h("p", { class: "empty", text: w.t("night.best.none") }));
  return section("night.best", w, h("div", { class: "nr-best" }, player.root, h("ol", { class: "nr-cards" }, [...cards.values()])));
}

function exchange(each, cast, player, w) {
  const label = (on) => w.t(on ? "night.stop" : "night.play", { n: each.n });
  const button = h("button", { type: "button", class: "btn accent nr-play", "aria-label": label(false) }, h("span", { class: "nr-play__sign", "aria-hidden": "true" }), h("span", { class: "nr-play__word", text: w.t("night.play.short") }));
  let on = false;
  button.addEventListener("click", () => (on ? player.stop() : player.play(each)));
  const mute = each.lines.every((line) => !line.audio);
  const card = h("li", { class: "nr-card" },
    h("div", { class: "nr-card__top" }, h("span", { class: "nr-card__n", "aria-hidden": "true", text: String(each.n) }),
      h("time", { class: "n", text: w.clock(each.at) }), h("span", { class: "chip pick", text: why(each, w) }),
      each.asked.length ? h("span", { class: "nr-dim", text: w.t("night.after", { span: w.span(each.waited_s) }) }) : null, button),
    each.asked.map((asked) => h("p", { class: "nr-asked" }, h("b", {}, asked.name ? nameOf(asked.name) : w.t("night.host")), " ", h("q", { dir: "auto", text: clean(asked.text, 240) }))),
    each.lines.map((line) => h("p", { class: "nr-said", style: { "--nr-persona": cast[line.persona]?.color || "var(--accent)" } },
      h("b", { text: cast[line.persona]?.name || line.persona }), " ", h("span", { dir: "auto", text: line.text }))),
    mute ? h("p", { class: "help", text: w.t("night.mute") }) : null);
  card.addEventListener("playing", (event) => {
    on = event.detail;
    button.setAttribute("aria-label", label(on));
    button.querySelector(".nr-play__word").textContent = w.t(on ? "night.stop.short" : "night.play.short");
  });
  return card;
}

function why(each, w) {
  const key = `why.${each.why}`;
  return w.has(key) ? w.t(key) : each.why;
}

/** A table that begins short; the rest comes on a press, so that a long night stays a quick page. */
function table(w, heads, rows, draw) {
  const body = h("tbody", {}, rows.slice(0, FIRST).map(draw));
  let shown = Math.min(FIRST, rows.length);
  const more = h("button", { type: "button", class: "btn nr-more" });
  const label = () => { more.textContent = w.t("night.more", { n: w.number(rows.length - shown) }); more.hidden = shown >= rows.length; };
  more.addEventListener("click", () => { body.append(...rows.slice(shown, shown + MORE).map(draw)); shown = Math.min(rows.length, shown + MORE); label(); });
  label();
  return [h("div", { class: "nr-scroll", tabindex: "0", role: "region", "aria-label": heads[heads.length - 1] }, h("table", { class: "nr-table" },
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col", text: head })))), body)), more];
}

function stopped(report, w) {
  const rows = report.stopped || [];
  if (!rows.length) return section("night.stopped", w, h("p", { class: "empty", text: w.t("night.stopped.none") }));
  const rules = new Map();
  for (const row of rows) rules.set(ruleWords(w, row.rule), (rules.get(ruleWords(w, row.rule)) || 0) + 1);
  const sums = [...rules].sort((a, b) => b[1] - a[1]);
  const box = h("div", { class: "nr-veil" });
  const toggle = h("input", { class: "tg", type: "checkbox", role: "switch" });
  toggle.addEventListener("change", () => box.classList.toggle("is-open", toggle.checked));
  box.append(...table(w, ["night.col.at", "night.col.who", "night.col.rule", "night.col.words"].map((key) => w.t(key)), rows, (row) => h("tr", {},
    h("td", { class: "n", text: w.clock(row.at) }), h("td", {}, nameOf(row.name)),
    h("td", {}, h("span", { class: `chip ${row.verdict === "hold" ? "held" : "block"}`, text: ruleWords(w, row.rule) }), " ", h("span", { class: "nr-dim", text: w.t(`night.verdict.${row.verdict}`) })),
    h("td", {}, row.text ? h("span", { class: "nr-veiled", dir: "auto" }, marked(row)) : h("span", { class: "nr-dim", text: w.t("night.gone") })))));
  return section("night.stopped", w, h("ul", { class: "nr-sums" }, sums.map(([rule, n]) => h("li", { class: "chip" }, h("b", { class: "n", text: w.number(n) }), ` ${rule}`))),
    h("label", { class: "nr-switch" }, toggle, h("span", { text: w.t("night.stopped.show") })), box);
}

function marked(row) {
  const points = Array.from(String(row.text ?? ""));
  if (!row.span) return clean(row.text, 240);
  const [start, end] = row.span;
  return [clean(points.slice(0, start).join(""), 240), h("mark", { text: clean(points.slice(start, end).join(""), 120) }), clean(points.slice(end).join(""), 240)];
}

const OUTCOMES = ["answered", "expired", "crowded", "cleared", "taken_back", "skipped", "failed", "dial", "nobody", "closing", "waiting"];

function waits(report, cast, w) {
  const rows = [...(report.waits || [])].sort((a, b) => b.waited_s - a.waited_s);
  if (!rows.length) return section("night.waits", w, h("p", { class: "empty", text: w.t("night.waits.none") }));
  const counts = new Map();
  for (const row of rows) counts.set(row.outcome, (counts.get(row.outcome) || 0) + 1);
  const known = OUTCOMES.filter((each) => counts.has(each));
  const all = rows.length;
  return section("night.waits", w,
    h("div", { class: "nr-bar", role: "img", "aria-label": known.map((each) => `${outcome(each, w)}: ${counts.get(each)}`).join(", ") },
      known.map((each) => h("span", { class: `nr-bar__part nr-bar__part--${each}`, style: { "flex-grow": String(counts.get(each)) } }))),
    h("ul", { class: "nr-sums" }, known.map((each) => h("li", { class: `chip nr-key nr-key--${each}` }, h("i", { "aria-hidden": "true" }), outcome(each, w), h("b", { class: "n", text: `${w.number(counts.get(each))} (${w.percent(counts.get(each) / all)})` })))),
    table(w, ["night.col.waited", "night.col.outcome", "night.col.who", "night.col.words"].map((key) => w.t(key)), rows, (row) => h("tr", {},
      h("td", { class: "n", text: w.span(row.waited_s) }),
      h("td", {}, outcome(row.outcome, w), row.persona ? h("span", { class: "nr-dim", text: ` · ${cast[row.persona]?.name || row.persona}` }) : null),
      h("td", {}, nameOf(row.name)), h("td", {}, row.text ? h("span", { dir: "auto", text: clean(row.text, 160) }) : h("span", { class: "nr-dim", text: w.t("night.gone") })))));
}

const outcome = (code, w) => (w.has(`night.outcome.${code}`) ? w.t(`night.outcome.${code}`) : w.has(`drop.${code}`) ? w.t(`drop.${code}`) : code);

function bill(report, w) {
  const { bill: of } = report;
  if (!of) return null;
  const money = (usd) => (usd === null || usd === undefined ? w.t("night.bill.unknown") : w.money(usd));
  const rows = [
    ["night.bill.model", of.model || w.t("night.bill.none")],
    ["night.bill.tokens", w.t("night.bill.in_out", { into: w.number(of.prompt_tokens), out: w.number(of.completion_tokens) })],
    ["night.bill.usd", money(of.usd)],
    ["night.bill.hour", money(of.per_hour_usd)],
    ["night.bill.voice", w.t("night.bill.chars", { n: w.number(of.voice_chars), usd: money(of.voice_usd) })],
  ];
  const params = Object.fromEntries(Object.entries(of.words?.params || {}).map(([key, value]) => [key, typeof value === "number" ? w.number(value) : value]));
  const words = of.words && w.has(of.words.code) ? w.t(of.words.code, params) : "";
  return section("night.bill", w, words ? h("p", { text: words }) : null, h("dl", { class: "nr-facts" }, rows.map(([key, value]) => h("div", {}, h("dt", { text: w.t(key) }), h("dd", { class: "n", text: value })))));
}

function foot(report, w) {
  const people = Object.entries(report.per_persona || {}).map(([id, row]) => w.t("night.foot.persona", {
    name: (report.cast || []).find((each) => each.id === id)?.name || id, lines: w.number(row.lines), span: w.span(row.seconds),
  }));
  return h("footer", { class: "nr-foot" }, h("p", { text: people.join(" · ") }), h("p", { text: w.t("night.foot.made") }));
}
