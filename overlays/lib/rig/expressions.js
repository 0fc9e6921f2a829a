// The neutral vocabulary of a face. Every expression is a set of the same parameters, so any two of them blend.
//
// smile -1..1 corners of the mouth; smirk -1..1 one corner only; wide, open, round: added to the mouth
// brow -1..1 height; tilt -1 (angry) .. 1 (sad); browAsym raises one brow
// eye 0..1.2 openness; squint 0..1 lower lid; happyEye 0..1 closed in an upward arc; lid 0..1 a heavy upper lid; iris: scale
// blush 0..1; gx, gy: where the eyes go -1..1; yaw, pitch -1..1 and roll (degrees): the head; ears -1 (back) .. 1 (up)
// life: how much the head moves by itself; blinks: blinks a minute

export const NEUTRAL = Object.freeze({
  smile: 0.32, smirk: 0, wide: 0, open: 0, round: 0, brow: 0, tilt: 0, browAsym: 0, eye: 1, squint: 0, happyEye: 0, lid: 0, iris: 1,
  blush: 0.16, gx: 0, gy: 0, yaw: 0, pitch: 0, roll: 0, ears: 0, life: 1, blinks: 15,
});

export const EXPRESSIONS = Object.freeze({
  neutral: {},
  joy: { smile: 1, wide: 0.3, open: 0.42, brow: 0.45, tilt: 0.1, happyEye: 1, squint: 0.3, blush: 0.75, pitch: -0.25, roll: 3, ears: 0.6, life: 1.3 },
  sad: { smile: -0.75, brow: -0.05, tilt: 1, eye: 0.8, lid: 0.25, gy: 0.45, pitch: 0.5, roll: -4, ears: -0.9, iris: 1.04, life: 0.6, blinks: 20 },
  angry: { smile: -0.9, wide: 0.1, brow: -0.9, tilt: -1, eye: 0.86, lid: 0.3, squint: 0.25, iris: 0.92, pitch: 0.3, blush: 0.35, ears: -0.7, life: 0.8, blinks: 8 },
  surprised: { smile: 0, wide: -0.3, open: 0.66, round: 0.95, brow: 1, tilt: 0.25, eye: 1.17, iris: 0.8, pitch: -0.35, ears: 1, life: 0.7, blinks: 6 },
  shy: { smile: 0.42, wide: -0.15, brow: 0.15, tilt: 0.7, eye: 0.82, lid: 0.12, squint: 0.2, blush: 1, gx: 0.45, gy: 0.4, yaw: -0.25, pitch: 0.4, roll: 6, ears: -0.4, blinks: 26 },
  think: { smile: -0.1, smirk: 0.25, wide: -0.25, brow: 0.2, tilt: -0.15, browAsym: 0.8, eye: 0.92, gx: 0.6, gy: -0.7, yaw: 0.25, pitch: -0.3, roll: -6, ears: 0.2, life: 0.6, blinks: 10 },
  smug: { smile: 0.62, smirk: 0.75, brow: 0.1, tilt: -0.35, browAsym: 0.9, eye: 0.72, lid: 0.55, squint: 0.3, gx: -0.1, yaw: 0.2, pitch: -0.3, roll: 5, blush: 0.3, ears: 0.3, life: 0.8, blinks: 9 },
  sleepy: { smile: 0.05, wide: -0.1, brow: 0.35, tilt: 0.45, eye: 0.5, lid: 0.6, gy: 0.4, pitch: 0.55, roll: -7, ears: -0.6, life: 0.45, blinks: 24 },
});

/** Mouth shapes: how far open 0..1, how wide -1..1, how round 0..1. */
export const VISEMES = Object.freeze({
  sil: { open: 0, wide: 0, round: 0 },
  aa: { open: 1, wide: 0.15, round: 0 },
  ih: { open: 0.45, wide: 0.4, round: 0 },
  ou: { open: 0.5, wide: -0.75, round: 1 },
  ee: { open: 0.36, wide: 0.72, round: 0 },
  oh: { open: 0.78, wide: -0.4, round: 0.85 },
  mbp: { open: 0, wide: -0.12, round: 0 },
});

const NAMES = Object.keys(NEUTRAL);

/** The parameters of an expression at an intensity 0..1; an unknown name is neutral. */
export function face(name, intensity = 1) {
  const preset = EXPRESSIONS[name] ?? EXPRESSIONS.neutral;
  const w = Math.max(0, Math.min(1, Number(intensity) || 0));
  const out = {};
  for (const key of NAMES) out[key] = NEUTRAL[key] + (key in preset ? (preset[key] - NEUTRAL[key]) * w : 0);
  return out;
}
