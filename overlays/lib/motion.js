// Numbers that move: easing, springs, and chance that is the same each time for the same seed.

export const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));

/** The part of the way to a target that `dt` seconds cover at `rate` per second; the same path whatever the frame rate. */
export const ease = (dt, rate) => 1 - Math.exp(-dt * rate);

const STEP = 1 / 120;

/** A damped spring: `x` follows `to`, overshooting when `damping` < 1. */
export class Spring {
  constructor(hz, damping) {
    this.w = hz * 2 * Math.PI;
    this.z = damping;
    this.x = 0;
    this.v = 0;
  }

  step(to, dt) {
    for (let left = dt; left > 1e-6; left -= STEP) {
      const h = Math.min(left, STEP);
      this.v += (this.w * this.w * (to - this.x) - 2 * this.z * this.w * this.v) * h;
      this.x += this.v * h;
    }
    return this.x;
  }
}

/** Chance 0..1 from a seed (mulberry32): two people differ, one person is the same after a reload. */
export function chance(seed) {
  let state = Math.floor(Math.abs(seed) * 7919) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number from a name, for `chance` and for phases. */
export function seedOf(id) {
  let seed = 7;
  for (const ch of String(id)) seed = (seed * 31 + ch.codePointAt(0)) % 997;
  return seed / 10;
}
