// Hair behind the face (`back`, moved with the body), behind the head (`crown`, moved with it) and beside the face (`locks`).

import { scallop } from "./fringe.js";

const mirror = { transform: "matrix(-1 0 0 1 800 0)" };
const DOME = "M196 380C160 186 266 100 400 100C534 100 640 186 604 380";
const NAPE = "M222 396C202 300 214 190 290 144C360 116 440 116 510 144C586 190 598 300 578 396C574 440 556 480 536 500L264 500C244 480 226 440 222 396Z";
const both = (draw) => ["L", "R"].map((s) => draw(s, s === "R" ? mirror : {}));

function dome(k, arc = DOME) {
  const c = k.color;
  return [k.path(`${arc}L560 420L240 420Z`, arc === DOME ? c.hairDark : c.hair), k.line(arc, c.hairLine, 4.5)];
}

function braid(k, d, wide) {
  const c = k.color;
  return [
    k.line(d, c.hairLine, wide + 9), k.line(d, c.hair, wide),
    k.line(d, c.hairDeep, wide, { "stroke-dasharray": `3.5 ${Math.round(wide * 0.75)}`, "stroke-linecap": "butt", opacity: 0.8 }),
    k.line(d, c.hairLight, wide * 0.3, { "stroke-dasharray": `${Math.round(wide * 0.4)} ${Math.round(wide * 0.35) + 3.5}`, "stroke-linecap": "butt", opacity: 0.85 }),
  ];
}

const CLOUD = [[196, 470], [156, 440], [150, 386], [128, 336], [146, 282], [150, 224], [186, 178], [222, 134], [276, 108], [330, 76], [400, 70], [470, 76], [524, 108], [578, 134], [614, 178], [650, 224], [654, 282], [672, 336], [650, 386], [644, 440], [604, 470]];
const CLOUD_LOW = [[604, 470], [594, 520], [548, 540], [500, 546], [400, 520], [300, 546], [252, 540], [206, 520], [196, 470]];
const ringlet = (x, y, s, d = 1) => `M${x} ${y}c${14 * s * d} ${-16 * s} ${34 * s * d} ${-6 * s} ${30 * s * d} ${12 * s}c${-4 * s * d} ${12 * s} ${-22 * s * d} ${8 * s} ${-18 * s * d} ${-6 * s}`;

/** Hair styles by name: each gives the parts `back` and `crown` it has. */
const STYLES = {
  long: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hairDark], [0.45, c.hairDark], [0.72, c.hair], [1, c.hairTip]]);
    return { back: [
      k.path("M220 340L580 340C604 520 606 700 590 910L210 910C194 700 196 520 220 340Z", c.hairDeep),
      both((s, at) => k.g(`back${s}`,
        k.ink("M202 300C160 420 146 540 138 660C132 740 142 800 112 872C158 858 186 826 200 790C202 840 196 874 186 930L262 930C274 820 270 700 262 600C256 520 262 420 262 330Z", fill, c.hairLine, 4.5, at),
        k.line("M186 500C170 610 178 700 162 790M206 420C194 500 190 560 188 610", c.hair, 5.5, { ...at, opacity: 0.75 }),
        k.line("M222 560C210 680 222 760 210 830", c.hairDeep, 5, { ...at, opacity: 0.7 }))),
      dome(k)] };
  },
  wavy: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hairDark], [0.5, c.hair], [1, c.hairTip]]);
    return { back: [
      k.path("M220 340L580 340L596 690L204 690Z", c.hairDeep),
      both((s, at) => k.g(`back${s}`,
        k.ink("M204 300C164 350 150 410 172 460C140 500 138 560 166 600C138 640 142 700 176 730C168 742 158 750 148 754C180 764 212 752 228 728C246 742 262 740 280 728L276 330Z", fill, c.hairLine, 4.5, at),
        k.line("M196 380C178 420 184 450 200 480C176 520 178 560 198 596C178 636 182 680 204 706", c.hairDeep, 4.5, { ...at, opacity: 0.6 }),
        k.line("M182 400C172 424 176 444 188 466M166 540C162 564 168 582 180 600", c.hairShine, 5, { ...at, opacity: 0.4 }))),
      dome(k)] };
  },
  bob: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hair], [0.6, c.hairDark], [1, c.hairDeep]]);
    return { back: [
      both((s, at) => k.g(`back${s}`,
        k.ink("M400 102C258 102 172 200 192 350C182 424 178 504 200 568C214 598 236 616 270 622C262 610 262 600 264 592C290 616 330 622 400 618Z", fill, c.hairLine, 4.5, at),
        k.line("M216 400C208 460 210 520 228 576", c.hairDeep, 4, { ...at, opacity: 0.6 }))),
      k.path("M236 300L564 300L556 590C520 612 280 612 244 590Z", c.hairDeep)] };
  },
  ponytail: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hair], [0.5, c.hairDark], [1, c.hairTip]]);
    return { crown: [k.ink(NAPE, c.hairDark, c.hairLine, 4.5)], back: [k.g("backR",
      k.ink("M470 128C560 60 680 96 700 210C720 330 668 420 690 540C700 600 724 640 742 664C690 664 650 636 634 590C632 640 640 670 654 700C600 680 574 620 580 540C588 440 620 340 584 240C566 196 530 160 470 128Z", fill, c.hairLine, 4.5),
      k.line("M600 130C664 200 632 330 624 430C616 520 624 580 646 630M560 150C630 240 600 340 596 440", c.hairDeep, 4.5, { opacity: 0.6 }),
      k.line("M640 140C690 210 672 300 656 380", c.hairShine, 9, { opacity: 0.4 }))] };
  },
  twintails: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hair], [0.5, c.hair], [1, c.hairTip]]);
    return { crown: [k.ink(NAPE, c.hairDark, c.hairLine, 4.5)], back: both((s, at) => k.g(`back${s}`,
      k.ink("M238 214C170 150 96 190 84 300C74 400 112 480 92 590C84 640 62 676 38 700C90 704 128 680 144 640C146 690 138 716 124 744C178 724 204 660 198 580C190 470 160 400 196 320C206 290 220 250 238 214Z", fill, c.hairLine, 4.5, at),
      k.line("M190 206C122 260 140 360 148 450C156 540 148 590 130 640M212 220C160 290 168 360 176 440", c.hairDark, 4.5, { ...at, opacity: 0.7 }),
      k.line("M132 222C100 270 104 340 114 400", c.hairShine, 9, { ...at, opacity: 0.5 }),
      k.ink("M214 196C230 188 250 202 250 222C248 242 228 252 214 242C202 232 202 206 214 196Z", c.accent, c.line, 4, at))) };
  },
  bun: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hairLight], [0.4, c.hair], [1, c.hairDark]]);
    return { crown: [
      k.ink(NAPE, c.hairDark, c.hairLine, 4.5),
      k.ink("M400 18C456 14 494 50 486 96C480 136 440 150 400 150C360 150 320 136 314 96C306 50 344 14 400 18Z", fill, c.hairLine, 4.5),
      k.line("M346 112C330 80 356 48 396 48C436 50 450 84 428 104C408 120 380 108 384 88", c.hairDark, 4.5, { opacity: 0.75 }),
      k.line("M336 74C342 52 360 40 380 36", c.hairShine, 8, { opacity: 0.6 })] };
  },
  curls: (k) => {
    const c = k.color;
    const fill = k.linear("back", [[0, c.hair], [0.55, c.hair], [0.85, c.hairDeep]]);
    const at = [[176, 300, 1.1], [190, 226, 1], [252, 164, 1], [172, 380, 1], [326, 116, 1], [204, 470, 0.9]];
    return { crown: [
      k.ink(`M196 470${scallop(CLOUD, 0.6)}${scallop(CLOUD_LOW, 0.66)}Z`, fill, c.hairLine, 4.5),
      k.line(at.map(([x, y, z]) => ringlet(x, y, z) + ringlet(800 - x, y, z, -1)).join("") + ringlet(386, 98, 1) + ringlet(236, 250, 0.9) + ringlet(564, 250, 0.9, -1) + ringlet(214, 330, 0.9) + ringlet(586, 330, 0.9, -1), c.hairLine, 4.5, { opacity: 0.6 }),
      k.line("M152 300C158 270 164 250 176 232M186 206C200 180 216 160 236 148M300 104C326 92 350 88 376 88M160 400C158 384 156 372 158 356M470 92C492 98 508 108 522 122M600 176C614 190 624 206 630 222M646 300C650 316 650 330 648 346M262 134C270 126 280 122 290 118M214 262C218 250 224 240 232 232M560 214C570 222 576 232 580 244", c.hairLight, 6.5, { opacity: 0.8 })] };
  },
  braids: (k) => {
    const c = k.color;
    const strands = ["M262 186C176 290 150 460 142 790", "M246 250C200 380 184 540 182 850", "M258 320C232 460 224 620 224 880"].join("");
    return { back: [
      k.path("M220 340L580 340C588 440 566 560 544 660L256 660C234 560 212 440 220 340Z", c.hairDeep), dome(k, "M206 380C178 206 270 124 400 124C530 124 622 206 594 380"),
      both((s, at) => k.g(`back${s}`, braid(k, strands, 23).map((node) => { if (at.transform) node.setAttribute("transform", at.transform); return node; }),
        k.path("M130 784L154 784L154 804L130 804ZM170 842L194 842L194 862L170 862Z", c.accent, { ...at, stroke: c.line, "stroke-width": 3 })))] };
  },
  short: (k) => ({ crown: [k.ink(NAPE, k.color.hairDark, k.color.hairLine, 4.5)] }),
  spiky: (k) => {
    const c = k.color;
    return { crown: [k.ink("M226 470C196 450 180 420 176 384L148 392C156 350 164 316 182 286L146 274C166 232 194 196 228 170L204 140C240 124 282 118 316 120L316 82C360 84 392 94 416 108L450 70C482 84 506 108 522 132L572 118C576 160 574 190 586 214L640 222C626 256 620 286 620 316L656 344C640 380 622 402 602 420C596 446 584 462 566 470Z", c.hairDark, c.hairLine, 4.5),
      k.line("M206 190C230 210 240 240 240 270M186 300C206 310 220 330 226 350M330 100C344 116 350 130 352 150M456 92C450 110 448 126 450 146M560 140C548 160 542 180 540 200M620 236C600 244 584 256 574 270M632 344C612 346 596 356 586 366", c.hairDeep, 4.5, { opacity: 0.8 })] };
  },
  close: (k) => ({ crown: [k.path("M244 230L556 230C562 290 560 350 554 396L246 396C240 350 238 290 244 230Z", k.color.hairDark)] }),
  buzz: () => ({}),
  bald: () => ({}),
};

const LOCKS = {
  long: {
    d: "M246 250C222 320 212 430 217 520C222 590 238 640 228 700C252 670 262 640 261 600C272 625 272 640 270 656C288 610 286 560 276 500C264 440 264 360 284 262Z",
    dark: "M250 350C234 430 236 520 244 600", light: "M240 400C230 450 230 490 232 540", band: "M226 566C240 574 258 574 272 566L274 584C258 592 242 592 228 584Z",
  },
  short: {
    d: "M244 250C218 330 206 420 212 484C218 524 232 552 262 568C256 548 258 538 266 524C280 480 268 390 286 262Z",
    dark: "M250 360C232 420 232 480 246 536", light: "M234 410C226 440 226 460 228 484",
  },
  wavy: {
    d: "M246 250C214 320 198 370 214 420C194 470 202 530 232 560C216 600 226 640 250 664C254 640 266 620 282 606C272 584 268 566 276 540C290 510 276 470 266 440C282 400 268 330 286 262Z",
    dark: "M250 340C228 380 230 410 244 440C224 480 230 530 254 560C246 584 244 604 248 620", light: "M222 456C216 484 218 504 226 524",
  },
  wisp: {
    d: "M248 250C228 310 224 370 232 420C236 448 246 468 262 480C256 460 258 446 262 430C268 390 266 330 284 270Z",
    dark: "M252 340C244 380 246 410 252 440", light: "",
  },
};

/** `{back, crown}` of the style. */
export function hairBack(k, style) {
  return { back: null, crown: null, ...STYLES[style](k) };
}

/** The locks beside the face, one group each side: `lockL`, `lockR`. */
export function locks(k, kind) {
  const c = k.color;
  if (kind === "braid") {
    return both((s, at) => k.g(`lock${s}`,
      braid(k, "M252 330C226 420 232 520 240 640L244 720", 34).map((node) => { if (at.transform) node.setAttribute("transform", at.transform); return node; }),
      k.ink("M226 716L262 714L264 732L227 734Z", c.accent, c.line, 4, at), k.ink("M230 734L260 732C270 760 262 786 244 804C230 784 224 760 230 734Z", c.hair, c.hairLine, 4, at)));
  }
  const l = LOCKS[kind];
  if (!l) return null;
  const fill = k.linear("side", [[0, c.hair], [0.5, c.hair], [0.8, c.hairLight], [1, kind === "long" || kind === "wavy" ? c.hairTip : c.hairLight]]);
  return both((s, at) => k.g(`lock${s}`,
    k.ink(l.d, fill, c.hairLine, 4.5, at),
    k.line(l.dark, c.hairDark, 4, { ...at, opacity: 0.68 }),
    l.light ? k.line(l.light, c.hairShine, 6, { ...at, opacity: 0.52 }) : null,
    l.band ? k.ink(l.band, c.accent, c.line, 3.5, at) : null));
}
