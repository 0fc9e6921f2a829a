// What the small overlays share (alert, poll, queue ...): their parameters, whose platform they show, language, place.

import { Page } from "./page.js";
import { language, WORDS } from "./words.js";

const PLACES = new Set(["top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"]);
const LOOK_MS = 80;

/** A node with a class and, when given, text. */
export function el(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Somebody's name: whatever script it is written in, it does not turn the words around it. */
export const nameNode = (name, text) => el("bdi", name, text);

/** Text of a node, written only when it is another one. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A style variable, written only when it is another one. */
export function put(node, name, value) {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

/**
 * Whether something of `platform` may be shown: by default the stream's own only (the first of `platforms`), because Twitch does not
 * allow the activity of other platforms merged into a stream. `wanted`: "all", or names separated by commas.
 */
export function shows(wanted, platforms, platform) {
  if (wanted === "all") return true;
  if (wanted) return wanted.split(",").includes(platform);
  return !platforms?.length || platform === platforms[0];
}

/** Parameters every small overlay knows. */
export function params(search = location.search) {
  const q = new URLSearchParams(search);
  const at = q.get("at");
  return {
    get: (name) => q.get(name),
    number: (name, fallback, least = 0, most = 1e9) => {
      const value = parseFloat(q.get(name));
      return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : fallback;
    },
    lang: q.get("lang"),
    platform: (q.get("platform") ?? "").toLowerCase(),
    at: PLACES.has(at) ? at : null,
  };
}

/**
 * A page with one small overlay. `make(widget)` returns `{draw(now), state()}`: `draw` is called several times a second with the show's
 * clock (null before the show is known), `state` tells tests what is shown.
 */
export class Widget {
  constructor(kind, at, make, { smooth = false } = {}) {
    this.root = document.getElementById("page");
    this.params = params();
    this.root.dataset.at = this.params.at ?? at;
    this.page = new Page({ kind, root: this.root, draw: () => this.#draw(smooth) });
    this.view = make(this);
    this.looked = -Infinity;
    this.page.report = () => ({ shown: this.view.state() });
    this.page.feed.addEventListener("change", () => (this.looked = -Infinity));
    this.page.start();
  }

  /** The snapshot, or null while there is no show. */
  get state() {
    return this.page.feed.state;
  }

  get lang() {
    return language(this.params.lang, this.state?.show?.language, navigator.language);
  }

  get words() {
    return WORDS[this.lang];
  }

  get reduced() {
    return this.page.reduced.matches;
  }

  /** The members of an object of the feed that may be shown, in order of `n`. */
  list(object) {
    return Object.values(object ?? {})
      .filter((one) => one !== null && typeof one === "object" && this.shows(one.platform))
      .sort((a, b) => (a.n ?? 0) - (b.n ?? 0));
  }

  shows(platform) {
    return shows(this.params.platform, this.state?.show?.platforms, platform);
  }

  /** The colour of a persona, or null. */
  who(persona) {
    return persona ? this.page.who(persona) : null;
  }

  #draw(smooth) {
    const at = performance.now();
    if (!smooth && at - this.looked < LOOK_MS) return;
    this.looked = at;
    const lang = this.lang;
    if (document.documentElement.lang !== lang) document.documentElement.lang = lang;
    if (this.state) this.view.draw(this.page.clock.now());
  }
}
