// The look `ren`: short orange bob, green eyes, round glasses, freckles, yellow headphones, a teal cardigan over a round collar.

export const PALETTE = {
  hair: "#f0804f", hairDark: "#bd4a2e", hairDeep: "#8c2f22", hairLight: "#ffb37c", hairShine: "#ffe6c4", hairLine: "#5e1f18",
  eye: "#6dbb3a", eyeDark: "#2a6a2b", eyeDeep: "#173a1c", eyeLight: "#dcff8f",
  skin: "#ffe8d6", skinShade: "#f7bd9c", skinDeep: "#e79f7d", skinLine: "#96523c", blush: "#ff7466", blushDark: "#e0523f",
  cloth: "#2f7f86", clothDark: "#1a4f58", clothLight: "#55abaa", shirt: "#fffaf0", shirtShade: "#e6d2bd",
  accent: "#ffd35c", accentDark: "#dd9d22", accentLight: "#fff2bd", gear: "#3a3440", gearLight: "#6d6474", phones: "#ffd35c", phonesDark: "#dd9d22", phonesLight: "#fff2bd", band: "#ffd35c", glasses: "#3a3440", line: "#3d1f1a",
};

export const EYE = { x: 75, y: 434, inner: 42, outer: 45, innerY: 8, outerY: 6, top: 59, bottom: 48, lash: 14, flick: 10, browY: 346, browW: 10, irisX: 36, irisY: 44, irisDy: 1, spikes: 1 };
export const FACE = { half: 154, jaw: 50, chin: 570, cheekY: 474, cheek: 50 };
export const MOUTH = { x: 400, y: 521, half: 24, height: 44, fang: 0 };

const BANGS =
  "M236 430C202 346 208 236 266 178C302 140 348 118 402 118C456 118 502 140 538 178C594 238 600 346 566 430" +
  "C568 386 558 346 538 308C532 334 520 352 502 368C504 338 494 314 472 290C454 324 430 346 396 362C406 338 406 318 400 300" +
  "C370 336 328 358 284 368C292 350 294 338 292 326C262 352 242 388 236 430Z";
const SHINE =
  "M230 306C244 266 272 240 304 226L312 246L322 218C342 211 362 208 382 207L392 228L402 206C422 206 442 209 462 215L472 238L484 222C526 238 556 268 572 306" +
  "C554 284 538 272 520 263L510 280L500 255C486 248 470 244 454 242L446 258L436 239C422 237 410 237 398 238L388 258L378 240C362 242 346 246 332 251L324 268L314 257C284 268 252 286 230 306Z";
const SIDE = "M244 250C218 330 206 420 212 484C218 524 232 552 262 568C256 548 258 538 266 524C280 480 268 390 286 262Z";
const mirror = { transform: "matrix(-1 0 0 1 800 0)" };

/** What it wears unless the persona says otherwise. */
export const WEARS = { ears: "none", glasses: true, headphones: true };

/** Draws the look; see `look.js` for what each key is. */
export function draw(k) {
  const c = k.color;
  const hair = k.linear("hair", [[0, c.hairLight], [0.25, c.hair], [0.75, c.hair], [1, c.hairDark]], [0, 0.02, 0, 1]);
  const back = k.linear("back", [[0, c.hair], [0.6, c.hairDark], [1, c.hairDeep]]);
  const side = k.linear("side", [[0, c.hair], [1, c.hairLight]]);
  const cloth = k.linear("cloth", [[0, c.clothLight], [0.35, c.cloth], [1, c.clothDark]], [0, 700, 0, 1010], { gradientUnits: "userSpaceOnUse" });
  const clip = k.clip("bangs", k.path(BANGS));
  return {
    bangs: BANGS,
    back: backHair(k, back, c),
    body: body(k, cloth, c),
    cloth,
    cheeks: k.path("M290 494a3.4 3 0 1 0 .1 0ZM312 494a3 2.6 0 1 0 .1 0ZM326 484a3 2.8 0 1 0 .1 0ZM474 484a3 2.8 0 1 0 .1 0ZM488 494a3 2.6 0 1 0 .1 0ZM504 486a3.4 3 0 1 0 .1 0Z", c.skinDeep, { opacity: 0.9 }),
    fringe: [
      k.ink(BANGS, hair, c.hairLine, 4.5),
      strands(k, clip, c),
      k.g("ahoge",
        k.ink("M404 118C416 90 452 76 486 90C466 95 454 104 450 118Z", hair, c.hairLine, 4.5),
        k.ink("M402 118C392 98 366 88 338 97C358 102 368 110 374 120Z", hair, c.hairLine, 4.5)),
      hairpin(k, c),
    ],
    locks: ["L", "R"].map((s) => k.g(`lock${s}`, lock(k, side, c, s === "R" ? mirror : {}))),
  };
}

function backHair(k, fill, c) {
  return [
    k.g("backL",
      k.ink("M400 102C258 102 172 200 192 350C182 424 178 504 200 568C214 598 236 616 270 622C262 610 262 600 264 592C290 616 330 622 400 618Z", fill, c.hairLine, 4.5),
      k.line("M216 400C208 460 210 520 228 576", c.hairDeep, 4, { opacity: 0.6 })),
    k.g("backR",
      k.ink("M400 102C542 102 628 200 608 350C618 424 622 504 600 568C586 598 564 616 530 622C538 610 538 600 536 592C510 616 470 622 400 618Z", fill, c.hairLine, 4.5),
      k.line("M584 400C592 460 590 520 572 576", c.hairDeep, 4, { opacity: 0.6 })),
    k.path("M236 300L564 300L556 590C520 612 280 612 244 590Z", c.hairDeep),
  ];
}

function body(k, cloth, c) {
  const neck = k.linear("neck", [[0, c.skinDeep], [0.45, c.skinShade], [1, c.skin]]);
  const half = "M124 1010C128 930 138 864 168 820C186 790 210 776 240 764C288 742 328 732 346 704L412 704L412 1010Z";
  const shoulders = ["L", "R"].map((s) => k.g(`shoulder${s}`, k.ink(half, cloth, c.line, 5, s === "R" ? mirror : {})));
  return [
    shoulders,
    k.ink("M352 520C354 610 352 664 326 708C346 748 376 776 400 790C424 776 454 748 474 708C448 664 446 610 448 520Z", neck, c.skinLine, 3.5),
    k.path("M353 548C366 600 392 622 414 622C430 622 442 610 448 592L448 540Z", c.skinDeep, { opacity: 0.75 }),
    k.ink("M330 700C346 750 372 776 400 792C428 776 454 750 470 700L486 720L460 1010L340 1010L314 720Z", c.shirt, c.line, 4),
    k.path("M350 770C380 806 420 806 450 770L446 850C420 826 380 826 354 850Z", c.shirtShade, { opacity: 0.7 }),
    k.ink("M342 1010C346 920 336 840 300 728C276 738 254 746 238 762C262 840 276 920 280 1010Z", c.clothLight, c.line, 4.5),
    k.ink("M458 1010C454 920 464 840 500 728C524 738 546 746 562 762C538 840 524 920 520 1010Z", c.clothLight, c.line, 4.5),
    k.line("M262 772C284 848 296 930 300 1006M286 748C310 836 322 920 324 1006M538 772C516 848 504 930 500 1006M514 748C490 836 478 920 476 1006", c.cloth, 4, { opacity: 0.8 }),
    k.ink("M338 690C318 704 296 716 286 744C290 784 316 806 352 808C378 806 394 792 400 770C372 758 348 732 338 690Z", c.shirt, c.line, 4.5),
    k.ink("M462 690C482 704 504 716 514 744C510 784 484 806 448 808C422 806 406 792 400 770C428 758 452 732 462 690Z", c.shirt, c.line, 4.5),
    k.path("M288 752C294 784 318 804 352 806C376 804 392 792 400 772C386 784 370 790 350 788C322 786 302 774 288 752ZM512 752C506 784 482 804 448 806C424 804 408 792 400 772C414 784 430 790 450 788C478 786 498 774 512 752Z", c.shirtShade, { opacity: 0.8 }),
    k.g("bow",
      k.ink("M394 790L372 880L392 868L400 884L408 868L428 880L406 790Z", c.accentDark, c.line, 4),
      k.ink("M396 776C376 756 350 752 338 760C334 780 338 800 346 810C368 808 386 798 396 788ZM404 776C424 756 450 752 462 760C466 780 462 800 454 810C432 808 414 798 404 788Z", c.accent, c.line, 4),
      k.line("M348 768C358 768 366 772 374 778M452 768C442 768 434 772 426 778", c.accentLight, 4),
      k.ink("M388 772C394 766 406 766 412 772C416 780 416 786 412 794C406 800 394 800 388 794C384 786 384 780 388 772Z", c.accent, c.line, 4)),
    k.path("M400 914a8 8 0 1 0 .1 0ZM400 968a8 8 0 1 0 .1 0Z", c.shirtShade, { stroke: c.line, "stroke-width": 3 }),
    k.line("M220 1010C216 950 216 904 226 852M580 1010C584 950 584 904 574 852", c.clothDark, 5),
    k.line("M148 906C154 858 172 826 206 802M652 906C646 858 628 826 594 802", c.clothLight, 5, { opacity: 0.9 }),
  ];
}

function strands(k, clip, c) {
  return [
    k.path("M236 430C242 388 262 352 292 326C262 300 264 240 296 190C250 220 222 270 222 330ZM566 430C568 386 558 346 538 308C548 270 540 226 512 190C552 220 580 270 580 330Z",
      c.hairDark, { opacity: 0.45, "clip-path": clip }),
    k.path("M284 368C328 358 370 336 400 300C374 340 334 354 284 368ZM396 362C430 346 454 324 472 290C452 332 428 350 396 362ZM502 368C520 352 532 334 538 308C530 342 520 354 502 368Z",
      c.hairDeep, { stroke: c.hairDark, "stroke-width": 8, opacity: 0.5, "clip-path": clip }),
    k.path(SHINE, c.hairShine, { opacity: 0.6, "clip-path": clip }),
    k.line("M470 130C456 194 432 252 400 300M440 124C410 184 352 276 292 326M476 132C494 184 492 240 472 290M396 120C346 160 300 220 290 284M504 152C534 204 546 252 538 308",
      c.hairDark, 3, { opacity: 0.75, "clip-path": clip }),
    k.line("M452 150C430 210 400 256 370 292M340 150C300 190 280 230 272 280M516 180C538 220 546 250 546 284", c.hairLight, 3.5, { opacity: 0.65, "clip-path": clip }),
  ];
}

function hairpin(k, c) {
  return k.g("pin",
    k.ink("M530 268L541 290L565 293L547 309L552 333L530 321L508 333L513 309L495 293L519 290Z", c.accent, c.line, 4, { transform: "translate(104 28) scale(.78)" }),
    k.line("M500 244L516 234", c.accentLight, 0));
}

function lock(k, fill, c, attrs) {
  return [
    k.ink(SIDE, fill, c.hairLine, 4.5, attrs),
    k.line("M250 360C232 420 232 480 246 536", c.hairDark, 4, { ...attrs, opacity: 0.65 }),
    k.line("M234 410C226 440 226 460 228 484", c.hairShine, 6, { ...attrs, opacity: 0.55 }),
  ];
}
