// Parametric paths of a face: eyes, brows, mouth, outline. Pure functions from numbers to path strings.

import { n } from "./svg.js";

const lerp = (a, b, t) => a + (b - a) * t;
const clamp = (v, lo, hi) => Math.min(hi, Math.max(lo, v));

/**
 * One eye. `d` is -1 for the left of the picture, 1 for the right; `E` the shape of the look:
 * `{x, y, inner, outer, innerY, outerY, top, bottom, lash, flick}`; `c` the current parameters.
 */
export function eye(d, E, c, open) {
  const x = 400 + d * E.x;
  const { y } = E;
  const h = clamp((c.happyEye - 0.3) / 0.4, 0, 1);
  const happy = h * h * (3 - 2 * h);
  const o = clamp(open * (1 - happy), 0, 1.25);
  const shut = 1 - clamp(o, 0, 1);
  const ix = x - d * E.inner;
  const ox = x + d * E.outer;
  const iy = y + E.innerY + shut * lerp(4, 10, happy) + c.lid * 2;
  const oy = y + E.outerY + shut * lerp(10, 8, happy);
  const size = E.top / 60;
  const closed = lerp(y + E.bottom * 0.82, y - E.top * 0.5, happy);
  const droop = c.lid * 24 * size * clamp(o, 0, 1);
  const anger = clamp(-c.tilt, 0, 1) * 30 * size;
  const sorrow = clamp(c.tilt, 0, 1) * 10 - clamp(-c.tilt, 0, 1) * 6;
  const t1 = lerp(closed, y - E.top + anger, o) + droop;
  const t2 = lerp(closed, y - E.top * 0.93 + sorrow, o) + droop;
  const c1x = x - d * E.inner * 0.66;
  const c2x = x + d * E.outer * 0.6;
  const low = Math.min(1, o * 1.5);
  const b1 = lerp(t1, y + E.bottom - c.squint * 20 * size, low);
  const b2 = lerp(t2, y + E.bottom - c.squint * 20 * size, low);
  const lid = `C${n(c1x)} ${n(t1)} ${n(c2x)} ${n(t2)} ${n(ox)} ${n(oy)}`;
  const white = `M${n(ix)} ${n(iy)}${lid}C${n(x + d * E.outer * 0.72)} ${n(b2)} ${n(x - d * E.inner * 0.62)} ${n(b1)} ${n(ix)} ${n(iy)}Z`;
  const th = E.lash * lerp(0.62, 1, clamp(o, 0, 1));
  const fx = ox + d * E.flick;
  const fy = oy - E.flick * lerp(0.1, 0.72, clamp(o, 0, 1)) * (happy > 0.5 ? 0.2 : 1);
  const lash =
    `M${n(ix - d * 2)} ${n(iy + 1)}${lid}L${n(fx)} ${n(fy)}` +
    `C${n(lerp(c2x, ox, 0.3))} ${n(t2 - th * 1.25)} ${n(c1x)} ${n(t1 - th * 1.35)} ${n(ix - d * 2)} ${n(iy + 1)}Z`;
  const spikes = o > 0.25
    ? `M${n(ox - d * 9)} ${n(oy - 16 * o)}L${n(ox + d * (E.flick * 0.95))} ${n(fy - 15 * o)}L${n(ox - d * 2)} ${n(oy - 7 * o)}Z`
    : "";
  const crease = `M${n(x - d * 14)} ${n(lerp(t1, iy, 0.25) - th * 0.95)}C${n(x + d * 6)} ${n(lerp(t2, oy, 0.16) - th)} ${n(x + d * E.outer * 0.5)} ${n(lerp(t2, oy, 0.2) - th)} ${n(x + d * E.outer * 0.86)} ${n(lerp(t2, oy, 0.5) - th * 1.05)}`;
  const shade =
    `M${n(ix)} ${n(iy)}${lid}L${n(ox)} ${n(oy + 8 * size)}C${n(c2x)} ${n(t2 + 26 * size)} ${n(c1x)} ${n(t1 + 26 * size)} ${n(ix)} ${n(iy + 5)}Z`;
  const lower = `M${n(ox - d * 4)} ${n(lerp(oy, b2, 0.3))}C${n(x + d * E.outer * 0.6)} ${n(lerp(oy, b2, 0.86))} ${n(x + d * 8)} ${n(lerp(iy, b1, 0.8))} ${n(x - d * 10)} ${n(lerp(iy, b1, 0.78))}`;
  return { white, lash, spikes, crease, shade, lower, lowerOn: clamp(o * 1.4 - 0.2, 0, 1), creaseOn: clamp(o * 1.6 - 0.6, 0, 1) * (1 - clamp(-c.tilt * 1.4, 0, 1)) };
}

/** One brow, a tapered stroke as a filled shape. */
export function brow(d, E, c) {
  const x = 400 + d * E.x;
  const asym = d > 0 ? c.browAsym : -c.browAsym * 0.25;
  const y = E.browY - c.brow * 15 - asym * 15;
  const t = c.tilt * 13;
  const ix = x - d * 37 * E.browL + d * Math.max(0, -c.tilt) * -5;
  const iy = y + 5 - t;
  const ox = x + d * 43 * E.browL;
  const oy = y + 7 + t * 0.55;
  const arch = y - E.arch - Math.max(0, c.brow) * 5 + Math.abs(c.tilt) * 4;
  const w = E.browW;
  return (
    `M${n(ix)} ${n(iy + w * 0.5)}Q${n(ix - d * 3)} ${n(iy)} ${n(ix)} ${n(iy - w * 0.5)}` +
    `Q${n(x + d * 6)} ${n(arch - w * 0.5)} ${n(ox)} ${n(oy)}Q${n(x + d * 6)} ${n(arch + w * 0.75)} ${n(ix)} ${n(iy + w * 0.5)}Z`
  );
}

/** The mouth: `open`, `wide`, `round` of the moment (visemes and expression added), `c` the expression. */
export function mouth(M, c, open, wide, round) {
  const { x, y } = M;
  const half = M.half * (1 + wide * 0.52 + Math.max(0, c.smile) * 0.2) * (1 - round * 0.12) + open * 3 * (1 - round);
  const height = open * M.height * (1 + round * 0.3);
  const curve = c.smile * 9 * (1 - round * 0.75);
  const ly = y - curve * 0.7 - Math.max(0, -c.smirk) * 6 + c.smirk * 1.5;
  const ry = y - curve * 0.7 - Math.max(0, c.smirk) * 9;
  const l = x - half - c.smirk * 2;
  const r = x + half + Math.abs(c.smirk) * 5;
  const mid = y + curve * 0.95;
  if (height < 2.4) {
    const dip = curve < 0 ? curve * 0.9 : curve * 1.05;
    const d = `M${n(l)} ${n(ly)}C${n(x - half * 0.5)} ${n(mid + dip * 0.35)} ${n(x + half * 0.5)} ${n(mid + dip * 0.35)} ${n(r)} ${n(ry)}`;
    return { shut: true, line: d, hole: "M0 0", teeth: 0, low: y, lips: lips(M, l, r, ly, ry, mid + dip * 0.1, mid + dip * 0.35) };
  }
  const up = y + curve * 0.25 - height * 0.2 - round * height * 0.18;
  const low = y + height * 0.86 + Math.max(0, curve) * 0.55;
  const k = 0.55 + round * 0.02;
  const sag = lerp(low - height * 0.22, low - height * 0.4, round);
  const hole =
    `M${n(l)} ${n(ly)}C${n(x - half * k)} ${n(up)} ${n(x + half * k)} ${n(up)} ${n(r)} ${n(ry)}` +
    `C${n(r + 1)} ${n(lerp(ry, sag, 0.8))} ${n(x + half * 0.62)} ${n(low)} ${n(x)} ${n(low)}` +
    `C${n(x - half * 0.62)} ${n(low)} ${n(l - 1)} ${n(lerp(ly, sag, 0.8))} ${n(l)} ${n(ly)}Z`;
  return { shut: false, line: hole, hole, teeth: lerp(up, Math.min(ly, ry), 0.4), low, lips: lips(M, l, r, ly, ry, lerp(up, Math.min(ly, ry), 0.3), low) };
}

/** Coloured lips around a mouth whose middle lies between `top` and `low`; empty where the look has none. */
function lips(M, l, r, ly, ry, top, low) {
  if (!(M.lips > 0.05)) return "";
  const x = (l + r) / 2;
  const w = (r - l) / 2;
  const up = top - 7 * M.lips;
  const down = low + 12 * M.lips;
  return (
    `M${n(l - 2)} ${n(ly)}C${n(x - w * 0.6)} ${n(lerp(ly, up, 0.85))} ${n(x - w * 0.34)} ${n(up - 3)} ${n(x - w * 0.2)} ${n(up - 2)}Q${n(x)} ${n(up + 2)} ${n(x + w * 0.2)} ${n(up - 2)}` +
    `C${n(x + w * 0.34)} ${n(up - 3)} ${n(x + w * 0.6)} ${n(lerp(ry, up, 0.85))} ${n(r + 2)} ${n(ry)}` +
    `C${n(x + w * 0.66)} ${n(lerp(ry, down, 0.95))} ${n(x + w * 0.4)} ${n(down)} ${n(x)} ${n(down)}C${n(x - w * 0.4)} ${n(down)} ${n(x - w * 0.66)} ${n(lerp(ly, down, 0.95))} ${n(l - 2)} ${n(ly)}Z`
  );
}

/** The outline of the face; `yaw` moves chin and cheeks, `drop` is how far the jaw opens in units of the drawing. */
export function outline(F, yaw, drop) {
  const cx = 400 + yaw * 11;
  const chin = F.chin + drop;
  const l = 400 - F.half + yaw * 4 + Math.max(0, -yaw) * 3;
  const r = 400 + F.half + yaw * 4 - Math.max(0, yaw) * 3;
  const cy = F.cheekY;
  const inL = 9 + Math.max(0, -yaw) * 4;
  const inR = 9 + Math.max(0, yaw) * 4;
  return (
    `M${n(l)} 320C${n(l - 2)} 368 ${n(l + inL - 14)} ${n(cy - 44)} ${n(l + inL)} ${n(cy)}` +
    `C${n(l + inL + F.corner)} ${n(cy + F.cheek)} ${n(cx - F.jaw)} ${n(chin)} ${n(cx)} ${n(chin)}` +
    `C${n(cx + F.jaw)} ${n(chin)} ${n(r - inR - F.corner)} ${n(cy + F.cheek)} ${n(r - inR)} ${n(cy)}` +
    `C${n(r - inR + 14)} ${n(cy - 44)} ${n(r + 2)} 368 ${n(r)} 320` +
    `C${n(r)} 230 470 ${F.top} 400 ${F.top}C330 ${F.top} ${n(l)} 230 ${n(l)} 320Z`
  );
}
