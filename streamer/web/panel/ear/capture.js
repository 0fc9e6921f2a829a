// The microphone of this browser: opened, chosen, lost and found again. Knows nothing of the show.
const RATE = 16000;
const BASE = { aec: true, ns: true, agc: true };

/** Why there is no microphone: insecure | policy | denied | dismissed | none | busy | unsupported | failed. */
export class NoMicrophone extends Error {
  constructor(code) { super(code); this.code = code; }
}

const allowed = () => {
  const policy = document.permissionsPolicy || document.featurePolicy;
  try { return !policy || policy.allowsFeature("microphone"); } catch { return true; }
};

/** granted | denied | prompt, or "" where the browser does not say. */
export async function permission() {
  try { return (await navigator.permissions.query({ name: "microphone" })).state; } catch { return ""; }
}

/** Before anything is asked: what makes it impossible, or "". */
export function impossible() {
  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) return allowed() && window.isSecureContext ? "unsupported" : window.isSecureContext ? "policy" : "insecure";
  if (!allowed()) return "policy";
  return window.AudioWorkletNode ? "" : "unsupported";
}

async function reason(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return !allowed() ? "policy" : (await permission()) === "prompt" ? "dismissed" : "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "none";
  return error.name === "NotReadableError" || error.name === "AbortError" ? "busy" : "failed";
}

/** Microphones as [{id, label}], the default left out; without leave browsers tell no labels, and then there is none. */
export async function microphones() {
  try {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((one) => one.kind === "audioinput" && one.label && one.deviceId !== "default" && one.deviceId !== "communications").map((one) => ({ id: one.deviceId, label: one.label }));
  } catch { return []; }
}

async function stream(constraints) {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: constraints });
  } catch (error) {
    throw new NoMicrophone(await reason(error));
  }
}

async function ears(source) {
  const context = (rate) => new AudioContext({ latencyHint: "interactive", ...(rate && { sampleRate: rate }) });
  let sound = context(RATE);
  let input;
  try {
    input = sound.createMediaStreamSource(source);
  } catch { // Firefox connects a microphone only at its own rate; the worklet brings it down
    sound.close();
    sound = context(0);
    input = sound.createMediaStreamSource(source);
  }
  await sound.audioWorklet.addModule(new URL("./worklet.js", import.meta.url).href);
  const node = new AudioWorkletNode(sound, "ear-frames", { numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  input.connect(node);
  return { sound, node };
}

/**
 * Opens a microphone: the one called `label`, or the default where it is not there. `onFrame({pcm, peak, power})` every 20 ms;
 * `onEnd()` when it is gone; `onChange()` when it sleeps, wakes, or the system silences it. Throws NoMicrophone.
 */
export async function open({ label, aec, ns, agc, onFrame, onEnd, onChange }) {
  const cannot = impossible();
  if (cannot) throw new NoMicrophone(cannot);
  const manners = { ...BASE, ...(aec !== undefined && { aec }), ...(ns !== undefined && { ns }), ...(agc !== undefined && { agc }) };
  const constraints = { channelCount: 1, echoCancellation: manners.aec, noiseSuppression: manners.ns, autoGainControl: manners.agc };
  const wanted = label && (await microphones()).find((one) => one.label === label);
  let source = await stream(wanted ? { ...constraints, deviceId: { ideal: wanted.id } } : constraints);
  const named = label && !wanted && (await microphones()).find((one) => one.label === label); // only now do browsers tell the labels
  if (named && source.getAudioTracks()[0].label !== label) {
    source.getTracks().forEach((track) => track.stop());
    source = await stream({ ...constraints, deviceId: { ideal: named.id } });
  }
  const [track] = source.getAudioTracks();
  let made;
  try {
    made = await ears(source);
  } catch {
    track.stop();
    throw new NoMicrophone("failed");
  }
  const { sound, node } = made;
  let over = false;
  const stop = () => {
    if (over) return;
    over = true;
    node.port.postMessage("over");
    node.port.onmessage = null;
    track.stop();
    sound.close().catch(() => {});
  };
  node.port.onmessage = ({ data }) => { if (!over) onFrame(data); };
  track.addEventListener("ended", () => { if (!over) { stop(); onEnd(); } });
  track.addEventListener("mute", () => onChange());
  track.addEventListener("unmute", () => onChange());
  sound.addEventListener("statechange", () => { if (!over) onChange(); });
  const real = track.getSettings ? track.getSettings() : {};
  return {
    label: track.label, rate: sound.sampleRate, stop, track,
    aec: real.echoCancellation ?? manners.aec, ns: real.noiseSuppression ?? manners.ns,
    get asleep() { return sound.state !== "running"; },
    get silenced() { return track.muted; },
    wake: () => sound.resume().catch(() => {}),
  };
}
