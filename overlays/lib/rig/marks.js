// The signs of drawn stories that go with an expression: they fade in with it and make it readable in a small picture.

import { el } from "./svg.js";

/** A group per expression, named `mark-<expression>`, hidden until the rig fades it in. */
export function marks(k) {
  const c = k.color;
  const sign = (name, ...kids) => k.part(`mark-${name}`, el("g", { class: `sr-rig__mark sr-rig__mark--${name}`, opacity: 0 }, ...kids));
  const star = (x, y, r) => k.path(`M${x} ${y - r}Q${x + r * 0.16} ${y - r * 0.16} ${x + r} ${y}Q${x + r * 0.16} ${y + r * 0.16} ${x} ${y + r}Q${x - r * 0.16} ${y + r * 0.16} ${x - r} ${y}Q${x - r * 0.16} ${y - r * 0.16} ${x} ${y - r}Z`, "#fff3b0", { stroke: "#e0a92e", "stroke-width": 3 });
  const zed = (x, y, s) => `M${x} ${y}L${x + s} ${y}L${x} ${y + s}L${x + s} ${y + s}`;
  return k.g("marks",
    sign("joy", star(655, 250, 32), star(700, 320, 17), star(150, 300, 20)),
    sign("sad", k.ink("M282 486C272 506 266 518 266 530C266 542 274 550 284 550C294 550 302 542 302 530C302 518 292 506 282 486Z", "#bfe6ff", "#4a93c9", 3, { opacity: 0.95 }),
      k.line("M275 532C276 538 279 541 284 542", "#ffffff", 3.5)),
    sign("angry", el("g", { transform: "translate(56 -66)" }, k.line("M612 196C628 210 630 226 622 242M652 196C638 208 634 228 644 242M612 268C626 256 628 246 621 243M654 266C640 256 638 246 645 242", "#fff", 17),
      k.line("M604 204C622 208 632 220 628 240C610 242 600 236 594 224M676 204C658 208 646 220 650 240C668 242 680 236 686 224M604 294C622 290 632 278 628 260C610 256 600 262 594 274M676 294C658 290 646 278 650 260C668 256 680 262 686 274", "#e8344f", 9))),
    sign("surprised", k.line("M640 210L676 172M660 250L712 234M610 180L624 130", "#fff", 16), k.line("M640 210L676 172M660 250L712 234M610 180L624 130", c.accentDark, 9)),
    sign("shy", k.line("M286 478L276 498M306 480L296 500M326 478L316 498M484 478L474 498M504 480L494 500M524 478L514 498", c.blushDark, 4.5, { opacity: 0.8 })),
    sign("think", ["0", "1", "2"].map((i) => k.part(`dot${i}`, el("circle", { cx: 640 + i * 34, cy: 236 - i * 20, r: 11 + i * 2, fill: "#fff", stroke: c.line, "stroke-width": 4 })))),
    sign("smug", star(650, 292, 22)),
    sign("sleepy",
      k.part("zed0", el("g", {}, k.line(zed(622, 230, 26), "#fff", 15), k.line(zed(622, 230, 26), "#5f78c9", 8))),
      k.part("zed1", el("g", {}, k.line(zed(668, 170, 36), "#fff", 17), k.line(zed(668, 170, 36), "#5f78c9", 9)))));
}
