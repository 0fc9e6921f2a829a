// The line on air, with the words as they are heard, and the line that comes next.
import { effect, html, signal, useLayoutEffect, useRef } from "../vendor/preact.js";
import { skip } from "../actions.js";
import { lineOnAir, live, persona, S, showNow, tick, wall } from "../store.js";
import { clean, number, span, t, timeOfDay } from "../texts.js";
import { cut, Persona, personaVars, Test, Why } from "./common.js";

const LINGER_MS = 120; // a word stays lit a little, or short ones flicker
/** The line as {text, word}: words in their order, and what stands between them. Nothing of it moves while it is said. */
const pieces = signal([]);
/** How far the line was heard: words before `word` were said, that one is being said if `lit`. */
const spot = signal({ word: -1, lit: false });
const left = signal("");
/** Share of the line that was heard, 0..1. */
const share = signal(0);

const wide = (c) => /[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/.test(c);

/** Code point offset -> index into a JavaScript string. */
function indexer(text) {
  const points = Array.from(text);
  if (points.length === text.length) return (i) => Math.min(i, text.length);
  const at = [0];
  for (const p of points) at.push(at[at.length - 1] + p.length);
  return (i) => at[Math.min(i, points.length)];
}

function cutUp({ text, marks }) {
  const out = [];
  let at = 0;
  marks.forEach(({ from, to }, word) => {
    if (from > at) out.push({ text: clean(text.slice(at, from)), word, gap: true });
    out.push({ text: clean(text.slice(Math.max(at, from), to)), word, gap: false });
    at = Math.max(at, to);
  });
  if (at < text.length) out.push({ text: clean(text.slice(at)), word: marks.length, gap: true });
  return out;
}

/** All clauses as one text, with marks {at, end, from, to} in milliseconds and string indices. */
export function flatten(clauses) {
  let text = "";
  const marks = [];
  const order = Object.keys(clauses || {}).map(Number).sort((a, b) => a - b);
  for (const n of order) {
    const clause = clauses[n];
    const words = String(clause.text ?? "");
    if (text && words && !/\s$/.test(text) && !/^\s/.test(words) && !wide(text[text.length - 1])) text += " ";
    const base = text.length;
    const index = indexer(words);
    text += words;
    if (clause.words && clause.words.length) {
      for (const [at, ms, from, to] of clause.words) marks.push({ at, end: at + ms, from: base + index(from), to: base + index(to) });
    } else if (words) {
      guess(marks, clause, base, words);
    }
  }
  return { text, marks };
}

// No word times: the words of the clause share its time by their length.
function guess(marks, clause, base, words) {
  const per = Math.max(0, (clause.end ?? clause.at) - clause.at) / words.length;
  for (const found of words.matchAll(/[^\s\u3000-\u303f]+/gu)) {
    const at = clause.at + found.index * per;
    marks.push({ at, end: at + found[0].length * per, from: base + found.index, to: base + found.index + found[0].length });
  }
}

export function heardMs() {
  const head = S.playhead.peek();
  const line = lineOnAir.peek();
  if (!head || !line || head.line !== line.id) return 0;
  return head.ms + (head.playing && live.peek() ? Math.max(0, showNow() - head.at) : 0);
}

let flat = { text: "", marks: [] };
let frame = 0;

function draw() {
  const line = lineOnAir.peek();
  const ms = line ? heardMs() : 0;
  const { marks } = flat;
  let i = -1;
  while (i + 1 < marks.length && marks[i + 1].at <= ms) i += 1;
  const lit = i >= 0 && ms < marks[i].end + LINGER_MS;
  const before = spot.peek();
  if (before.word !== i || before.lit !== lit) spot.value = { word: i, lit };
  const total = line ? line.total || 0 : 0;
  share.value = total ? Math.min(1, ms / total) : 0;
  const seconds = Math.max(0, total - ms) / 1000;
  left.value = total ? (seconds < 10 ? number1(seconds) : number(Math.round(seconds))) : "";
}

const number1 = (s) => s.toFixed(1);

function loop() {
  draw();
  const head = S.playhead.peek();
  frame = head && head.playing && lineOnAir.peek() ? requestAnimationFrame(loop) : 0;
}

effect(() => {
  const line = lineOnAir.value;
  flat = line ? flatten(line.clauses) : { text: "", marks: [] };
  pieces.value = cutUp(flat);
  S.playhead.value;
  if (!frame) loop();
});

function Words() {
  const box = useRef(null);
  const shown = pieces.value;
  useLayoutEffect(() => effect(() => {
    const { word, lit } = spot.value;
    shown.forEach((piece, i) => {
      const over = piece.word < word || (piece.word === word && (piece.gap || !lit));
      const name = over ? "said" : piece.word === word ? "word" : "rest";
      const span = box.current.children[i];
      if (span && span.className !== name) span.className = name;
    });
    const now = box.current.querySelector(".word");
    if (now && box.current.scrollHeight > box.current.clientHeight) box.current.scrollTop = now.offsetTop - box.current.clientHeight / 2;
  }), [shown]);
  return html`<p class="line" dir="auto" ref=${box} tabindex="0" aria-label=${t("air.words")} role="group">${shown.map((piece, i) => html`<span key=${i}>${piece.text}</span>`)}</p>`;
}

function Progress() {
  const bar = useRef(null);
  useLayoutEffect(() => effect(() => { if (bar.current) bar.current.style.transform = `scaleX(${share.value.toFixed(4)})`; }), []);
  return html`<div class="prog" aria-hidden="true"><i ref=${bar}></i></div>`;
}

function Line({ line }) {
  const who = persona(line.persona);
  return html`<div class="now" style=${personaVars(line.persona)}>
    <div class="head"><span class="pa" aria-hidden="true">${Array.from(clean(who.name))[0] || "?"}</span><${Persona} id=${line.persona}/>
      <span class="chip live">${t("state.on_air")}</span>${line.voiced === false && html`<span class="chip held">${t("air.captions_only")}</span>`}${line.test && html`<${Test}/>`}
      <span class="left" aria-hidden="true">${line.whole === false && line.total ? t("air.about") : ""} <b class="n">${left}</b> ${t("air.left")}</span></div>
    <${Words}/><${Progress}/>
    <div class="why"><span class="chip">${t("why")}</span><${Why} why=${line.why} kind=${line.kind}/></div>
    <div class="acts"><button type="button" class="btn" aria-disabled=${!live.value} onClick=${skip}>${t("skip.this")} <kbd>S</kbd></button></div>
  </div>`;
}

// Why it is quiet although somebody waits: the next line is being made, or answers are spread over the minute.
function silenceWords() {
  if (Object.values(S.next.value).some((line) => line.state === "preparing")) return t("quiet.next");
  const pace = S.pace.value;
  const rest = pace && pace.opens ? pace.opens - showNow() : 0;
  return rest > 0 && Object.keys(S.queue.value).length ? t("quiet.pace", { n: number(pace.per_minute), span: span(rest + 999) }) : "";
}

function Quiet() {
  tick.value;
  const { mode, demo } = S.show.value;
  const report = S.silence.value;
  const key = mode === "stopped" ? "quiet.stopped" : mode === "paused" ? "quiet.paused" : mode === "running" ? "quiet.running" : `quiet.${mode}`;
  const when = mode === "stopped" && report ? t("quiet.stopped_by", { by: cut(report.by, 40) || t("someone"), at: timeOfDay(wall(report.at), true) }) : "";
  return html`<div class=${`now quiet ${mode}`}><p class="line">${t(key)}</p><p class="sub n">${when || (mode === "running" && silenceWords()) || t(mode === "running" && !demo ? "quiet.running.asked" : `${key}.sub`)}</p></div>`;
}

function NextChip({ line }) {
  tick.value;
  if (line.state === "ready") return html`<span class="chip ready n">${line.est_ms ? t("next.ready", { s: (line.est_ms / 1000).toFixed(1) }) : t("next.ready.plain")}</span>`;
  if (line.state === "held") return html`<span class="chip held">${t("next.held")}</span>`;
  return html`<span class="chip n">${t("next.preparing", { s: Math.max(0, (showNow() - line.since) / 1000).toFixed(0) })}</span>`;
}

function Next() {
  const ids = Object.keys(S.next.value).map(Number).sort((a, b) => a - b);
  if (!ids.length) return html`<p class="nonext">${t("next.none")}</p>`;
  return html`<ol class="next" aria-label=${t("next.title")}>${ids.map((id) => {
    const line = S.next.value[id];
    return html`<li key=${id}><${Persona} id=${line.persona}/><div><p dir="auto">${line.text ? cut(line.text, 200) : html`<span class="dim">${t("next.no_words")}</span>`}</p><small><${Why} why=${line.why} kind=${line.kind}/></small></div><${NextChip} line=${line}/></li>`;
  })}</ol>`;
}

export function OnAir() {
  const line = lineOnAir.value;
  return html`<section class="card air" aria-labelledby="h-air">
    <header><h2 id="h-air">${t("air.title")}</h2></header>
    ${line ? html`<${Line} key=${line.id} line=${line}/>` : html`<${Quiet}/>`}
    <${Next}/>
  </section>`;
}
