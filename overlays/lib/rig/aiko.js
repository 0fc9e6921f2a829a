// The look `aiko`: long violet hair, cat ears, teal eyes, pink headphones, a dark jacket over a white blouse.

export const PALETTE = {
  hair: "#6a58d8", hairDark: "#40309c", hairDeep: "#2d2174", hairLight: "#a99cff", hairShine: "#e3dcff", hairLine: "#2a1d5e", hairTip: "#e58be6",
  eye: "#1fb8c9", eyeDark: "#0a4a78", eyeDeep: "#0b2746", eyeLight: "#9dfbef",
  skin: "#ffe9de", skinShade: "#f6bcae", skinDeep: "#e99f95", skinLine: "#94524f", blush: "#ff7d92", blushDark: "#e8507c",
  cloth: "#2b2d52", clothDark: "#191a36", clothLight: "#474a80", shirt: "#fbf8ff", shirtShade: "#cfc9ea",
  accent: "#ff79b0", accentDark: "#d94a88", accentLight: "#ffc0dc", gear: "#2c2c44", gearLight: "#5a5a80", phones: "#ff79b0", phonesDark: "#d94a88", phonesLight: "#ffc0dc", band: "#2c2c44", glasses: "#3a3450", line: "#2c1d3f",
};

export const EYE = { x: 74, y: 432, inner: 43, outer: 50, innerY: 12, outerY: -5, top: 60, bottom: 49, lash: 16, flick: 17, browY: 346, browW: 8, irisX: 37, irisY: 46, irisDy: 0, spikes: 2 };
export const FACE = { half: 152, jaw: 36, chin: 574, cheekY: 466, cheek: 54 };
export const MOUTH = { x: 400, y: 523, half: 24, height: 46, fang: 1 };

const BANGS =
  "M236 416C204 344 206 236 264 174C300 136 346 114 400 114C454 114 500 136 536 174C594 236 596 344 564 416" +
  "C564 384 556 346 540 314C540 338 534 356 520 374C516 348 506 324 490 302C487 326 476 346 458 362C460 340 454 320 442 300" +
  "C440 340 426 376 400 404C404 374 394 338 380 306C376 330 364 348 346 362C348 338 340 318 326 300C318 328 304 352 284 374C276 352 268 332 264 314" +
  "C244 346 236 384 236 416Z";

const SHINE =
  "M226 300C240 262 268 236 300 222L306 244L318 216C340 208 360 204 380 203L388 226L398 202C420 202 440 205 460 210L470 236L482 218C524 232 556 262 574 302" +
  "C556 280 540 268 520 258L512 276L500 250C486 244 470 240 452 238L444 256L434 235C420 233 408 233 396 234L386 256L376 235C360 237 344 241 330 246L322 266L312 252C282 264 250 280 226 300Z";

const SIDE = "M246 250C222 320 212 430 217 520C222 590 238 640 228 700C252 670 262 640 261 600C272 625 272 640 270 656C288 610 286 560 276 500C264 440 264 360 284 262Z";

const mirror = { transform: "matrix(-1 0 0 1 800 0)" };

/** What it wears unless the persona says otherwise. */
export const WEARS = { ears: "cat", glasses: false, headphones: true };

/** Draws the look; see `look.js` for what each key is. */
export function draw(k) {
  const c = k.color;
  const hair = k.linear("hair", [[0, c.hairLight], [0.22, c.hair], [0.72, c.hair], [1, c.hairDark]], [0, 0.02, 0, 1]);
  const back = k.linear("back", [[0, c.hairDark], [0.45, c.hairDark], [0.72, c.hair], [1, c.hairTip]]);
  const side = k.linear("side", [[0, c.hair], [0.5, c.hair], [0.78, c.hairLight], [1, c.hairTip]]);
  const cloth = k.linear("cloth", [[0, c.clothLight], [0.3, c.cloth], [1, c.clothDark]], [0, 690, 0, 1010], { gradientUnits: "userSpaceOnUse" });
  const bangsClip = k.clip("bangs", k.path(BANGS));
  return {
    bangs: BANGS,
    back: backHair(k, back, c),
    body: body(k, cloth, c),
    cloth,
    fringe: [
      k.ink(BANGS, hair, c.hairLine, 4.5),
      strands(k, bangsClip, c),
      k.g("ahoge",
        k.ink("M394 118C372 90 380 58 420 44C412 66 418 78 436 84C422 88 412 102 416 118Z", hair, c.hairLine, 4.5),
        k.line("M404 112C394 92 398 74 412 60", c.hairShine, 4, { opacity: 0.55 })),
    ],
    locks: ["L", "R"].map((s) => k.g(`lock${s}`, lock(k, side, c, s === "R" ? mirror : {}))),
  };
}

function backHair(k, fill, c) {
  const dome = "M196 360C166 186 266 100 400 100C534 100 634 186 604 360";
  return [
    k.path("M220 340L580 340C604 520 606 700 590 910L210 910C194 700 196 520 220 340Z", c.hairDeep),
    k.g("backL",
      k.ink("M202 300C160 420 146 540 138 660C132 740 142 800 112 872C158 858 186 826 200 790C202 840 196 874 186 910L262 910C274 820 270 700 262 600C256 520 262 420 262 330Z", fill, c.hairLine, 4.5),
      k.line("M186 500C170 610 178 700 162 790", c.hair, 6, { opacity: 0.8 }),
      k.line("M222 560C210 680 222 760 210 830", c.hairDeep, 5, { opacity: 0.7 }),
      k.line("M206 420C194 500 190 560 188 610", c.hairLight, 5, { opacity: 0.35 })),
    k.g("backR",
      k.ink("M598 300C640 420 654 540 662 660C668 740 658 800 688 872C642 858 614 826 600 790C598 840 604 874 614 910L538 910C526 820 530 700 538 600C544 520 538 420 538 330Z", fill, c.hairLine, 4.5),
      k.line("M614 500C630 610 622 700 638 790", c.hair, 6, { opacity: 0.8 }),
      k.line("M578 560C590 680 578 760 590 830", c.hairDeep, 5, { opacity: 0.7 }),
      k.line("M594 420C606 500 610 560 612 610", c.hairLight, 5, { opacity: 0.35 })),
    k.path(`${dome}L560 420L240 420Z`, c.hairDark),
    k.line(dome, c.hairLine, 4.5),
  ];
}

function body(k, cloth, c) {
  const neck = k.linear("neck", [[0, c.skinDeep], [0.45, c.skinShade], [1, c.skin]]);
  const half = "M126 1010C130 930 138 858 166 812C184 780 208 766 238 754C288 732 332 722 350 690L412 690L412 1010Z";
  const shoulders = ["L", "R"].map((s) => k.g(`shoulder${s}`, k.ink(half, cloth, c.line, 5, s === "R" ? mirror : {})));
  return [
    shoulders,
    k.ink("M354 520C356 610 354 660 326 700C340 740 370 776 400 800C430 776 460 740 474 700C446 660 444 610 446 520Z", neck, c.skinLine, 3.5),
    k.path("M355 548C366 598 392 622 414 622C430 622 440 610 446 592L446 540Z", c.skinDeep, { opacity: 0.75 }),
    k.ink("M356 634C380 650 420 650 444 634L446 656C420 672 380 672 354 656Z", c.gear, c.line, 3.5),
    k.line("M358 643C382 657 418 657 442 643", c.accent, 4),
    k.ink("M400 662C410 662 416 670 414 680C412 690 388 690 386 680C384 670 390 662 400 662Z", "#ffd76a", c.line, 3),
    k.line("M390 676C396 679 404 679 410 676", c.line, 2.5),
    k.ink("M328 694C316 740 330 900 372 1010L428 1010C470 900 484 740 472 694C458 736 434 766 400 790C366 766 342 736 328 694Z", c.shirt, c.line, 4),
    k.path("M334 784C352 792 376 800 400 802C424 800 448 792 466 784L462 840C436 822 364 822 338 840Z", c.shirtShade, { opacity: 0.8 }),
    k.path("M344 880C352 920 362 960 376 1010L396 1010C380 960 368 910 366 860Z", c.shirtShade, { opacity: 0.7 }),
    k.ink("M336 684C320 700 318 724 326 748C342 770 366 786 392 796C384 760 352 728 336 684Z", c.shirt, c.line, 4),
    k.ink("M464 684C480 700 482 724 474 748C458 770 434 786 408 796C416 760 448 728 464 684Z", c.shirt, c.line, 4),
    k.ink("M334 694C310 706 296 722 286 744C310 800 350 870 384 1010L318 1010C296 920 262 830 246 752C280 734 318 722 334 694Z", c.clothLight, c.line, 4.5),
    k.ink("M466 694C490 706 504 722 514 744C490 800 450 870 416 1010L482 1010C504 920 538 830 554 752C520 734 482 722 466 694Z", c.clothLight, c.line, 4.5),
    k.line("M330 712C322 722 312 732 300 742C322 800 358 870 384 1004M470 712C478 722 488 732 500 742C478 800 442 870 416 1004", c.accent, 5),
    k.g("bow",
      k.ink("M398 792C372 762 340 756 326 766C320 792 326 822 336 836C360 834 384 820 398 806Z", c.accent, c.line, 4),
      k.ink("M402 792C428 762 460 756 474 766C480 792 474 822 464 836C440 834 416 820 402 806Z", c.accent, c.line, 4),
      k.path("M396 800C376 800 352 808 336 834C360 832 382 820 396 806ZM404 800C424 800 448 808 464 834C440 832 418 820 404 806Z", c.accentDark, { opacity: 0.75 }),
      k.line("M334 776C346 776 356 782 366 788M466 776C454 776 444 782 434 788", c.accentLight, 4, { opacity: 0.9 }),
      k.ink("M388 808L364 880L388 868L398 812ZM412 808L436 880L412 868L402 812Z", c.accentDark, c.line, 4),
      k.ink("M384 786C392 780 408 780 416 786C420 796 420 804 416 814C408 820 392 820 384 814C380 804 380 796 384 786Z", c.accent, c.line, 4)),
    k.line("M220 1010C216 950 216 900 224 846M580 1010C584 950 584 900 576 846", c.clothDark, 5),
    k.line("M150 900C156 852 172 818 204 794M650 900C644 852 628 818 596 794", c.clothLight, 5, { opacity: 0.9 }),
    k.line("M133 962C152 974 190 976 214 968M667 962C648 974 610 976 586 968", c.accent, 8),
  ];
}

function strands(k, clip, c) {
  return [
    k.path(
      "M230 440C232 398 242 352 264 314C252 270 262 226 290 190C250 220 222 270 220 330ZM570 440C570 398 560 352 540 314C550 270 540 226 512 190C552 220 580 270 580 330Z",
      c.hairDark, { opacity: 0.5, "clip-path": clip }),
    k.path(
      "M284 374C304 352 318 328 326 300C320 330 306 346 284 374ZM346 362C364 348 376 330 380 306C374 332 362 344 346 362ZM400 404C426 376 440 340 442 300C434 346 422 366 400 404ZM458 362C476 346 487 326 490 302C483 330 474 342 458 362ZM520 374C534 356 540 338 540 314C534 342 530 354 520 374Z",
      c.hairDeep, { stroke: c.hairDark, "stroke-width": 7, opacity: 0.5, "clip-path": clip }),
    k.path(SHINE, c.hairShine, { opacity: 0.62, "clip-path": clip }),
    k.line("M398 118C388 186 380 246 380 306M336 134C304 186 300 246 326 300M446 124C450 186 448 246 442 300M476 140C504 186 508 246 490 302M300 164C268 216 258 264 264 314M506 164C540 216 550 264 540 314",
      c.hairDark, 3, { opacity: 0.75, "clip-path": clip }),
    k.line("M414 128C418 180 420 220 418 262M366 132C350 180 346 220 350 268M486 156C514 200 524 240 522 284", c.hairLight, 3.5, { opacity: 0.6, "clip-path": clip }),
  ];
}

function lock(k, fill, c, attrs) {
  return [
    k.ink(SIDE, fill, c.hairLine, 4.5, attrs),
    k.line("M250 350C234 430 236 520 244 600", c.hairDark, 4, { ...attrs, opacity: 0.7 }),
    k.line("M240 400C230 450 230 490 232 540", c.hairShine, 6, { ...attrs, opacity: 0.5 }),
    k.ink("M226 566C240 574 258 574 272 566L274 584C258 592 242 592 228 584Z", c.accent, c.line, 3.5, attrs),
  ];
}
