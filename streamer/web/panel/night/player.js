// Plays an exchange: the voices from the report, the faces and the words in step with them.
import { h } from "./dom.js";

const PAUSE_MS = 380;

const bytes = (base64) => Uint8Array.from(atob(base64), (ch) => ch.charCodeAt(0));

/** One stage for the whole report. `rig`: `{makeRig, mouthAt, cueAt, gesturesIn}` of the overlays, or null without faces. */
export class Player {
  constructor(cast, rig, w, { reduced = false } = {}) {
    this.cast = cast;
    this.rig = rig;
    this.w = w;
    this.reduced = reduced;
    this.people = new Map();
    this.playing = null;
    this.onChange = () => {};
    this.hint = w.t("night.stage.hint");
    this.words = h("p", { class: "nr-stage__words is-hint", text: this.hint });
    this.who = h("p", { class: "nr-stage__who" });
    this.floor = h("div", { class: "nr-stage__floor" });
    this.root = h("div", { class: "nr-stage", role: "group", "aria-label": w.t("night.stage") }, this.floor, h("div", { class: "nr-stage__caption" }, this.who, this.words));
    this.seen = true;
    if (rig) this.#seat();
    this.watcher = new IntersectionObserver(([entry]) => { this.seen = entry.isIntersecting; if (this.seen) this.#wake(); });
    this.watcher.observe(this.root);
  }

  #seat() {
    let seed = 3;
    for (const [id, member] of Object.entries(this.cast)) {
      const host = h("div", { class: "nr-stage__person" });
      this.floor.append(host);
      const person = this.rig.makeRig(host, member, { seed, reduced: this.reduced });
      seed += 17;
      this.people.set(id, person);
    }
    this.#wake();
  }

  #wake() {
    if (this.frame || !this.people.size) return;
    let last = performance.now();
    const step = (now) => {
      this.frame = this.seen && this.root.isConnected ? requestAnimationFrame(step) : 0;
      const dt = Math.min(0.05, Math.max(0.001, (now - last) / 1000));
      last = now;
      this.#draw(now / 1000, dt);
    };
    this.frame = requestAnimationFrame(step);
  }

  #draw(t, dt) {
    const now = this.playing;
    const ms = now ? now.ms() : 0;
    for (const [id, person] of this.people) {
      const speaks = Boolean(now) && now.line.persona === id && ms >= 0;
      const mouth = speaks ? this.rig.mouthAt(now.line, ms) : { open: 0, shape: null };
      const cue = speaks ? this.rig.cueAt(now.line, ms) : null;
      for (const [name, size] of speaks ? this.rig.gesturesIn(now.line, now.until, ms) : []) person.gesture(name, size);
      if (speaks) now.until = ms;
      person.speaking(speaks);
      person.voice(mouth.open, mouth.shape);
      if (cue) person.express(cue[0], cue[1]);
      else person.express("neutral", 1);
      const ids = [...this.people.keys()];
      const other = now && !speaks ? ids.indexOf(now.line.persona) - ids.indexOf(id) : 0;
      person.look_at(Math.max(-0.7, Math.min(0.7, other * 0.6)), 0);
      person.tick(t, dt);
    }
    if (now) this.#caption(now.line, ms);
  }

  #caption(line, ms) {
    let shown = null;
    for (const clause of Object.values(line.clauses || {})) if (clause.at <= ms) shown = clause;
    shown = shown || Object.values(line.clauses || {})[0] || null;
    const text = shown ? shown.text : line.text;
    if (this.shown === shown && this.line === line) {
      this.#mark(shown, ms);
      return;
    }
    this.shown = shown;
    this.line = line;
    const points = Array.from(text);
    this.spans = [];
    this.words.replaceChildren();
    let done = 0;
    for (const [at, , start, end] of shown?.words || []) {
      if (start > done) this.words.append(points.slice(done, start).join(""));
      const word = h("span", { text: points.slice(start, end).join("") });
      this.spans.push([at, word]);
      this.words.append(word);
      done = end;
    }
    this.words.append(points.slice(done).join(""));
    this.#mark(shown, ms);
  }

  #mark(clause, ms) {
    for (const [at, word] of this.spans || []) word.classList.toggle("is-said", ms >= at);
    this.words.className = `nr-stage__words ${clause?.words?.length ? "" : "is-plain"}`;
  }

  /** Plays one exchange from its first line; a second call stops the first. */
  async play(exchange) {
    this.stop();
    const run = (this.run = { n: exchange.n, over: false });
    this.onChange(exchange.n);
    this.context = this.context || new AudioContext();
    if (this.context.state === "suspended") await this.context.resume().catch(() => {});
    for (const line of exchange.lines) {
      if (run.over) return;
      this.who.textContent = this.cast[line.persona]?.name || line.persona;
      this.who.style.setProperty("--nr-persona", this.cast[line.persona]?.color || "");
      await this.#sound(line, run);
      if (!run.over) await this.#wait(PAUSE_MS, run);
    }
    if (!run.over) this.stop();
  }

  async #sound(line, run) {
    let buffer = null;
    try {
      if (line.audio) buffer = await this.context.decodeAudioData(bytes(line.audio).buffer);
    } catch {
      buffer = null; // a browser without this codec: the words and the faces go on
    }
    if (run.over) return;
    const long = buffer ? buffer.duration * 1000 : line.ms;
    const began = this.context.currentTime + 0.05;
    const clock = performance.now() + 50;
    if (buffer) {
      this.source = this.context.createBufferSource();
      this.source.buffer = buffer;
      this.source.connect(this.context.destination);
      this.source.start(began);
    }
    const sounds = buffer && this.context.state === "running";
    const late = (this.context.outputLatency || 0) * 1000;
    this.playing = { line, until: -1, ms: () => (sounds ? (this.context.currentTime - began) * 1000 - late : performance.now() - clock) };
    this.#caption(line, 0);
    await this.#wait(long + 60, run);
    this.playing = null;
  }

  #wait(ms, run) {
    return new Promise((done) => {
      run.wake = done;
      run.timer = setTimeout(done, ms);
    });
  }

  stop() {
    const { run } = this;
    if (!run) return;
    run.over = true;
    clearTimeout(run.timer);
    run.wake?.();
    this.run = null;
    this.playing = null;
    try { this.source?.stop(); } catch { /* it had not begun */ }
    this.source = null;
    this.line = this.shown = null;
    this.words.className = "nr-stage__words is-hint";
    this.words.replaceChildren(this.hint);
    this.who.textContent = "";
    this.onChange(0);
  }

  close() {
    this.stop();
    this.watcher.disconnect();
    cancelAnimationFrame(this.frame);
    this.context?.close().catch(() => {});
    for (const person of this.people.values()) person.destroy?.();
  }
}
