// A person made of pictures (PNGTuber): one set for each expression, in a set a picture for each state of mouth and eyes.
//
// The pictures lie on top of each other, all decoded before they are shown; one is visible. Movement is a transform of the whole.

import { Spring, clamp } from "./motion.js";
import { Person } from "./person.js";
import { EXPRESSIONS } from "./rig/expressions.js";

export const STATES = Object.freeze(["idle", "talk", "blink", "talk_blink"]);
/** The mouth opens above the first level and shuts below the second, so it does not flutter between them. */
const OPENS = 0.2;
const SHUTS = 0.1;
const LEAST_OPEN_S = 0.07;
const LEAST_SHUT_S = 0.05;
/** An expression weaker than this is shown by the neutral pictures: a picture knows no half smile. */
const SHOWN_FROM = 0.4;
const TRIES = 2;
/** Pictures stand a little below the edge, in percent of their height and more for each degree they turn: no gap opens under them when they hop. */
const SUNK = 1.2;
const TURNED = 0.62;

/** The address of a picture, with the token of the page; null when it is not of the show's own. */
export function pictureUrl(url, token = "", base = location.href) {
  if (typeof url !== "string" || !url) return null;
  if (/^data:image\/|^blob:/i.test(url)) return url;
  try {
    const full = new URL(url, base);
    if (full.origin !== new URL(base).origin) return null;
    if (token) full.searchParams.set("token", token);
    return full.href;
  } catch {
    return null;
  }
}

async function loaded(url) {
  for (let tries = 1; ; tries += 1) {
    const img = new Image();
    img.decoding = "async";
    img.draggable = false;
    img.alt = "";
    img.className = "sr-png__picture";
    img.src = url;
    try {
      await img.decode();
      return img;
    } catch {
      if (tries >= TRIES) return null;
    }
  }
}

const number = (value, fallback, lo = 0, hi = 1) => (Number.isFinite(value) ? clamp(value, lo, hi) : fallback);

/** Numbers of a look: `bounce`, `squash` 0..1, `height` 0..1 of the host, `flip`, `pixelated`. */
function shapeOf(look) {
  return {
    bounce: number(look.bounce, 0.5), squash: number(look.squash, 0.5), height: number(look.height, 1, 0.1), flip: look.flip === true, pixelated: look.pixelated === true,
  };
}

/** All pictures of a look, loaded: `{sets: {expression: {state: img}}, broken: [names]}`. Equal addresses are loaded once. */
async function gather(look, token) {
  const wanted = new Map();
  const broken = [];
  for (const expression of Object.keys(EXPRESSIONS)) {
    for (const state of STATES) {
      const given = look.pictures?.[expression]?.[state];
      if (!given) continue;
      const url = pictureUrl(given, token);
      if (url) wanted.set(url, [...(wanted.get(url) ?? []), [expression, state]]);
      else broken.push(`${expression}/${state}`);
    }
  }
  const sets = {};
  await Promise.all(Array.from(wanted, async ([url, uses]) => {
    const img = await loaded(url);
    for (const [expression, state] of uses) {
      if (img) (sets[expression] ??= {})[state] = img;
      else broken.push(`${expression}/${state}`);
    }
  }));
  return { sets, broken: broken.sort() };
}

/** The picture for a state, or what comes nearest to it in the set. */
function nearest(set, talking, shut) {
  if (!set) return null;
  const order = talking
    ? shut ? ["talk_blink", "talk", "blink", "idle"] : ["talk", "idle", "talk_blink", "blink"]
    : shut ? ["blink", "idle", "talk_blink", "talk"] : ["idle", "blink", "talk", "talk_blink"];
  for (const state of order) if (set[state]) return state;
  return null;
}

export class PngRig extends Person {
  /** Shows itself in `host` as soon as its pictures are there (`ready`). See `docs/overlay-protocol.md` for `look`. */
  constructor(host, { look = {}, seed, reduced, token = "" } = {}) {
    const root = document.createElement("div");
    root.className = "sr-png";
    const body = document.createElement("div");
    body.className = "sr-png__body";
    root.append(body);
    super(root, { seed, reduced });
    this.theme = "png";
    this.token = token;
    this.body = body;
    this.sets = {};
    this.broken = [];
    this.current = null;
    this.frame = "";
    this.talking = false;
    this.held = 9;
    this.written = "";
    this.entering = null;
    this.s = { x: new Spring(1.2, 0.85), y: new Spring(1.4, 0.85), roll: new Spring(1, 0.8), hop: new Spring(3.2, 0.5), press: new Spring(3.6, 0.34) };
    host.append(root);
    this.presence.hide();
    this.wasHere = true;
    this.#load(look);
  }

  get svg() {
    return this.node;
  }

  relook(_theme, look = {}) {
    this.#load(look);
  }

  enter(delay = 0) {
    this.entering = delay;
    if (this.current) this.#come();
  }

  hide() {
    this.entering = null;
    this.wasHere = false;
    super.hide();
  }

  leave() {
    this.entering = null;
    this.wasHere = false;
    return super.leave();
  }

  changed() {
    if (this.sets[this.#set()] !== this.sets[this.last] && !this.reduced) this.s.press.v -= 2.2 * this.shape.squash;
    this.last = this.#set();
  }

  // Pictures that are already shown stay until the new ones are decoded, and when none of those can be; of two loads the later one counts.
  #load(look) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    this.shape ??= shapeOf(look ?? {});
    this.ready = gather(look ?? {}, this.token).then(({ sets, broken }) => {
      if (turn !== this.turn) return;
      this.broken = broken;
      if (!Object.keys(sets).length && this.current) return;
      this.shape = shapeOf(look ?? {});
      this.sets = sets;
      this.frame = "";
      this.body.replaceChildren(...new Set(Object.values(sets).flatMap((set) => Object.values(set))));
      for (const img of this.body.children) img.style.visibility = "hidden";
      this.body.dataset.pixelated = String(this.shape.pixelated);
      this.body.style.height = `${(this.shape.height * 100).toFixed(1)}%`;
      const first = this.current === null;
      this.current = this.body.firstChild;
      this.#show();
      if (first && this.current) this.#come();
    });
  }

  // Made to be seen at once, like a drawn one, unless somebody asked for an entrance.
  #come() {
    if (this.entering !== null) super.enter(this.entering);
    else if (this.wasHere && this.presence.there <= 0) {
      this.presence.there = 1;
      this.presence.adopt(this.node);
    }
    this.entering = null;
  }

  #set() {
    const { expression, intensity } = this.shown;
    return this.sets[expression] && intensity >= SHOWN_FROM ? expression : "neutral";
  }

  pose(dt) {
    const { s, talk, shape, wanted, reduced } = this;
    this.held += dt;
    const was = this.talking;
    if (!was && wanted.open > OPENS && this.held > LEAST_SHUT_S) this.talking = true;
    else if (was && wanted.open < SHUTS && this.held > LEAST_OPEN_S) this.talking = false;
    if (was !== this.talking) this.held = 0;
    const moving = reduced ? 0 : 1;
    if (moving && this.talking && !was && talk.on < 0.35) s.hop.v += 105 * shape.bounce;
    if (moving && talk.stressed) s.hop.v += 46 * shape.bounce;
    const before = s.hop.v;
    s.hop.step(0, dt);
    if (before < -4 && s.hop.x <= 0 && s.press.v > -3) s.press.v -= 0.5 * shape.squash;
    s.press.step(moving * (s.hop.x * 0.012 * shape.squash), dt);
    s.x.step(wanted.lookX, dt);
    s.y.step(wanted.lookY, dt);
    s.roll.step(moving * (this.idle.roll * 0.5 + talk.energy * Math.sin(this.clock * 2.1 + this.seed) * 1.1 * shape.bounce), dt);
  }

  draw() {
    this.#show();
    const { s, gestures, idle, shape, clock: t, seed: q } = this;
    const g = gestures.now;
    const moving = this.reduced ? 0 : 1;
    const breath = moving * Math.sin(t * 1.55 + q);
    const wave = g.arm * (g.turn * 0.45);
    const x = s.x.x * 1.6 + moving * idle.lean * 1.2 + g.lean * 3 + g.yaw * 3;
    const lift = Math.max(-0.6, s.hop.x) * 1.1 + g.rise * 0.15 + g.shoulders * 0.03 + g.arm - Math.max(0, s.y.x) * 0.5;
    const turn = s.x.x * 1.8 + s.roll.x + g.roll * 0.55 + wave + g.yaw * 1.5;
    const dip = clamp(g.pitch, -0.3, 1.1) * 0.035 + g.drop * 0.0009;
    const tall = 1 + breath * 0.006 + s.press.x + g.shoulders * 0.0012 - dip + moving * this.level * 0.008 * shape.squash;
    const wide = 1 - (tall - 1) * 0.7;
    const flip = shape.flip ? -1 : 1;
    const low = moving * (SUNK + SUNK * shape.bounce) + Math.abs(turn) * TURNED;
    const next = `translate(${x.toFixed(2)}%,${(low - lift).toFixed(2)}%) rotate(${turn.toFixed(2)}deg) scale(${(flip * wide).toFixed(4)},${tall.toFixed(4)})`;
    if (next === this.written) return;
    this.written = next;
    this.body.style.transform = next;
  }

  #show() {
    const name = this.#set();
    const shut = this.blink.shut > 0.5 || this.gestures.now.shut > 0.5;
    const set = this.sets[name];
    const state = nearest(set, this.talking, shut) ?? "";
    const frame = state ? `${name}/${state}` : "";
    if (frame === this.frame) return;
    const next = set?.[state] ?? Object.values(Object.values(this.sets)[0] ?? {})[0] ?? null;
    if (next !== this.current || !this.frame) {
      if (this.current) this.current.style.visibility = "hidden";
      if (next) next.style.visibility = "inherit";
      this.current = next;
    }
    this.frame = frame;
  }

  state() {
    return { ...super.state(), theme: "png", frame: this.frame, broken: this.broken };
  }
}
