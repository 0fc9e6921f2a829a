// What the show told us: one signal per key of the snapshot, and the show's clock.
import { batch, computed, signal } from "./vendor/preact.js";
import * as chat from "./chatlist.js";

const EMPTY = {
  build: "", show: { mode: "starting", title: "", epoch: 0, started: 0, dial: "normal", demo: false, scripted: false },
  silence: null, cast: {}, line: null, playhead: null, next: {}, queue: {}, pace: null, chat_rate: 0,
  sound: { where: "nobody", name: "", pages: 0, muted: 0, holder: null, monitors: 0, others: 0, warning: "" }, events: {}, health: {}, log: {}, setup: { n: 0, welcome: false }, write: {}, ignored: {},
  level: null, stage: null, obs: null, avatars: {}, ear: null, latency: {},
};
export const S = Object.fromEntries(Object.entries(EMPTY).map(([key, value]) => [key, signal(value)]));

/** state: connecting | open | lost | signed_out; `at` is performance.now() of the last frame. */
export const link = signal({ state: "connecting", at: 0, reason: "" });
export const live = computed(() => link.value.state === "open");

/** Rises once a second; what shows an age reads it. */
export const tick = signal(0);
setInterval(() => { tick.value += 1; }, 1000);

let offset = null;

/** The show's clock now, in milliseconds. */
export const showNow = () => performance.now() + (offset ?? 0);
export const wall = (showMs) => S.show.value.epoch + showMs;

// A frame can only be late, never early: the largest difference seen is the truest; a slow leak follows a drifting clock.
function setClock(now, fresh) {
  const seen = now - performance.now();
  offset = offset === null || fresh || seen > offset ? seen : offset + (seen - offset) * 0.02;
}

const unescape = (part) => part.replace(/~1/g, "/").replace(/~0/g, "~");
const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function put(tree, path, value) {
  if (path.length === 0) return value;
  const [head, ...rest] = path;
  const base = plain(tree) ? tree : {};
  return { ...base, [head]: put(base[head], rest, value) };
}

function drop(tree, path) {
  if (!plain(tree) || !Object.prototype.hasOwnProperty.call(tree, path[0])) return tree;
  const copy = { ...tree };
  if (path.length === 1) delete copy[path[0]];
  else copy[path[0]] = drop(copy[path[0]], path.slice(1));
  return copy;
}

export function takeSnapshot(now, snapshot) {
  setClock(now, true);
  batch(() => {
    for (const key of Object.keys(S)) {
      const value = snapshot[key];
      S[key].value = value === undefined || (value === null && EMPTY[key] !== null) ? EMPTY[key] : value;
    }
    chat.replace(snapshot.chat || {});
  });
}

export function takeChange(now, set = {}, del = []) {
  setClock(now, false);
  batch(() => {
    for (const path of Object.keys(set)) {
      const [top, ...rest] = path.split("/").map(unescape);
      if (top === "chat") changeChat(rest, set[path]);
      else if (S[top]) S[top].value = put(S[top].peek(), rest, set[path]);
    }
    for (const path of del) {
      const [top, ...rest] = path.split("/").map(unescape);
      if (top === "chat") rest.length ? chat.remove(rest[0]) : chat.replace({});
      else if (S[top]) S[top].value = rest.length ? drop(S[top].peek(), rest) : EMPTY[top];
    }
  });
}

function changeChat(rest, value) {
  if (rest.length === 0) chat.replace(value || {});
  else if (rest.length === 1) chat.put(rest[0], value);
  else chat.change(rest[0], rest[1], value);
}

export const persona = (id) => S.cast.value[id] || { name: id || "", color: "", order: 99 };
export const lineOnAir = computed(() => (S.line.value && S.line.value.id !== undefined ? S.line.value : null));
/** What the operator looks at, sent as `saw` with a press. */
export const seen = () => (lineOnAir.peek() ? lineOnAir.peek().id : 0);
