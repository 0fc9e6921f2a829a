// What people do when nothing happens: they shift their weight, breathe deeply now and then, let the eyes wander a little.

import { ease } from "./motion.js";

/** `lean` -1..1, `roll` in degrees, `yaw`, `drop` in units of the drawing: where the body rests; `sigh` is true in the step one begins. */
export class Idle {
  constructor(random) {
    this.random = random;
    this.shift = 3 + random() * 6;
    this.breath = 18 + random() * 30;
    this.to = { lean: 0, roll: 0, yaw: 0, drop: 0 };
    this.lean = this.roll = this.yaw = this.drop = 0;
    this.sigh = false;
    this.saccade = { left: 0.5, x: 0, y: 0 };
  }

  step(dt, busy) {
    const r = this.random;
    this.shift -= dt;
    if (this.shift < 0) {
      this.shift = 8 + r() * 12;
      const side = this.to.lean > 0 ? -1 : 1;
      const lean = side * (0.15 + r() * 0.75) * (r() < 0.25 ? -0.4 : 1);
      this.to = { lean, roll: lean * 1.6 + (r() - 0.5) * 2.4, yaw: (r() - 0.5) * 0.2, drop: r() * 6 };
    }
    const k = ease(dt, 1.5);
    for (const key of ["lean", "roll", "yaw", "drop"]) this[key] += (this.to[key] - this[key]) * k;
    this.breath -= dt;
    this.sigh = this.breath < 0 && !busy;
    if (this.breath < 0) this.breath = busy ? 6 : 26 + r() * 40;
    this.saccade.left -= dt;
    if (this.saccade.left < 0) this.saccade = { left: 0.7 + r() * 2.2, x: (r() - 0.5) * 0.22, y: (r() - 0.5) * 0.14 };
  }
}
