// What a voice does to a body: how lively it is, which syllables are stressed, how the brows go along.

import { Spring, clamp, ease } from "./motion.js";

const STRESS = 0.15;
const LOUD = 0.34;
const PAUSE_S = 0.35;

export class Talk {
  constructor(random) {
    this.random = random;
    this.fast = 0;
    this.slow = 0;
    this.rest = 0;
    this.quiet = 9;
    /** 0..1: how lively the voice is, over about a second. */
    this.energy = 0;
    /** 0..1: whether somebody is in the middle of talking; stays up in the gaps between words. */
    this.on = 0;
    this.brow = 0;
    this.spring = new Spring(2.1, 0.55);
    /** Whether a stressed syllable began in this step. */
    this.stressed = false;
  }

  /** The head's dip on stressed syllables, about 0..0.5. */
  get beat() {
    return this.spring.x;
  }

  step(open, dt) {
    this.fast += (open - this.fast) * ease(dt, 26);
    this.slow += (open - this.slow) * ease(dt, 3);
    this.energy += (open - this.energy) * ease(dt, 4);
    this.quiet = open > 0.05 ? 0 : this.quiet + dt;
    this.on += ((this.quiet < PAUSE_S ? 1 : 0) - this.on) * ease(dt, this.quiet < PAUSE_S ? 16 : 7);
    this.rest -= dt;
    const over = this.fast - this.slow;
    this.stressed = over > STRESS && open > LOUD && this.rest <= 0;
    if (this.stressed) {
      this.spring.v += 2.2 + 5 * clamp(over, 0, 0.6);
      this.rest = 0.32 + this.random() * 0.5;
    }
    this.spring.step(0, dt);
    this.brow += (clamp((this.fast - 0.55) * 0.7, 0, 0.25) + clamp(this.beat, 0, 0.5) * 0.55 - this.brow) * ease(dt, 9);
  }
}
