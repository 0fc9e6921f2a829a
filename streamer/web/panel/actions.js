// What the operator can do, and what became of it.
import { computed, effect, signal } from "./vendor/preact.js";
import { post } from "./api.js";
import { S, live, lineOnAir, seen, showNow } from "./store.js";

const STOP_RETRY_MS = 5000;
/** A second click of a double press on Stop must not land on Resume. */
const RESUME_GUARD_MS = 900;

/** phase: idle | sending | sent | failed */
export const stopping = signal({ phase: "idle", at: 0 });
/** The last press that did not do what it said: {key, params}, or null. */
export const trouble = signal(null);
export const mode = computed(() => S.show.value.mode);
export const stopped = computed(() => mode.value === "stopped");
export const paused = computed(() => mode.value === "paused");

let guard = 0;
let presses = 0;

effect(() => {
  if (stopped.value) {
    if (stopping.peek().phase !== "idle") stopping.value = { phase: "idle", at: 0 };
  }
});

/** Sent also while the feed is down, and sent again until somebody answers. */
async function silence(command) {
  guard = performance.now() + RESUME_GUARD_MS;
  const mine = ++presses;
  stopping.value = { phase: "sending", at: performance.now() };
  const result = await post(`commands/${command}`, { saw: seen() }, { within: STOP_RETRY_MS, limit: 2500 });
  if (mine !== presses) return;
  trouble.value = result.ok ? null : { key: result.status ? "trouble.refused" : "trouble.stop", params: { code: result.code } };
  stopping.value = stopped.peek() && live.peek() ? { phase: "idle", at: 0 } : { phase: result.ok ? "sent" : "failed", at: performance.now() };
}

export const stop = () => silence("stop");
/** Stop, and the emergency scene. */
export const emergency = () => silence("emergency");

async function press(path, body) {
  if (!live.peek()) {
    trouble.value = { key: "trouble.offline" };
    return false;
  }
  const result = await post(path, body);
  if (result.ok && result.outcome !== "stale") trouble.value = null;
  else if (result.ok) trouble.value = { key: "trouble.stale" };
  else trouble.value = { key: result.status ? "trouble.refused" : "trouble.offline", params: { code: result.code || result.status } };
  return result.ok && result.outcome !== "stale";
}

export function resume() {
  if (performance.now() < guard) return Promise.resolve(false);
  return press("commands/resume", { saw: seen() });
}

export const pause = () => press("commands/pause", { saw: seen() });
export const skip = () => (lineOnAir.peek() ? press("commands/skip", { saw: seen() }) : Promise.resolve(false));
export const clear = () => press("commands/clear", { saw: seen() });
/** The scenes go by themselves again. */
export const auto = () => press("commands/auto", { saw: seen() });
export const takeScene = (scene) => press("stage/scene", { scene });

let switching = Promise.resolve();
/** The quiet switch: while it is on, the host has the floor. One press after the other, so that off never overtakes on. */
export function hold(on) {
  switching = switching.then(() => (on ? press("commands/host-on", { saw: seen() }) : post("commands/host-off", { saw: seen() }, { within: STOP_RETRY_MS })));
  return switching;
}

export const turnDial = (dial) => press("commands/dial", { dial });
export const say = (persona, text, exact) => press("commands/say", { persona, text, exact });
export const tone = () => press("sound/tone", {});
/** As `tone`, with what became of it: at the page that plays, or at `page`. Resolves to {ok, code}; `code` is no_page, no_answer or offline. */
export const ring = (body) => (live.peek() ? post("sound/tone", body) : Promise.resolve({ ok: false, code: "offline" }));

/** Milliseconds since the stop that is in force, by the show's clock. */
export const sinceStop = () => (S.silence.value ? showNow() - S.silence.value.at : 0);
