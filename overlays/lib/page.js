// What every overlay page shares: the address's parameters, the loop, the wiring of feed, sink and people.

import { browserId, options, ownBuild, words } from "./address.js";
import { Feed } from "./feed.js";
import { ShowClock, cueAt, mouthAt, position } from "./playhead.js";
import { Sink } from "./sink.js";

const GONE_AFTER_MS = 4000;
const WORK = 600;

export class Page {
  /**
   * `kind` is the overlay's name; `sound` whether it can play the voices; `people` the `Cast` of a page that shows persons (others do not
   * load them); `draw(page, seconds, dt)` paints a frame.
   */
  constructor({ kind, root, sound = false, people = null, draw = () => {} }) {
    this.kind = kind;
    this.root = root;
    this.options = options();
    this.obs = Boolean(window.obsstudio);
    this.clock = new ShowClock();
    this.feed = new Feed({ token: this.options.token, build: ownBuild(), clock: this.clock });
    this.reduced = matchMedia("(prefers-reduced-motion: reduce)");
    this.sink = sound && !this.options.demo && this.options.sound ? new Sink({ token: this.options.token, kind, obs: this.obs, monitor: this.options.monitor, browser: browserId() }) : null;
    this.cast = people ? new people(root, this) : null;
    this.paint = draw;
    this.work = window.__work = [];
    this.bubble = null;
    this.report = () => ({});
    this.last = performance.now();
    this.voice = { open: 0, shape: null };
    this.now = null;
    document.documentElement.dataset.overlay = kind;
    document.documentElement.dataset.layout = this.options.layout;
  }

  async start() {
    window.showrunner = { rigs: this.cast?.rigs ?? {}, feed: this.feed, sink: this.sink, state: () => this.state() };
    this.feed.addEventListener("connection", () => this.#presence());
    addEventListener("obsSourceVisibleChanged", (event) => event.detail?.visible && !this.options.demo && this.feed.refresh());
    if (this.options.demo) {
      const { play } = await import("./demo.js");
      play(this.feed);
    } else {
      this.feed.open();
      this.sink?.open();
      this.#hints();
    }
    // What was measured with another font is measured again. A font is first fetched when something is to be drawn in it.
    document.fonts.addEventListener("loadingdone", () => dispatchEvent(new Event("resize")));
    const frame = (now) => {
      requestAnimationFrame(frame);
      if (now - this.last >= 1000 / this.options.fps - 3) this.#step(now);
    };
    requestAnimationFrame(frame);
    // A hidden source gets no animation frames; captions and state follow the show all the same.
    setInterval(() => performance.now() - this.last > 180 && this.#step(performance.now()), 100);
  }

  get snapshot() {
    return this.feed.state;
  }

  /** The line on air; null as soon as the connection is lost. */
  get line() {
    return this.feed.connected ? (this.feed.state?.line ?? null) : null;
  }

  /** Milliseconds into the line on air, null when nothing of it is heard. The page that plays the sound asks its own audio clock. */
  ms() {
    const line = this.line;
    if (!line) return null;
    const own = this.sink?.plays ? this.sink.heardMs(line.id) : null;
    return own ?? position(this.feed.state.playhead, line, this.clock.now());
  }

  who(persona) {
    return this.feed.state?.cast?.[persona] ?? null;
  }

  #step(now) {
    const dt = Math.min(0.05, Math.max(0.001, (now - this.last) / 1000));
    this.last = now;
    const before = performance.now();
    const line = this.line;
    const ms = (this.now = this.ms());
    const gap = line && (this.sink?.plays ? this.sink.waiting(line.id) : this.feed.state.playhead?.playing === false);
    this.voice = line && ms !== null && !gap ? mouthAt(line, ms + this.options.lead) : { open: 0, shape: null };
    this.cue = line && ms !== null ? cueAt(line, ms) : null;
    this.cast?.step(now / 1000, dt);
    this.paint(this, now / 1000, dt);
    this.work.push(performance.now() - before);
    if (this.work.length > WORK) this.work.shift();
    this.#presence();
  }

  // Blank on air when the show is gone or closing; a word about it only where no audience sees it.
  #presence() {
    const { feed } = this;
    const lost = !feed.connected && performance.now() - feed.lostAt > (feed.state ? GONE_AFTER_MS : 0);
    const over = feed.state?.show?.mode === "closing" || feed.state?.show?.mode === "closed";
    const away = lost || (over && (this.cast?.empty ?? true));
    this.root.classList.toggle("is-away", away);
    if (this.hint) this.hint.connection.hidden = feed.connected || !lost;
  }

  #hints() {
    if (this.obs) return;
    const make = (tag, name, text) => {
      const node = document.createElement(tag);
      node.className = `sr-hint ${name}`;
      node.textContent = text;
      node.hidden = true;
      document.body.append(node);
      return node;
    };
    this.hint = {
      connection: make("div", "sr-hint--connection", words("waiting")),
      sound: make("button", "sr-hint--sound", words("click")),
    };
    const { sink } = this;
    if (!sink) return;
    const update = () => {
      this.hint.sound.hidden = sink.audio === "running";
    };
    sink.addEventListener("audio", update);
    for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => sink.audio !== "running" && sink.resume());
    // A browser that allows sound starts the context within a moment: no hint for that.
    setTimeout(update, 400);
  }

  /** What this page shows, for tests and for the curious. */
  state() {
    const rigs = this.cast?.rigs ?? {};
    const each = (read) => Object.fromEntries(Object.entries(rigs).map(([id, rig]) => [id, read(rig)]));
    return {
      connected: this.feed.connected,
      seq: this.feed.seq,
      line: this.line?.id ?? null,
      ms: this.ms(),
      speaker: this.snapshot?.stage?.speaker ?? null,
      mouth: each((rig) => rig.openness),
      expression: each((rig) => rig.expression),
      look: each((rig) => [rig.wanted.lookX, rig.wanted.lookY]),
      ...this.cast?.state(this.last / 1000),
      answering: this.bubble?.text.textContent ?? "",
      caption: this.captions?.text ?? "",
      heard_ms: this.line && this.sink ? this.sink.heardMs(this.line.id) : null,
      holder: this.sink?.holder ?? false,
      audio: this.sink?.audio ?? null,
      ...this.report(),
    };
  }
}
