// The host's microphone as this page has it: what is captured, whether it is sent, what is remembered. Lives as long as the page.
import { effect, signal } from "../vendor/preact.js";
import { pressKey } from "../api.js";
import { held, mine, wish } from "../parts/mic.js";
import { link, S } from "../store.js";
import { recall, remember } from "../texts.js";
import "./push.js";
import { impossible, microphones, NoMicrophone, open, permission } from "./capture.js";
import { Wire } from "./wire.js";

const PAGE = pressKey();
const KEEP = { on: "showrunner.ear", label: "showrunner.ear.microphone", aec: "showrunner.ear.aec", ns: "showrunner.ear.ns", agc: "showrunner.ear.agc" };
const TAIL_FRAMES = 15; // of what follows a key that was let go: the end of the word
const AHEAD_FRAMES = 12; // of what was before it was pressed: the beginning
const CLIPPED = 0.985;
const FLOOR_RISE = 1.004; // a frame: a new noise of the room is the floor after some seconds
const AGAIN_MS = 1500;

/** Microphones of this browser as [{id, label}]; none before it gave leave. */
export const devices = signal([]);
/** What was chosen here: label "" is the default. */
export const choice = signal({ label: recall(KEEP.label) || "", aec: recall(KEEP.aec) !== "0", ns: recall(KEEP.ns) !== "0", agc: recall(KEEP.agc) !== "0" });
/** As the worklet measured it last, 0 to 1; `floor` is the noise of the room. Read by whoever draws, not followed. */
export const level = { peak: 0, rms: 0, floor: 0, clipped: 0, at: 0 };

let told = null; // by the show, on this very connection: nothing is sent before
let source = null;
let wire = null;
let tail = 0;
let turn = 0;
let retry = 0;
const ahead = [];

const say = (more) => { mine.value = { ...mine.peek(), ...more }; };
const store = (value) => { try { sessionStorage.setItem(KEEP.on, value); } catch { /* asks again after a reload */ } remember(KEEP.on, value); };

function measure({ peak, power }) {
  const rms = Math.sqrt(power);
  const now = performance.now();
  if (peak >= CLIPPED) level.clipped = now;
  level.floor = rms > 0 ? Math.min(rms, (level.floor || rms) * FLOOR_RISE) : level.floor;
  Object.assign(level, { peak, rms, at: now });
}

function frame(data) {
  measure(data);
  wire.tick(level.at);
  if (!told || (wish.peek() ?? told.state === "muted")) { ahead.length = tail = 0; return; }
  const down = held.peek() || told.pressed;
  if (!told.push_to_talk) { wire.frame(data.pcm, down); return; }
  if (down) {
    for (const pcm of ahead.splice(0)) wire.frame(pcm, true);
    wire.frame(data.pcm, true);
    tail = TAIL_FRAMES;
  } else if (tail > 0) {
    // Still held for the show, which ends the turn with the first frame that is not: that one has to arrive.
    const last = tail === 1;
    if (wire.frame(data.pcm, !last) || !last) tail -= 1;
  } else {
    ahead.push(data.pcm);
    if (ahead.length > AHEAD_FRAMES) ahead.shift();
  }
}

function begin() {
  if (wire) return;
  wire = new Wire({
    onState: (message) => { told = message; if (mine.peek().push !== message.push_to_talk) say({ push: message.push_to_talk }); },
    onLink: (up) => { if (!up) told = null; say({ up }); },
    onReplaced: () => { release(); wire = null; try { sessionStorage.setItem(KEEP.on, "0"); } catch { /* as above */ } say({ phase: "replaced", up: false }); },
  });
}

function release() {
  turn += 1;
  clearTimeout(retry);
  source?.stop();
  source = null;
  Object.assign(level, { peak: 0, rms: 0, at: 0 });
}

const changed = () => say({ asleep: source ? source.asleep : false, silenced: source ? source.silenced : false });

/** Opens what was chosen, or the default. `quiet`: what was open went away; nobody is asked twice. */
async function listen({ quiet = false } = {}) {
  const mineNow = ++turn;
  if (!quiet) say({ phase: "asking", code: "" });
  try {
    const made = await open({ ...choice.peek(), onFrame: frame, onEnd: lost, onChange: changed });
    if (mineNow !== turn) { made.stop(); return; }
    source?.stop();
    source = made;
  } catch (error) {
    if (mineNow !== turn) return;
    source = null;
    say({ phase: "failed", code: error instanceof NoMicrophone ? error.code : "failed", up: false });
    wire?.close();
    wire = null;
    return;
  }
  store("1");
  begin();
  say({ phase: "open", code: source.label !== choice.peek().label && choice.peek().label ? "other" : "", label: source.label });
  changed();
  devices.value = await microphones();
  wire?.greet({ page: PAGE, label: source?.label.slice(0, 200) ?? "", aec: source?.aec ?? false, ns: source?.ns ?? false, rate: source?.rate ?? 0 });
}

// The microphone was unplugged: the default takes over, or, where there is none, the next one that comes.
async function lost() {
  source = null;
  Object.assign(level, { peak: 0, rms: 0, at: 0 });
  await listen({ quiet: true });
  if (mine.peek().phase === "failed" && mine.peek().code === "none") say({ code: "unplugged" });
}

function plugged() {
  clearTimeout(retry);
  retry = setTimeout(async () => {
    const before = devices.peek();
    devices.value = await microphones();
    const { phase, code } = mine.peek();
    const came = devices.peek().some((one) => one.label === choice.peek().label && !before.some((old) => old.label === one.label));
    if (phase === "failed" && (code === "unplugged" || code === "none") && devices.peek().length) listen();
    else if (phase === "open" && code === "other" && came) listen({ quiet: true });
  }, AGAIN_MS / 5);
}

/** By a press of the host: opens the microphone. */
export function start() {
  if (mine.peek().phase === "replaced") begin();
  return listen();
}

/** After a reload, or a visit before: without a question, and only where none would be asked. */
export async function resume() {
  const state = await permission();
  if (impossible() || (state && state !== "granted") || mine.peek().phase !== "off") return;
  if (state) listen();
}

/** Lets go of the microphone; nothing is captured any more. */
export function stop() {
  release();
  wire?.close();
  wire = null;
  store("0");
  say({ phase: "off", code: "", up: false, asleep: false, silenced: false });
}

/** Remembers a choice and takes it at once where something is open. */
export function choose(more) {
  choice.value = { ...choice.peek(), ...more };
  for (const [key, value] of Object.entries(more)) remember(KEEP[key], typeof value === "boolean" ? (value ? "1" : "0") : value);
  if (mine.peek().phase === "open" || mine.peek().phase === "failed") listen({ quiet: mine.peek().phase === "open" });
}

export const refresh = async () => { devices.value = await microphones(); };

navigator.mediaDevices?.addEventListener?.("devicechange", plugged);
for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => { if (source?.asleep) source.wake(); }, true);
effect(() => { if (link.value.state === "open") wire?.hurry(); });
// Another source was chosen: this browser's microphone is let go.
effect(() => { const now = S.ear.value; if (now && now.source !== "browser" && mine.peek().phase === "open") stop(); });
