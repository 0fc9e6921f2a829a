// What anybody can wear: animal ears, glasses, headphones, earrings, something in the hair.

import { el } from "./svg.js";

const mirror = { transform: "matrix(-1 0 0 1 800 0)" };
const both = (draw) => ["L", "R"].map((s) => draw(s, s === "R" ? mirror : {}));
const CAT = "M232 262C204 196 200 112 222 52C228 38 238 36 248 44C298 76 338 118 362 170C312 176 264 210 232 262Z";
const CAT_IN = "M246 220C228 170 224 122 236 80C270 104 300 136 320 168C292 178 266 196 246 220Z";
const FOX = "M226 270C186 200 178 104 206 22C212 8 222 6 230 18C286 66 330 116 356 172C308 178 258 216 226 270Z";
const BUNNY = "M270 250C226 180 190 60 214 -28C226 -62 262 -58 284 -20C316 40 340 110 344 176C316 186 290 210 270 250Z";
const BUNNY_IN = "M270 200C240 140 222 50 236 -10C242 -24 256 -22 266 -6C292 44 312 110 316 168C298 174 284 184 270 200Z";

/** Ears on top of the head, in the colour of the hair; each is a group, `earL` and `earR`. */
export function topEars(k, kind) {
  if (kind !== "cat" && kind !== "fox" && kind !== "bunny") return null;
  const c = k.color;
  const hair = k.linear("earOut", [[0, c.hairLight], [0.4, c.hair], [1, c.hair]]);
  const fox = kind === "fox";
  const [out, inner] = kind === "bunny" ? [BUNNY, BUNNY_IN] : [fox ? FOX : CAT, CAT_IN];
  return both((s, at) => k.g(`ear${s}`,
    k.ink(out, hair, c.hairLine, 4.5, at),
    k.path(inner, fox ? c.hairDeep : c.accentLight, at),
    kind === "bunny" ? null : k.path("M246 220C262 196 286 180 320 168C312 158 304 148 294 138C276 156 258 184 246 220Z", c.accentDark, { ...at, opacity: 0.35 }),
    kind === "bunny" ? null : k.path("M262 214C256 190 258 172 268 156C270 168 276 174 284 176C284 168 288 160 296 156C296 170 304 178 318 180Z", fox ? c.hairShine : c.hairLight, at)));
}

const LENS = {
  round: () => ({ d: "M0 -54a54 54 0 1 0 .1 0Z", w: 54, line: 5.5 }),
  square: () => ({ d: "M-50 -36C-52 -42 -48 -46 -42 -46L42 -46C48 -46 53 -42 52 -36L47 30C46 40 40 45 30 45L-30 45C-40 45 -46 40 -47 30Z", w: 51, line: 8 }),
  cateye: () => ({ d: "M-52 -24C-30 -50 30 -56 68 -56C66 -26 60 20 40 38C16 52 -30 50 -44 28C-52 12 -54 -8 -52 -24Z", w: 52, line: 7 }),
  half: () => ({ d: "M-50 -6C-50 30 -30 46 0 46C30 46 50 30 50 -6Z", w: 50, line: 5 }),
  sun: () => ({ d: "M-56 -38C-58 -44 -54 -48 -48 -48L50 -48C56 -48 59 -44 58 -36C54 10 40 44 4 46C-36 48 -52 8 -56 -38Z", w: 56, line: 6, dark: true }),
};

/** Glasses of a style before the eyes `E`. */
export function glasses(k, kind, E) {
  const c = k.color;
  if (kind === "visor") {
    return k.g("glasses", k.path(`M244 ${E.y - 34}C300 ${E.y - 58} 500 ${E.y - 58} 556 ${E.y - 34}L548 ${E.y + 30}C500 ${E.y + 50} 440 ${E.y + 44} 400 ${E.y + 22}C360 ${E.y + 44} 300 ${E.y + 50} 252 ${E.y + 30}Z`, c.accent, { opacity: 0.34, stroke: c.glasses, "stroke-width": 6 }),
      k.line(`M262 ${E.y - 30}C310 ${E.y - 46} 380 ${E.y - 48} 420 ${E.y - 46}`, "#ffffff", 6, { opacity: 0.75 }));
  }
  if (!LENS[kind]) return null;
  const shape = LENS[kind]();
  const lens = shape.dark ? k.linear("lens", [[0, c.glasses, 0.92], [1, c.accentDark, 0.72]]) : k.linear("lens", [[0, "#ffffff", 0.26], [0.5, "#ffffff", 0.05], [1, "#ffffff", 0.16]], [0, 0, 1, 1]);
  const half = E.x - shape.w;
  const arm = 400 - E.x - shape.w;
  return k.g("glasses",
    k.line(`M${400 - half} ${E.y - 2}C${400 - half * 0.55} ${E.y - 14} ${400 + half * 0.55} ${E.y - 14} ${400 + half} ${E.y - 2}M${arm} ${E.y - 10}L${arm - 24} ${E.y - 18}M${800 - arm} ${E.y - 10}L${824 - arm} ${E.y - 18}`, c.glasses, shape.line),
    [-1, 1].map((d) => k.path(shape.d, lens, { transform: `matrix(${d} 0 0 1 ${400 + d * E.x} ${E.y})`, stroke: c.glasses, "stroke-width": shape.line })),
    k.line([-1, 1].map((d) => `M${400 + d * E.x - 38} ${E.y - 14}C${400 + d * E.x - 34} ${E.y - 26} ${400 + d * E.x - 26} ${E.y - 34} ${400 + d * E.x - 14} ${E.y - 38}`).join(""), "#ffffff", 5, { opacity: kind === "half" ? 0 : 0.75 }));
}

/** Headphones over a head `wide` times as wide as the drawing's; `top` is where its hair ends: there the band lies. */
export function headphones(k, kind, wide, top) {
  const c = k.color;
  const place = { transform: `matrix(${wide} 0 0 1 ${400 - 400 * wide} 0)` };
  if (kind === "earbuds") {
    return k.g("gear", el("g", place, both((s, at) => [k.ink("M232 470C222 470 218 482 226 490L230 522C232 530 242 530 242 522L244 486C246 476 240 470 232 470Z", c.phones, c.line, 4, at)])));
  }
  if (kind === "pods") {
    return k.g("gear", el("g", place, both((s, at) => [
      k.line("M224 400L196 236", c.line, 13, at), k.line("M224 400L196 236", c.phonesLight, 6, at), k.ink("M194 216a14 14 0 1 0 .1 0Z", c.accent, c.line, 4, at),
      k.ink("M210 396C232 388 252 396 256 412L258 478C252 494 228 500 210 490C202 470 202 416 210 396Z", c.phones, c.line, 4.5, at), k.line("M222 416L222 470", c.accent, 8, at)])));
  }
  if (!["over", "bright", "headset"].includes(kind)) return null;
  const cup = (at) => [
    k.ink("M199 332C213 320 240 320 252 332L256 425C244 439 215 441 199 427Z", c.gear, c.line, 4.5, at),
    k.path("M238 328C246 328 252 332 252 338L256 421C252 429 246 431 238 433Z", c.gearLight, { ...at, opacity: 0.7 }),
    k.ink("M187 349C193 338 216 338 222 349L224 410C218 422 195 422 189 410Z", c.phones, c.line, 4, at),
    k.line("M197 357L198 400", c.phonesLight, 6, { ...at, opacity: 0.9 }),
  ];
  return k.g("gear", el("g", place,
    el("g", top > 120 ? { transform: `matrix(${1 - (top - 117) / 900} 0 0 ${(345 - top) / 228} ${(top - 117) * 0.444} ${345 - (345 * (345 - top)) / 228})` } : {},
    k.line("M222 342C207 211 290 117 400 117C510 117 593 211 578 342", c.line, 28), k.line("M222 342C207 211 290 117 400 117C510 117 593 211 578 342", c.band, 20),
    k.line("M225 306C224 202 300 120 400 120C500 120 576 202 575 306", c.phones, 6), k.line("M300 134C360 103 440 103 500 134", c.phonesLight, 4.5, { opacity: 0.75 })),
    cup({}), cup(mirror),
    kind === "headset" ? [k.line("M212 424C212 486 244 544 300 566", c.line, 12), k.line("M212 424C212 486 244 544 300 566", c.gearLight, 6), k.ink("M298 553C314 549 334 556 336 568C336 580 318 584 300 578C290 574 288 558 298 553Z", c.gear, c.line, 4)] : null));
}

/** Earrings, each a group that swings about `RINGS`. */
export function earrings(k, kind, at) {
  const c = k.color;
  const draw = {
    hoops: () => [k.line("M0 2a30 30 0 1 0 .1 0Z", c.line, 12), k.line("M0 2a30 30 0 1 0 .1 0Z", c.accent, 7), k.line("M-24 20C-30 34 -24 50 -12 56", c.accentShine, 3.5)],
    studs: () => [k.ink("M0 -4a8 8 0 1 0 .1 0Z", c.accent, c.line, 3)],
    drops: () => [k.line("M0 2L0 22", c.line, 4), k.ink("M0 20C12 36 14 50 0 58C-14 50 -12 36 0 20Z", c.accent, c.line, 4), k.line("M-4 38C-6 44 -4 48 -2 50", c.accentShine, 3.5)],
    cross: () => [k.line("M0 2L0 16", c.line, 4), k.ink("M-5 16L5 16L5 26L14 26L14 36L5 36L5 56L-5 56L-5 36L-14 36L-14 26L-5 26Z", c.accent, c.line, 3.5)],
  }[kind];
  if (!draw) return null;
  return [["L", at.x], ["R", 800 - at.x]].map(([s, x]) => k.g(`ring${s}`, el("g", { transform: `translate(${x} ${at.y})` }, draw())));
}

const blossom = (x, y, r) => Array.from({ length: 5 }, (_, i) => {
  const a = (i / 5) * 2 * Math.PI - Math.PI / 2;
  return `M${x} ${y}C${x + r * 1.3 * Math.cos(a - 0.75)} ${y + r * 1.3 * Math.sin(a - 0.75)} ${x + r * 1.3 * Math.cos(a + 0.75)} ${y + r * 1.3 * Math.sin(a + 0.75)} ${x} ${y}`.replace(/-?\d+\.\d+/g, (t) => String(Math.round(Number(t) * 10) / 10));
}).join("");

/** What hides the top of the head. */
export const HATS = ["beret", "beanie", "cap"];

/** Something on the head: pins, a flower, a bow, hats. */
export function headwear(k, kind) {
  const c = k.color;
  const draw = {
    star: () => k.ink("M517 237L526 253L545 256L531 268L535 287L517 278L500 287L504 268L490 256L509 253Z", c.accent, c.line, 4),
    clips: () => [k.line("M296 268L334 244M300 292L340 270", c.line, 15), k.line("M296 268L334 244M300 292L340 270", c.accent, 8)],
    flower: () => [k.ink(blossom(520, 232, 34), c.accent, c.line, 4), k.ink("M520 222a10 10 0 1 0 .1 0Z", "#ffd76a", c.line, 3), k.ink("M486 262C470 262 462 276 462 290C478 288 488 278 490 266Z", "#6fae6a", c.line, 3.5)],
    bow: () => [k.ink("M496 168C460 128 420 128 410 146C410 178 424 206 444 214C468 208 486 190 496 176ZM504 168C532 124 572 116 584 132C590 162 580 194 562 206C538 204 518 188 504 176Z", c.accent, c.line, 4.5),
      k.path("M496 172C466 168 436 178 444 212C466 208 484 192 496 178ZM504 172C532 164 568 168 562 204C542 202 520 190 504 178Z", c.accentDark, { opacity: 0.65 }), k.ink("M488 160C496 154 508 154 514 162C518 172 514 184 506 188C496 188 488 184 486 176Z", c.accent, c.line, 4.5)],
    beret: () => [k.ink("M206 236C180 160 260 62 408 58C560 54 640 128 606 214C600 232 580 240 560 236C500 196 320 196 252 252C232 262 212 256 206 236Z", c.accent, c.line, 5),
      k.path("M252 252C320 196 500 196 560 236C580 240 600 232 606 214C560 178 330 160 206 236C212 256 232 262 252 252Z", c.accentDark, { opacity: 0.6 }), k.line("M408 58C404 44 408 36 418 30", c.line, 9), k.line("M290 120C320 100 350 90 384 88", c.accentLight, 7, { opacity: 0.7 })],
    beanie: () => [k.ink("M212 272C196 150 290 62 400 62C510 62 604 150 588 272Z", c.accent, c.line, 5), k.line("M300 90C278 140 270 190 270 230M366 66C352 130 348 180 348 226M434 66C448 130 452 180 452 226M500 90C522 140 530 190 530 230", c.accentDark, 4.5, { opacity: 0.6 }),
      k.ink("M202 244C300 208 500 208 598 244C606 262 606 284 600 300C500 262 300 262 200 300C194 284 194 262 202 244Z", c.accent, c.line, 5), k.line("M250 234L250 276M300 224L300 264M350 219L350 257M400 217L400 255M450 219L450 257M500 224L500 264M550 234L550 276", c.accentDark, 4.5, { opacity: 0.7 })],
    cap: () => [k.ink("M218 262C206 150 292 70 400 70C508 70 594 150 582 262Z", c.accent, c.line, 5), k.line("M400 70C396 120 396 170 398 214M318 92C292 140 282 190 280 226M482 92C508 140 518 190 520 226", c.accentDark, 4, { opacity: 0.65 }),
      k.ink("M196 268C220 210 320 196 400 196C480 196 580 210 604 268C560 250 500 240 400 240C300 240 240 250 196 268Z", c.accentDark, c.line, 5), k.path("M400 62a9 9 0 1 0 .1 0Z", c.accentDark)],
  }[kind];
  return draw ? k.g("hat", draw()) : null;
}
