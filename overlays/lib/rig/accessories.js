// What any look can wear: cat ears, round glasses, headphones.

const mirror = { transform: "matrix(-1 0 0 1 800 0)" };
const EAR = "M232 262C204 196 200 112 222 52C228 38 238 36 248 44C298 76 338 118 362 170C312 176 264 210 232 262Z";
const EAR_IN = "M246 220C228 170 224 122 236 80C270 104 300 136 320 168C292 178 266 196 246 220Z";

/** Cat ears in the colour of the hair; each is a group, `earL` and `earR`. */
export function catEars(k) {
  const c = k.color;
  const hair = k.linear("earOut", [[0, c.hairLight], [0.4, c.hair], [1, c.hair]]);
  const inner = k.linear("earIn", [[0, c.accentLight], [1, c.accent]]);
  return ["L", "R"].map((s) => k.g(`ear${s}`, ear(k, hair, inner, c, s === "R" ? mirror : {})));
}

function ear(k, hair, inner, c, attrs) {
  return [
    k.ink(EAR, hair, c.hairLine, 4.5, attrs),
    k.path(EAR_IN, inner, attrs),
    k.path("M246 220C262 196 286 180 320 168C312 158 304 148 294 138C276 156 258 184 246 220Z", c.accentDark, { ...attrs, opacity: 0.35 }),
    k.ink("M262 214C256 190 258 172 268 156C270 168 276 174 284 176C284 168 288 160 296 156C296 170 304 178 318 180Z", c.hairLight, "none", 0, attrs),
  ];
}

/** Round glasses around the eyes `E` of the look. */
export function glasses(k, E) {
  const c = k.color;
  const lens = k.linear("lens", [[0, "#ffffff", 0.26], [0.5, "#ffffff", 0.05], [1, "#ffffff", 0.16]], [0, 0, 1, 1]);
  const top = E.y - 54;
  const [l, r] = [400 - E.x, 400 + E.x];
  const ring = (x) => [
    k.path(`M${x} ${top}a54 54 0 1 0 .1 0Z`, lens),
    k.line(`M${x} ${top}a54 54 0 1 0 .1 0Z`, c.glasses, 5.5),
    k.line(`M${x - 41} ${top + 38}C${x - 35} ${top + 26} ${x - 27} ${top + 18} ${x - 15} ${top + 14}`, "#ffffff", 5, { opacity: 0.8 }),
  ];
  const bridge = `M${l + 54} ${top + 52}C${l + 63} ${top + 42} ${r - 63} ${top + 42} ${r - 54} ${top + 52}`;
  const arms = `M${l - 53} ${top + 46}L${l - 79} ${top + 36}M${r + 53} ${top + 46}L${r + 79} ${top + 36}`;
  return k.g("glasses", k.line(bridge + arms, c.glasses, 5.5), ring(l), ring(r));
}

/** Headphones over the head: band in `band` with a line of `phones`, cups in `phones`. */
export function headphones(k) {
  const c = k.color;
  const cup = (attrs) => [
    k.ink("M199 332C213 320 240 320 252 332L256 425C244 439 215 441 199 427Z", c.gear, c.line, 4.5, attrs),
    k.path("M238 328C246 328 252 332 252 338L256 421C252 429 246 431 238 433Z", c.gearLight, { ...attrs, opacity: 0.7 }),
    k.ink("M187 349C193 338 216 338 222 349L224 410C218 422 195 422 189 410Z", c.phones, c.line, 4, attrs),
    k.line("M197 357L198 400", c.phonesLight, 6, { ...attrs, opacity: 0.9 }),
  ];
  return k.g("gear",
    k.line("M222 342C207 211 290 117 400 117C510 117 593 211 578 342", c.line, 28),
    k.line("M222 342C207 211 290 117 400 117C510 117 593 211 578 342", c.band, 20),
    k.line("M225 306C224 202 300 120 400 120C500 120 576 202 575 306", c.phones, 6),
    k.line("M300 140C360 109 440 109 500 140", c.phonesLight, 4.5, { opacity: 0.75, transform: "translate(0 -6)" }),
    k.line("M225 320C216 250 246 184 298 148M575 320C584 250 554 184 502 148", c.phonesDark, 4, { opacity: 0.45 }),
    cup({}), cup(mirror));
}
