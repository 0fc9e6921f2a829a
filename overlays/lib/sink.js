// Plays the voices of a show and reports what was heard. See docs/overlay-protocol.md, "/ws/sink".
//
// Every frame is an AudioBufferSourceNode on a context of the voice's own rate: the browser resamples once, at its output, and frames join
// without a seam. Timers and messages drive it, never animation frames: a hidden source keeps playing. The lease is written into a gain's
// automation, so sound fades out in time even when this page's script hangs.

import { Backoff, socketUrl } from "./feed.js";
import { Voice } from "./voice.js";

const RATE = 24000;
const HEADER = 24;
const LEAD = 0.025;
const FADE = 0.015;
const DUCKED = 10 ** (-12 / 20);
const REPORT_MS = 100;
const TICK_MS = 20;
/** A lease comes each 250 ms, each 2 s to a page that does not play: when nothing came for so long, the connection is dead though nobody closed it. */
const DEAD_MS = 6000;
/** A page that plays along and has more than this before it fell behind: it leaves frames out until it is where the show is. */
const BEHIND = 0.9;

/** One binary message of the sink, or null when it is not a frame this page can play. */
export function readFrame(buffer) {
  if (buffer.byteLength <= HEADER) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1) return null;
  return {
    track: view.getUint16(2, true),
    line: Number(view.getBigUint64(4, true)),
    seq: view.getUint32(12, true),
    at: view.getUint32(16, true),
    generation: view.getUint32(20, true),
    samples: new Int16Array(buffer.slice(HEADER, HEADER + ((buffer.byteLength - HEADER) & ~1))),
  };
}

/**
 * The player of a page. Events: `audio` (state of the context changed), `connection`, `lease`, `heard`, `build`.
 * `holder` tells whether this page plays the voices, `monitor` whether it plays along with the page that does; `output` is the
 * node everything goes through. Only the holder reports: nobody ever waits for a page that plays along.
 */
export class Sink extends EventTarget {
  constructor({ token = "", kind = "stage", obs = false, track = 0, monitor = false, browser = "" } = {}) {
    super();
    this.wish = monitor;
    this.browser = browser;
    this.query = { token, kind };
    this.obs = obs;
    this.track = track;
    this.page = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 12)}`;
    this.epoch = 0;
    this.generation = 0;
    this.holder = false;
    this.monitor = false;
    this.build = "";
    this.leaseEnds = 0;
    this.voices = [];
    this.last = null;
    this.levels = [];
    this.measured = 0;
    this.stats = { frames: 0, dropped: 0, under: 0 };
    this.backoff = new Backoff();
    this.ws = null;
    this.timer = null;
    this.#context();
  }

  open() {
    const ws = (this.ws = new WebSocket(socketUrl("/ws/sink", this.query)));
    ws.binaryType = "arraybuffer";
    ws.onopen = async () => {
      await this.#started();
      this.#send({ hello: { page: this.page, obs: this.obs, audio: this.audio, epoch: this.epoch, monitor: this.wish, browser: this.browser } });
    };
    ws.onmessage = (event) => ws === this.ws && this.#message(event.data);
    ws.onclose = (event) => this.#lost(ws, event.code);
    ws.onerror = () => ws.close();
  }

  /** `running` or `suspended`. */
  get audio() {
    return this.ctx.state === "running" ? "running" : "suspended";
  }

  /** Whether the show has answered and did not go away since. */
  get connected() {
    return this.ws?.readyState === WebSocket.OPEN && this.serving !== undefined;
  }

  /** Whether this page sounds when a line is on. */
  get plays() {
    return this.holder || this.monitor;
  }

  /** Starts the sound after a click, where the browser asks for one. */
  resume() {
    return this.ctx.resume().catch(() => {});
  }

  /** What was heard of a line so far, ms, never more than left the speaker; null when this page does not play it. */
  heardMs(line) {
    const voice = this.voices.find((one) => one.line === line);
    const time = this.#heardTime();
    if (voice?.begun(time)) return voice.heard(time);
    return this.last && this.last.line === line ? this.last.ms : null;
  }

  /** Whether a line is silent in the middle: everything that came of it was heard, or it was stopped and may go on. */
  waiting(line) {
    const voice = this.voices.find((one) => one.line === line);
    const time = this.#heardTime();
    return voice?.begun(time) ? time >= voice.next : this.last?.line === line;
  }

  /** Root mean square of what is sounding, 0..1. */
  level() {
    const data = new Float32Array(this.meter.fftSize);
    this.meter.getFloatTimeDomainData(data);
    return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
  }

  // What sounded since the last report, dB below full scale in whole numbers: the mean of the ticks.
  #levelDb() {
    const mean = this.levels.length ? this.levels.reduce((sum, x) => sum + x * x, 0) / this.levels.length : 0;
    this.levels = [];
    return mean > 1e-10 ? Math.round(10 * Math.log10(mean)) : -100;
  }

  #context() {
    const AudioContext = window.AudioContext;
    try {
      this.ctx = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    } catch {
      this.ctx = new AudioContext();
    }
    this.lease = this.ctx.createGain();
    this.duck = this.ctx.createGain();
    this.output = this.ctx.createGain();
    this.meter = this.ctx.createAnalyser();
    this.meter.fftSize = 512;
    this.lease.gain.value = 0;
    this.lease.connect(this.duck).connect(this.output).connect(this.ctx.destination);
    this.output.connect(this.meter);
    this.ctx.onstatechange = () => {
      this.#send({ audio: this.audio });
      this.dispatchEvent(new Event("audio"));
    };
  }

  // A context that may start does so within a moment; one that may not stays suspended until a click.
  async #started() {
    if (this.ctx.state === "running") return;
    await Promise.race([this.resume(), new Promise((done) => setTimeout(done, 300))]);
  }

  #send(message) {
    if (this.ws?.readyState === WebSocket.OPEN) this.ws.send(JSON.stringify(message));
  }

  #heardTime() {
    return this.ctx.currentTime - Math.max(this.ctx.outputLatency || 0, this.ctx.baseLatency || 0);
  }

  #lost(ws, code) {
    if (ws !== this.ws) return;
    ws.onmessage = ws.onclose = ws.onerror = ws.onopen = null;
    ws.close();
    clearTimeout(this.dead);
    this.ws = null;
    this.#yield();
    this.dispatchEvent(new Event("connection"));
    const wait = this.backoff.after(code);
    if (wait !== null) setTimeout(() => this.ws || this.open(), wait);
  }

  #watch(ws) {
    clearTimeout(this.dead);
    this.dead = setTimeout(() => ws === this.ws && this.#lost(ws, 1006), DEAD_MS);
  }

  #message(data) {
    this.#watch(this.ws);
    if (typeof data !== "string") {
      this.#frame(data);
      return;
    }
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    const old = (part) => part.epoch !== undefined && part.epoch < this.epoch;
    if (message.hello && !old(message.hello)) this.#hello(message.hello);
    if (message.lease && !old(message.lease)) this.#leased(message.lease);
    if (this.serving !== this.epoch) return;
    if (message.begin) this.#begin(message.begin);
    if (message.finish) this.#finish(message.finish);
    if (message.stop) this.#stop(message.stop);
    if (message.duck) this.#ducked(Boolean(message.duck.on));
    if (message.tone) this.#tone(message.tone);
  }

  #hello({ epoch, build }) {
    if (epoch > this.epoch) {
      this.#drop(() => true);
      this.generation = 0;
    }
    this.epoch = epoch;
    this.serving = epoch;
    this.backoff.reset();
    this.dispatchEvent(new Event("connection"));
    if (build === undefined) return;
    this.#ducked(false); // whoever said otherwise was another connection: this one says it again
    this.build = build;
    this.dispatchEvent(new Event("build"));
  }

  #leased(lease) {
    if (lease.track !== this.track) return;
    if (lease.epoch > this.epoch) this.#hello(lease);
    this.serving = this.epoch;
    this.#raise(lease.generation);
    if (!lease.holder && !lease.monitor) {
      this.#yield();
      return;
    }
    const was = [this.holder, this.monitor];
    this.holder = Boolean(lease.holder);
    this.monitor = !this.holder;
    const { gain } = this.lease;
    const now = this.ctx.currentTime;
    const expired = performance.now() > this.leaseEnds;
    this.leaseEnds = performance.now() + lease.ttl;
    gain.cancelScheduledValues(now);
    if (expired) {
      gain.setValueAtTime(gain.value, now);
      gain.linearRampToValueAtTime(1, now + 0.005);
    } else {
      gain.setValueAtTime(1, now);
    }
    gain.setValueAtTime(1, now + lease.ttl / 1000);
    gain.linearRampToValueAtTime(0, now + lease.ttl / 1000 + FADE);
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.#yield(), lease.ttl + FADE * 1000);
    if (was[0] !== this.holder || was[1] !== this.monitor) this.dispatchEvent(new Event("lease"));
  }

  // This page plays no more: fade, forget what is scheduled.
  #yield() {
    clearTimeout(this.expiry);
    this.leaseEnds = 0;
    const { gain } = this.lease;
    const now = this.ctx.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(0, now + FADE);
    this.#drop(() => true);
    if (this.plays) {
      this.holder = this.monitor = false;
      this.dispatchEvent(new Event("lease"));
    }
  }

  #raise(generation) {
    if (generation <= this.generation) return;
    this.generation = generation;
    this.#drop((voice) => voice.generation < generation);
  }

  #drop(which, fade = FADE) {
    for (const voice of this.voices.filter(which)) {
      this.last = { line: voice.line, ms: voice.heard(this.#heardTime()) };
      voice.stop(fade);
    }
    this.voices = this.voices.filter((voice) => !voice.stopped);
  }

  #voice(line, generation) {
    let voice = this.voices.find((one) => one.line === line && one.generation === generation);
    if (!voice) {
      voice = new Voice(this.ctx, this.lease, { line, generation, lead: LEAD });
      this.voices.push(voice);
      this.timer ??= setInterval(() => this.#tick(), TICK_MS);
    }
    return voice;
  }

  #begin({ line, generation }) {
    if (generation < this.generation) return;
    this.#raise(generation);
    if (this.plays) this.#voice(line, generation);
  }

  #finish({ line, generation, total }) {
    if (generation < this.generation || !this.plays) return;
    this.#voice(line, generation).finish(total);
    this.#tick();
  }

  #frame(buffer) {
    const frame = readFrame(buffer);
    if (frame && frame.track !== this.track) return;
    if (!frame || !this.plays || frame.generation < this.generation || this.serving !== this.epoch) {
      this.stats.dropped += 1;
      return;
    }
    this.#raise(frame.generation);
    const voice = this.#voice(frame.line, frame.generation);
    const before = voice.under;
    const earlier = this.voices[this.voices.indexOf(voice) - 1];
    const behind = this.monitor && Math.max(voice.next, earlier ? earlier.next : 0) - this.ctx.currentTime > BEHIND;
    if (behind) {
      this.stats.dropped += 1;
      return;
    }
    if (voice.play(frame, RATE, earlier ? earlier.next : 0)) this.stats.frames += 1;
    else this.stats.dropped += 1;
    this.stats.under += voice.under - before;
    this.#tick();
  }

  #stop({ generation, fade = 15 }) {
    const sounding = this.voices[0];
    const ms = sounding ? sounding.heard(this.#heardTime()) : (this.last?.ms ?? 0);
    const line = sounding ? sounding.line : (this.last?.line ?? 0);
    this.generation = Math.max(this.generation, generation);
    this.#drop((voice) => voice.generation < this.generation, Math.min(60, Math.max(1, fade)) / 1000);
    const latency = Math.min(0.25, Math.max(this.ctx.outputLatency || 0, this.ctx.baseLatency || 0));
    if (this.holder) setTimeout(() => this.#send({ silent: { generation, line, ms } }), sounding ? fade + latency * 1000 + 3 : 0);
  }

  #ducked(on) {
    const { gain } = this.duck;
    const now = this.ctx.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(on ? DUCKED : 1, now + (on ? 0.05 : 0.12));
  }

  #tone({ hz = 440, ms = 400 }) {
    const tone = this.ctx.createOscillator();
    const gain = this.ctx.createGain();
    const now = this.ctx.currentTime + LEAD;
    const end = now + Math.min(5000, Math.max(20, ms)) / 1000;
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(0.25, now + 0.01);
    gain.gain.setValueAtTime(0.25, end - 0.01);
    gain.gain.linearRampToValueAtTime(0, end);
    tone.connect(gain).connect(this.output);
    tone.onended = () => this.#send({ toned: {} });
    tone.start(now);
    tone.stop(end);
  }

  // Reports: the first sample, then every 100 ms, then the end. Runs on a timer and with every frame.
  #tick() {
    const heardTime = this.#heardTime();
    const wall = performance.now();
    if (this.holder && wall - this.measured >= TICK_MS - 2 && this.levels.length < 50) {
      this.measured = wall;
      this.levels.push(this.level());
    }
    for (const voice of [...this.voices]) {
      const ms = voice.heard(heardTime);
      const begun = voice.begun(heardTime);
      if (begun && this.audio === "running" && wall - voice.reported >= REPORT_MS - TICK_MS / 4) {
        voice.reported = wall;
        this.last = { line: voice.line, ms };
        if (this.holder) this.#send({ heard: { line: voice.line, generation: voice.generation, ms, under: voice.under, level: this.#levelDb() } });
        this.dispatchEvent(new Event("heard"));
      }
      if (voice.over(heardTime)) {
        this.last = { line: voice.line, ms };
        this.voices.splice(this.voices.indexOf(voice), 1);
        if (this.holder) this.#send({ ended: { line: voice.line, generation: voice.generation, ms } });
      }
    }
    if (!this.voices.length) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }
}
