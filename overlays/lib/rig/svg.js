// Small helpers to build SVG. Everything drawn here is the program's own; no text of other people passes through.

const NS = "http://www.w3.org/2000/svg";
let made = 0;

/** An SVG element with attributes and children (null and undefined children are left out). */
export function el(tag, attrs = {}, ...kids) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  for (const kid of kids.flat(9)) if (kid) node.append(kid);
  return node;
}

/** Numbers in a path, two decimals: shorter strings are parsed faster. */
export const n = (value) => Math.round(value * 100) / 100;

/**
 * What a look draws with: shapes, named groups (moved by the rig), named parts (reshaped by the rig) and paints.
 * A palette entry may be overridden in CSS: `hair` reads `--sr-hair`, `hairDark` reads `--sr-hair-dark`.
 */
export class Kit {
  constructor(palette) {
    this.id = `sr${made++}`;
    this.groups = {};
    this.parts = {};
    this.made = {};
    this.defs = el("defs");
    this.color = {};
    for (const [name, value] of Object.entries(palette)) {
      this.color[name] = `var(--sr-${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}, ${value})`;
    }
  }

  /** A group the rig moves; `name` is its key in `groups` and its class `sr-rig__<name>`. A plain object first: attributes. */
  g(name, ...kids) {
    const attrs = kids[0]?.constructor === Object ? kids.shift() : {};
    const node = el("g", { class: `sr-rig__${name}`, ...attrs }, ...kids);
    this.groups[name] = node;
    return node;
  }

  /** What `make` gives, made only once for a name: paints that several shapes share. */
  once(name, make) {
    this.made[name] ??= make();
    return this.made[name];
  }

  /** A shape the rig reshapes or fades; `name` is its key in `parts`. */
  part(name, node) {
    this.parts[name] = node;
    return node;
  }

  path(d, fill, attrs = {}) {
    return el("path", { d, fill, ...attrs });
  }

  /** A filled shape with the ink line of the drawing. */
  ink(d, fill, line, width = 4, attrs = {}) {
    return el("path", { d, fill, stroke: line, "stroke-width": width, ...attrs });
  }

  /** An open line. */
  line(d, stroke, width = 3, attrs = {}) {
    return el("path", { d, fill: "none", stroke, "stroke-width": width, ...attrs });
  }

  /** A gradient from top to bottom (or along `[x1, y1, x2, y2]`) and the paint that uses it. Stops are `[offset, color, opacity?]`. */
  linear(name, stops, [x1, y1, x2, y2] = [0, 0, 0, 1], attrs = {}) {
    return this.#gradient("linearGradient", name, stops, { x1, y1, x2, y2, ...attrs });
  }

  radial(name, stops, [cx, cy, r] = [0.5, 0.5, 0.5], attrs = {}) {
    return this.#gradient("radialGradient", name, stops, { cx, cy, r, ...attrs });
  }

  #gradient(tag, name, stops, attrs) {
    const id = `${this.id}-${name}`;
    this.defs.append(
      el(tag, { id, ...attrs }, stops.map(([offset, color, opacity]) =>
        el("stop", { offset, "stop-color": color, "stop-opacity": opacity }))),
    );
    return `url(#${id})`;
  }

  /** A clip path made of `shapes` and the value of `clip-path` that uses it. */
  clip(name, ...shapes) {
    const id = `${this.id}-${name}`;
    this.defs.append(el("clipPath", { id }, ...shapes));
    return `url(#${id})`;
  }
}
