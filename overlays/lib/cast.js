// The people of the show on a page: one figure each, kept equal to the snapshot.

import { Rig } from "./rig.js";

const HOLD_S = 1.6;

function seedOf(id) {
  let seed = 7;
  for (const ch of id) seed = (seed * 31 + ch.codePointAt(0)) % 997;
  return seed / 10;
}

export class Cast {
  constructor(root, page) {
    this.page = page;
    this.host = document.createElement("div");
    this.host.className = "sr-cast";
    root.append(this.host);
    this.figures = new Map();
    this.rigs = {};
    page.feed.addEventListener("change", () => this.update());
  }

  /** Adds who is new, removes who left, keeps the order of the cast. */
  update() {
    const { options, snapshot } = this.page;
    const wanted = Object.entries(snapshot.cast ?? {})
      .filter(([id]) => !options.persona || id === options.persona)
      .sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
    const keep = new Set(wanted.map(([id]) => id));
    for (const [id, figure] of this.figures) if (!keep.has(id)) this.#remove(id, figure);
    let place = null;
    for (const [id, who] of wanted) {
      const look = JSON.stringify(who.look ?? {});
      let figure = this.figures.get(id);
      if (figure && figure.look !== look) {
        this.#remove(id, figure);
        figure = null;
      }
      if (!figure) figure = this.#add(id, who, look);
      if (figure.node !== (place ? place.nextSibling : this.host.firstChild)) this.host.insertBefore(figure.node, place ? place.nextSibling : this.host.firstChild);
      place = figure.node;
      figure.node.style.setProperty("--sr-color", who.color ?? "#ffffff");
    }
    this.host.dataset.count = String(wanted.length);
  }

  #add(id, who, look) {
    const { options, reduced } = this.page;
    const node = document.createElement("div");
    node.className = "sr-avatar";
    node.dataset.persona = id;
    const rig = new Rig(node, {
      theme: options.theme ?? who.look?.theme ?? id,
      look: who.look,
      seed: seedOf(id),
      reduced: reduced.matches,
    });
    node.dataset.theme = rig.theme;
    const figure = { node, rig, look, holdUntil: 0, measured: -Infinity, box: null };
    this.figures.set(id, figure);
    this.rigs[id] = rig;
    return figure;
  }

  #remove(id, figure) {
    figure.node.remove();
    this.figures.delete(id);
    delete this.rigs[id];
  }

  /** The box of a person on the page, or null. Measured twice a second at most: a measurement in mid-frame costs a layout. */
  box(id) {
    const figure = this.figures.get(id);
    if (!figure) return null;
    const now = performance.now();
    if (!(now - figure.measured < 500)) {
      const { width, height } = figure.node.getBoundingClientRect();
      figure.measured = now;
      figure.box = { left: figure.node.offsetLeft, top: this.host.offsetTop + figure.node.offsetTop, width, height };
      figure.box.right = figure.box.left + width;
    }
    return figure.box;
  }

  step(t, dt) {
    const { page } = this;
    const { snapshot, line, cue, voice } = page;
    const stage = snapshot?.stage;
    const ms = page.now;
    for (const [id, figure] of this.figures) {
      const { rig, node } = figure;
      rig.reduced = page.reduced.matches;
      const speaking = line?.persona === id && ms !== null;
      const face = stage?.faces?.[id] ?? {};
      if (speaking && cue) {
        rig.express(cue[0], cue[1] ?? 1);
        figure.holdUntil = t + HOLD_S;
      } else if (speaking || t >= figure.holdUntil || (face.expression && face.expression !== "neutral")) {
        rig.express(face.expression ?? "neutral", face.intensity ?? 1);
      }
      rig.voice(speaking ? voice.open : 0, speaking ? voice.shape : null);
      rig.speaking(speaking);
      const [x, y] = this.#direction(id, speaking ? (face.look_at ?? "viewer") : (face.look_at ?? stage?.speaker ?? "viewer"));
      rig.look_at(x, y);
      rig.tick(t, dt);
      const on = speaking ? "true" : "false";
      if (node.dataset.speaking !== on) node.dataset.speaking = on;
      if (node.dataset.expression !== rig.expression) node.dataset.expression = rig.expression;
    }
  }

  // Where to look, -1..1: the viewer is ahead, the chat is a little down and outwards, another person is to one side.
  #direction(id, target) {
    if (!target || target === "viewer" || target === id) return [0, 0];
    const order = Object.entries(this.page.snapshot?.cast ?? {}).sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0)).map(([key]) => key);
    const from = order.indexOf(id);
    if (target === "chat") return [from * 2 < order.length ? -0.35 : 0.35, 0.35];
    const to = order.indexOf(target);
    if (to < 0) return [0, 0];
    return [to > from ? 0.95 : -0.95, 0.04];
  }
}
