// The whole show in one picture: how much was written, who spoke when, where nobody spoke, and the five best exchanges.
import { h, s } from "./dom.js";

const W = 1000;
const CHAT = 46;
const LANE = 16;
const GAP = 5;
const QUIET_S = 20;

/** `report`, `w` (wording), `cast` by id, `onPick(n)` for a press on one of the five. */
export function timeline(report, w, cast, onPick) {
  const length = Math.max(1, report.duration_s || 0);
  const x = (at) => (Math.min(Math.max(at, 0), length) / length) * W;
  const personas = [...new Set([...Object.keys(cast), ...report.timeline.lines.map((line) => line[2])])];
  const height = CHAT + GAP + personas.length * (LANE + GAP);
  const counts = report.timeline.messages;
  const most = Math.max(1, ...counts);
  const step = report.timeline.step_s;
  const picture = s("svg", { class: "nr-time__svg", viewBox: `0 0 ${W} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    (report.timeline.silence || []).filter(([from, to]) => to - from >= QUIET_S).map(([from, to]) => s("rect", { class: "nr-time__quiet", x: x(from), y: CHAT + GAP, width: Math.max(1, x(to) - x(from)), height: height - CHAT - GAP })),
    s("path", { class: "nr-time__chat", d: area(counts, most, step, x) }),
    personas.map((_, row) => s("rect", { class: "nr-time__lane", x: 0, y: CHAT + GAP + row * (LANE + GAP), width: W, height: LANE })),
    report.timeline.lines.map(([at, end, persona]) => s("rect", {
      class: "nr-time__line", x: x(at), y: CHAT + GAP + personas.indexOf(persona) * (LANE + GAP), width: Math.max(1.2, x(end) - x(at)), height: LANE,
      style: { fill: cast[persona]?.color || "var(--accent)" },
    })));
  const marks = report.best.map((each) => h("button", {
    type: "button", class: "nr-time__mark", style: { left: `${(x(each.at) / W) * 100}%` },
    "aria-label": w.t("night.best.go", { n: each.n, at: w.clock(each.at) }), title: w.clock(each.at), onClick: () => onPick(each.n), text: String(each.n),
  }));
  return h("figure", { class: "nr-time" },
    h("div", { class: "nr-time__names" }, h("span", { class: "nr-time__name nr-time__name--chat", text: w.t("night.time.chat") }),
      personas.map((id) => h("span", { class: "nr-time__name", text: cast[id]?.name || id }))),
    h("div", { class: "nr-time__plot" }, h("div", { class: "nr-time__marks" }, marks), picture, axis(length, w)),
    h("figcaption", { class: "sr", text: spoken(report, w) }));
}

function area(counts, most, step, x) {
  if (!counts.length) return "M0 0";
  const y = (n) => (CHAT - (n / most) * (CHAT - 4)).toFixed(1);
  const points = counts.map((n, i) => `L${x(i * step).toFixed(1)} ${y(n)}L${x((i + 1) * step).toFixed(1)} ${y(n)}`);
  return `M0 ${CHAT}${points.join("")}L${x(counts.length * step).toFixed(1)} ${CHAT}Z`;
}

function axis(length, w) {
  const steps = [60, 300, 600, 900, 1800, 3600, 7200];
  const every = steps.find((each) => length / each <= 7) || 14400;
  const ticks = [];
  for (let at = 0; at <= length; at += every) ticks.push(h("span", { class: "nr-time__tick", style: { left: `${(at / length) * 100}%` }, text: w.clock(at) }));
  return h("div", { class: "nr-time__axis", "aria-hidden": "true" }, ticks);
}

function spoken(report, w) {
  const lines = report.timeline.lines.length;
  const quiet = (report.timeline.silence || []).reduce((longest, [from, to]) => Math.max(longest, to - from), 0);
  return w.t("night.time.aloud", { messages: w.number(report.messages), lines: w.number(lines), span: w.span(report.duration_s), quiet: w.span(quiet) });
}
