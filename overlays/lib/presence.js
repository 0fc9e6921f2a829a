// Coming and going: somebody rises from below the edge of the picture and sinks again.

const IN_S = 0.85;
const OUT_S = 0.5;
const FADE_S = 0.25;

const soft = (x) => 1 - (1 - x) ** 3;

/** Moves and fades an element as a whole. `there` is 0 (gone) .. 1 (here); nothing is written while it rests. */
export class Presence {
  constructor(node) {
    this.node = node;
    this.there = 1;
    this.going = null;
    this.delay = 0;
    this.done = [];
  }

  /** Another element in place of the one before (a look drawn anew), in the same state. */
  adopt(node) {
    this.node = node;
    this.#write();
  }

  get moving() {
    return this.going !== null;
  }

  /** Begins to come, after `delay` seconds out of sight. */
  enter(delay = 0) {
    if (this.going === "in") return;
    if (!this.going && this.there >= 1) this.there = 0;
    this.delay = delay;
    this.going = "in";
    this.#settle();
    this.#write();
  }

  /** Begins to go; resolves when out of sight. */
  leave() {
    if (!this.going && this.there <= 0) return Promise.resolve();
    this.going = "out";
    this.delay = 0;
    return new Promise((done) => this.done.push(done));
  }

  /** Out of sight at once. */
  hide() {
    this.there = 0;
    this.going = null;
    this.#settle();
    this.#write();
  }

  step(dt, reduced) {
    this.reduced = reduced;
    if (!this.going) return;
    if (this.delay > 0) {
      this.delay -= dt;
      return;
    }
    const up = this.going === "in";
    this.there += (up ? 1 : -1) * (dt / (reduced ? FADE_S : up ? IN_S : OUT_S));
    if (up ? this.there >= 1 : this.there <= 0) {
      this.there = up ? 1 : 0;
      this.going = null;
      this.#settle();
    }
    this.#write();
  }

  /** Ends at once where it was going to. */
  finish() {
    if (!this.going) return;
    this.there = this.going === "in" ? 1 : 0;
    this.going = null;
    this.#settle();
    this.#write();
  }

  #settle() {
    for (const done of this.done.splice(0)) done();
  }

  #write() {
    const { style } = this.node;
    const x = this.there;
    style.visibility = x <= 0 ? "hidden" : "";
    style.opacity = x >= 1 ? "" : String(Math.min(1, x * 2.2).toFixed(3));
    const low = (1 - (this.going === "out" ? 1 - (1 - x) ** 2 : soft(x))) * 52;
    style.transform = x >= 1 || this.reduced ? "" : `translateY(${low.toFixed(2)}%)`;
  }
}
