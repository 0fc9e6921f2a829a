// The rows of the chat and when they may move. No drawing here.
//
// Rows are objects that live as long as their message: fixed words, and signals for what can change, so that a change touches one
// element. New rows are shown every 100 ms at most, and not at all while somebody points at or reads an older one. A deletion is struck
// through at once even then, because that moves nothing; a chip may wrap to a line of its own and waits until the list moves again.
import { computed, signal } from "./vendor/preact.js";

const SHOWN_MAX = 1000;
const WAITING_MAX = 1000;
const FLUSH_MS = 100;
const PARKED_MS = 30000; // a mouse left lying on the list must not stop the chat for ever

const known = new Map();
let waiting = [];
const leaving = new Set();
const late = new Set(); // rows whose chip is not the newest
let timer = 0;
let parked = 0;

export const shown = signal([]);
/** Rows held back, and rows that did not even fit among them. */
export const held = signal({ count: 0, lost: 0 });
const reasons = signal([]);
export const frozen = computed(() => reasons.value.length > 0);
export const frozenWhy = computed(() => reasons.value[0] || "");

function row(uid, data) {
  const state = data.state || null;
  const gone = signal(data.text === null || data.text === undefined || (state !== null && state.code === "deleted"));
  return { uid, n: data.n || 0, data, state, chip: signal(state), gone };
}

export function put(uid, data) {
  if (!data || typeof data !== "object") return;
  const old = known.get(uid);
  if (old) {
    leaving.delete(uid);
    change(uid, "state", data.state || null);
    if (data.text === null) change(uid, "text", null);
    return;
  }
  const made = row(uid, data);
  known.set(uid, made);
  waiting.push(made);
  if (waiting.length > WAITING_MAX) {
    const lost = waiting.splice(0, waiting.length - WAITING_MAX);
    for (const r of lost) known.delete(r.uid);
    held.value = { count: waiting.length, lost: held.peek().lost + lost.length };
  }
  schedule();
}

export function change(uid, field, value) {
  const old = known.get(uid);
  if (!old) return;
  if (field === "text") {
    if (value === null) old.gone.value = true;
    return;
  }
  if (field !== "state") return;
  old.state = value;
  if (value && value.code === "deleted") old.gone.value = true;
  if (reasons.peek().length) late.add(old);
  else old.chip.value = value;
}

export function remove(uid) {
  if (!known.has(uid)) return;
  leaving.add(uid);
  schedule();
}

export function replace(rows) {
  for (const uid of known.keys()) if (!(uid in rows)) leaving.add(uid);
  for (const uid of Object.keys(rows)) put(uid, rows[uid]);
  schedule();
}

function schedule() {
  if (!timer) timer = setTimeout(flush, FLUSH_MS);
}

function flush() {
  timer = 0;
  if (reasons.peek().length && shown.peek().length) { // an empty list has nothing to hold still
    held.value = { ...held.peek(), count: waiting.length };
    return;
  }
  for (const old of late) old.chip.value = old.state;
  late.clear();
  if (!waiting.length && !leaving.size) return;
  for (const uid of leaving) known.delete(uid);
  let list = leaving.size ? shown.peek().filter((r) => !leaving.has(r.uid)) : shown.peek();
  const early = list.length && waiting.some((r) => r.n < list[list.length - 1].n);
  const unsorted = early || waiting.some((r, i) => i && r.n < waiting[i - 1].n);
  list = list.concat(waiting.filter((r) => !leaving.has(r.uid)));
  if (unsorted) list.sort((a, b) => a.n - b.n);
  for (const r of list.slice(0, Math.max(0, list.length - SHOWN_MAX))) known.delete(r.uid);
  waiting = [];
  leaving.clear();
  held.value = { count: 0, lost: 0 };
  shown.value = list.slice(-SHOWN_MAX);
}

/** `why` is pointer, focus or scroll. */
export function freeze(why, on) {
  const now = reasons.peek();
  if (why === "pointer") {
    clearTimeout(parked);
    if (on) parked = setTimeout(() => freeze("pointer", false), PARKED_MS);
  }
  if (on === now.includes(why)) return;
  reasons.value = on ? [...now, why] : now.filter((r) => r !== why);
  if (!on) schedule();
}

export function thaw() {
  clearTimeout(parked);
  reasons.value = [];
  flush();
}
