// The signs of drawn stories that go with an expression: they fade in with it and make it readable in a small picture.

import { el } from "./svg.js";

/**
 * A part per expression, named `mark-<expression>`, hidden until the rig fades it in. Those of the skin keep to the eyes of `M`;
 * those in the air stand beside hair that ends `out` units from the middle.
 */
export function marks(k, M, out) {
  const c = k.color;
  const sign = (name, ...kids) => k.part(`mark-${name}`, el("g", { class: `sr-rig__mark sr-rig__mark--${name}`, opacity: 0, visibility: "hidden" }, ...kids));
  const star = (x, y, r) => `M${x} ${y - r}Q${x + r * 0.16} ${y - r * 0.16} ${x + r} ${y}Q${x + r * 0.16} ${y + r * 0.16} ${x} ${y + r}Q${x - r * 0.16} ${y + r * 0.16} ${x - r} ${y}Q${x - r * 0.16} ${y - r * 0.16} ${x} ${y - r}Z`;
  const gold = (d) => k.ink(d, "#fff3b0", "#e0a92e", 3);
  const zed = (x, y, s) => `M${x} ${y}L${x + s} ${y}L${x} ${y + s}L${x + s} ${y + s}`;
  const both = (d, width, colour, rim) => [k.line(d, "#fff", width + rim), k.line(d, colour, width)];
  const r = 400 + out;
  const { x, y, bottom, outer } = M.EYE;
  const low = y + bottom + 4;
  const hatch = (cx) => [-20, 0, 20].map((dx) => `M${cx + dx + 5} ${low - 4}l-10 20`).join("");
  const tear = 400 - x - outer * 0.78;
  return k.g("marks",
    sign("joy", gold(star(r + 44, 250, 32) + star(r + 82, 322, 17) + star(400 - out - 36, 300, 20))),
    sign("sad", k.ink(`M${tear} ${low}c-10 20 -16 32 -16 44c0 12 8 20 18 20c10 0 18 -8 18 -20c0 -12 -10 -24 -20 -44Z`, "#bfe6ff", "#4a93c9", 3, { opacity: 0.95 }), k.line(`M${tear - 8} ${low + 46}c1 6 4 9 9 10`, "#ffffff", 3.5)),
    sign("angry", el("g", { transform: `translate(${r - 590} -66)` }, both("M604 204C622 208 632 220 628 240C610 242 600 236 594 224M676 204C658 208 646 220 650 240C668 242 680 236 686 224M604 294C622 290 632 278 628 260C610 256 600 262 594 274M676 294C658 290 646 278 650 260C668 256 680 262 686 274", 9, "#e8344f", 9))),
    sign("surprised", both(`M${r + 24} 214L${r + 58} 178M${r + 40} 256L${r + 90} 240M${r - 4} 182L${r + 10} 134`, 9, "#f0862e", 8)),
    sign("shy", k.line(hatch(400 - x - 22) + hatch(400 + x + 22), c.blushDark, 4.5, { opacity: 0.85 })),
    sign("think", [0, 1, 2].map((i) => k.part(`dot${i}`, el("circle", { cx: r + 24 + i * 34, cy: 236 - i * 22, r: 11 + i * 2, fill: "#fff", stroke: c.line, "stroke-width": 4 })))),
    sign("smug", gold(star(r + 40, 292, 22))),
    sign("sleepy", [[r + 10, 230, 26, 8], [r + 54, 166, 36, 9]].map(([zx, zy, s, w], i) => k.part(`zed${i}`, el("g", {}, both(zed(zx, zy, s), w, "#5f78c9", 8))))));
}
