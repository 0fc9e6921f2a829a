// The people of the show on a page: one figure each, kept equal to the snapshot.

import { canBecome, makeRig } from "./avatar.js";
import { Mind, answerers } from "./listening.js";
import { seedOf } from "./motion.js";
import { Places, direction } from "./places.js";
import { gesturesIn, heard } from "./playhead.js";

const HOLD_S = 1.6;
/** A gesture begins a little before the word it goes with. */
const GESTURE_LEAD_MS = 100;
const MOVE_MS = 650;
const ON_STAGE = new Set(["running", "paused", "stopped"]);
/** How long a reaction may wait for its turn, s: an alert that came while the page was hidden is not acted out later. */
const STALE_S = 3;

export class Cast {
  constructor(root, page) {
    this.page = page;
    this.host = document.createElement("div");
    this.host.className = "sr-cast";
    root.append(this.host);
    this.places = new Places(this.host);
    this.figures = new Map();
    this.rigs = {};
    this.order = [];
    this.known = "";
    this.alert = { n: null, kind: "", until: 0, later: [] };
    this.said = { line: null, ms: 0 };
    page.feed.addEventListener("change", () => this.update());
    page.feed.addEventListener("snapshot", () => (this.alert.n = page.snapshot?.stage?.alert?.n ?? -1));
  }

  /** Adds who is new, lets go who left, keeps the order of the cast. */
  update() {
    const { options, snapshot } = this.page;
    const on = ON_STAGE.has(snapshot.show?.mode ?? "running");
    const known = JSON.stringify([on, snapshot.cast]);
    if (known === this.known) return;
    this.known = known;
    const everyone = Object.entries(snapshot.cast ?? {}).sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
    this.order = everyone.map(([id]) => id);
    const wanted = everyone.filter(([id]) => !options.persona || id === options.persona);
    const keep = new Set(wanted.map(([id]) => id));
    const before = this.#lefts();
    let place = null;
    let late = 0;
    for (const [id, who] of wanted) {
      const figure = this.figures.get(id) ?? this.#add(id);
      this.#dress(figure, who);
      this.#stand(figure, place);
      place = figure.node;
      figure.node.style.setProperty("--sr-color", who.color ?? "#ffffff");
      if (on && !figure.on) figure.rig.enter(0.18 * late++);
      if (!on && figure.on) figure.rig.leave();
      figure.on = on;
      figure.leaving = false;
    }
    for (const [id, figure] of this.figures) if (!keep.has(id)) this.#letGo(id, figure);
    this.host.dataset.count = String(wanted.length);
    this.#glide(before);
  }

  /** Whether everybody has gone, or nobody was there. */
  get empty() {
    for (const { rig } of this.figures.values()) if (rig.presence.there > 0) return false;
    return true;
  }

  #add(id) {
    const node = document.createElement("div");
    node.className = "sr-avatar";
    node.dataset.persona = id;
    const figure = { id, node, rig: null, look: "", on: false, leaving: false, holdUntil: 0, said: "", mind: new Mind(seedOf(id)), looking: "viewer" };
    this.figures.set(id, figure);
    this.places.watch(node);
    return figure;
  }

  // A changed look is put on in place; between drawing and pictures the person is made anew, without an entrance or a gap.
  #dress(figure, who) {
    const { options, reduced } = this.page;
    const look = JSON.stringify([options.theme, who.look ?? {}]);
    if (figure.look === look) return;
    figure.look = look;
    const theme = options.theme ?? who.look?.theme ?? figure.id;
    if (figure.rig && canBecome(figure.rig, who.look)) figure.rig.relook(theme, who.look ?? {});
    else {
      const old = figure.rig;
      figure.rig = this.rigs[figure.id] = makeRig(figure.node, who, {
        theme, seed: seedOf(figure.id), reduced: reduced.matches, token: options.token,
      });
      if (!old) figure.rig.hide();
      if (old) (figure.rig.ready ?? Promise.resolve()).then(() => old.destroy());
    }
  }

  #stand({ node }, place) {
    const next = place ? place.nextSibling : this.host.firstChild;
    if (node !== next) this.host.insertBefore(node, next);
  }

  async #letGo(id, figure) {
    if (figure.leaving) return;
    figure.leaving = true;
    figure.on = false;
    await figure.rig.leave();
    if (!figure.leaving) return;
    const before = this.#lefts();
    figure.rig.destroy();
    figure.node.remove();
    this.places.unwatch(figure.node);
    this.figures.delete(id);
    delete this.rigs[id];
    this.#glide(before);
  }

  #lefts() {
    return new Map(Array.from(this.figures.values(), ({ node }) => [node, node.isConnected ? node.offsetLeft : null]));
  }

  // Who stays walks to the new place instead of jumping there.
  #glide(before) {
    this.places.forget();
    if (this.page.reduced.matches) return;
    for (const [node, left] of before) {
      const way = left === null || !node.isConnected ? 0 : left - node.offsetLeft;
      if (Math.abs(way) > 1) node.animate([{ transform: `translateX(${way}px)` }, { transform: "none" }], { duration: MOVE_MS, easing: "cubic-bezier(.3,0,.2,1)" });
    }
  }

  /** The box of a person on the page, `{left, top, width, height, right, eyes: {x, y}}`, or null. */
  box(id) {
    const figure = this.figures.get(id);
    return figure ? this.places.of(figure.node) : null;
  }

  step(t, dt) {
    const { page } = this;
    const { line, cue } = page;
    const ms = page.now;
    const on = line && ms !== null;
    this.#alerts(t);
    const cues = on ? this.#gestures(line, ms) : [];
    const told = on ? heard(line, ms) : { ended: 0, sentence: "" };
    const stage = page.snapshot?.stage;
    const people = Array.from(this.figures.keys()).filter((id) => !this.figures.get(id).leaving);
    for (const [id, figure] of this.figures) {
      const speaking = Boolean(on && line.persona === id);
      const face = stage?.faces?.[id] ?? {};
      const { rig } = figure;
      rig.reduced = page.reduced.matches;
      if (speaking) for (const [name, size] of cues) rig.gesture(name, size);
      const mind = figure.mind.step({
        t, line: on ? line : null, ms, speaking, speaker: on ? line.persona : (stage?.speaker ?? null), wish: face.look_at ?? "",
        answering: Boolean(stage?.answering), others: people.filter((other) => other !== id), cue, ...told,
      });
      for (const [name, ...rest] of mind.gestures) name === "react" ? rig.react(...rest) : rig.gesture(name, ...rest);
      this.#feel(figure, { t, speaking, cue, face, mood: mind.face });
      rig.voice(speaking ? page.voice.open : 0, speaking ? page.voice.shape : null);
      rig.speaking(speaking);
      figure.looking = mind.target;
      rig.look_at(...this.#direction(id, mind.target));
      rig.tick(t, dt);
      this.#label(figure, speaking);
    }
  }

  #feel(figure, { t, speaking, cue, face, mood }) {
    const { rig } = figure;
    const asked = face.expression && face.expression !== "neutral";
    const said = speaking && cue ? `${this.said.line}/${cue[2]}` : "";
    if (said && said !== figure.said) rig.reactions.clear();
    figure.said = said;
    if (speaking && cue) {
      rig.express(cue[0], cue[1] ?? 1);
      figure.holdUntil = t + HOLD_S;
    } else if (asked || speaking) rig.express(face.expression ?? "neutral", face.intensity ?? 1);
    else if (t >= figure.holdUntil) rig.express(mood?.[0] ?? "neutral", mood?.[1] ?? 1);
  }

  #label({ node, rig }, speaking) {
    const on = speaking ? "true" : "false";
    if (node.dataset.speaking !== on) node.dataset.speaking = on;
    if (node.dataset.theme !== rig.theme) node.dataset.theme = rig.theme;
    if (node.dataset.expression !== rig.expression) node.dataset.expression = rig.expression;
  }

  // Gestures of the line that are due in this frame; each once, and none of the part that was heard before this page came.
  #gestures(line, ms) {
    const until = ms + GESTURE_LEAD_MS;
    const from = this.said.line === line.id ? this.said.ms : ms < 600 ? -1 : until;
    this.said = { line: line.id, ms: Math.max(until, this.said.line === line.id ? this.said.ms : -1) };
    return from < until ? gesturesIn(line, from, until) : [];
  }

  #alerts(t) {
    const { alert, page } = this;
    const news = page.snapshot?.stage?.alert;
    if (news && news.n !== alert.n) {
      Object.assign(alert, { n: news.n, kind: String(news.kind), until: t + 5 });
      const speaker = page.line?.persona ?? null;
      const people = this.order.filter((id) => this.figures.has(id));
      for (const [id, kind] of answerers(news, people, speaker)) {
        const { mind, rig } = this.figures.get(id);
        alert.later.push({ id, kind, size: Number(news.size) || 0, at: t + 0.12 + mind.random() * 0.28, rig });
      }
    }
    if (!alert.later.length) return;
    for (const one of alert.later.filter(({ at }) => at <= t)) {
      if (t - one.at > STALE_S || !one.rig.react(one.kind, one.size)) continue;
      this.figures.get(one.id)?.mind.catch(t, "viewer", one.kind === "smile" ? 1.2 : 3);
    }
    alert.later = alert.later.filter(({ at }) => at > t);
  }

  // Where to look, -1..1: the viewer is ahead, the chat a little down and outwards, the host where the page says, others where they stand.
  #direction(id, target) {
    const box = this.box(id);
    const bubble = target === "bubble" ? this.page.bubble?.center : null;
    if (bubble) return direction(box, bubble);
    const from = this.order.indexOf(id);
    const outwards = from * 2 < this.order.length ? -1 : 1;
    if (target === "chat" || target === "bubble") return [0.35 * outwards, 0.35];
    if (target === "host") return { left: [-0.7, 0.1], right: [0.7, 0.1], up: [0, -0.5], down: [0, 0.5] }[this.page.options.host] ?? [0.7, 0.1];
    const other = target && target !== id ? this.figures.get(target) : null;
    if (other) return direction(box, this.places.of(other.node).eyes);
    const to = target === id ? -1 : this.order.indexOf(target);
    return to < 0 ? [0, 0] : [to > from ? 0.95 : -0.95, 0.04];
  }

  /** For tests and for the curious. */
  state(t) {
    const each = (read) => Object.fromEntries(Array.from(this.figures, ([id, figure]) => [id, read(figure)]));
    return {
      gesture: each(({ rig }) => rig.gestures.name), looking: each(({ looking }) => looking), there: each(({ rig }) => rig.presence.there),
      reaction: each(({ rig }) => rig.reactions.kind), frame: each(({ rig }) => rig.frame ?? ""), broken: each(({ rig }) => rig.broken ?? []),
      alert: t < this.alert.until ? this.alert.kind : "",
    };
  }
}
