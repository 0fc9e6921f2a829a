// Where things are on the page, in pixels, and from there the direction in which somebody looks.

import { clamp } from "./motion.js";

/** Eyes are about so far down the picture of a person. */
const EYES = 0.46;

/** Measures elements when their size or the window's changed, not once a frame: a measurement in mid-frame costs a layout. */
export class Places {
  constructor(host) {
    this.host = host;
    this.boxes = new Map();
    this.observer = new ResizeObserver(() => this.forget());
    this.observer.observe(host);
    addEventListener("resize", () => this.forget());
  }

  watch(node) {
    this.observer.observe(node);
    this.forget();
  }

  unwatch(node) {
    this.observer.unobserve(node);
    this.forget();
  }

  forget() {
    this.boxes.clear();
  }

  /** The box of a node inside the host, as it stands without any transform. */
  of(node) {
    let box = this.boxes.get(node);
    if (!box) {
      const { offsetLeft: left, offsetTop, offsetWidth: width, offsetHeight: height } = node;
      const top = this.host.offsetTop + offsetTop;
      box = { left, top, width, height, right: left + width, eyes: { x: left + width / 2, y: top + height * EYES } };
      this.boxes.set(node, box);
    }
    return box;
  }
}

/** The direction from a person's box to a point, each -1..1: a point one and a half heads away is all the way to the side. */
export function direction(box, point) {
  // A page that is not shown yet has boxes without a size.
  const x = (point.x - box.eyes.x) / (Math.max(1, box.width) * 0.62);
  const y = (point.y - box.eyes.y) / (Math.max(1, box.height) * 0.75);
  return [clamp(x, -0.95, 0.95), clamp(y, -0.6, 0.6)];
}
