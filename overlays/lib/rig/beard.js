// Beards: what grows lies under the mouth in a group of its own, which follows the jaw; the moustache lies over the mouth.



function jaw(F, out, drop) {
  const l = 400 - F.half + 9;
  return { l: l - out, cy: F.cheekY, c1: `${l + F.corner - out} ${F.cheekY + F.cheek + out}`, c2: `${400 - F.jaw} ${F.chin + drop}`, chin: F.chin + drop };
}

/** The beard along the whole jaw; its upper edge runs from the ear to the corner of the mouth. */
function full(F, y, out, drop, x) {
  const a = jaw(F, out, drop);
  const r = 800 - a.l;
  const flip = (pair) => { const [px, py] = pair.split(" ").map(Number); return `${800 - px} ${py}`; };
  return (
    `M${400 - F.half - 2} 396C${a.l - 4} 430 ${a.l - 2} ${a.cy - 20} ${a.l} ${a.cy}C${a.c1} ${a.c2} 400 ${a.chin}C${flip(a.c2)} ${flip(a.c1)} ${r} ${a.cy}` +
    `C${r + 2} ${a.cy - 20} ${r + 4} 430 ${400 + F.half + 2} 396C${400 + F.half - 12} 440 ${400 + F.half - 30} 474 ${400 + x + 34} ${y - 18}C${400 + x + 12} ${y - 30} ${400 + 22} ${y - 30} 400 ${y - 26}` +
    `C378 ${y - 30} ${400 - x - 12} ${y - 30} ${400 - x - 34} ${y - 18}C${400 - F.half + 30} 474 ${400 - F.half + 12} 440 ${400 - F.half - 2} 396Z`
  );
}

const moustache = (y, w) =>
  `M400 ${y - 21}C392 ${y - 30} 376 ${y - 28} ${400 - w * 0.6} ${y - 18}C${400 - w} ${y - 8} ${400 - w * 1.1} ${y + 6} ${400 - w * 1.25} ${y + 12}C${400 - w} ${y + 12} ${400 - w * 0.8} ${y + 4} ${400 - w * 0.62} ${y - 1}C${400 - w * 0.4} ${y - 7} 390 ${y - 8} 400 ${y - 7}` +
  `C410 ${y - 8} ${400 + w * 0.4} ${y - 7} ${400 + w * 0.62} ${y - 1}C${400 + w * 0.8} ${y + 4} ${400 + w} ${y + 12} ${400 + w * 1.25} ${y + 12}C${400 + w * 1.1} ${y + 6} ${400 + w} ${y - 8} ${400 + w * 0.6} ${y - 18}C424 ${y - 28} 408 ${y - 30} 400 ${y - 21}Z`;

const strands = (F, y, chin) =>
  `M372 ${y + 22}C374 ${y + 34} 378 ${chin - 20} 384 ${chin - 8}M428 ${y + 22}C426 ${y + 34} 422 ${chin - 20} 416 ${chin - 8}M400 ${y + 30}L400 ${chin - 6}` +
  `M${400 - F.half + 20} 476C${400 - F.half + 26} 500 ${400 - F.half + 40} 524 ${400 - F.half + 58} 544M${400 + F.half - 20} 476C${400 + F.half - 26} 500 ${400 + F.half - 40} 524 ${400 + F.half - 58} 544` +
  `M340 ${y + 6}C340 ${y + 24} 348 ${chin - 34} 356 ${chin - 22}M460 ${y + 6}C460 ${y + 24} 452 ${chin - 34} 444 ${chin - 22}`;

/** `{under, over}`: what is drawn before and after the mouth; both are null without a beard. */
export function beardOf(k, v, { FACE: F, MOUTH: M }) {
  const c = k.color;
  const { y } = M;
  const w = M.half + 16;
  const kind = v.beard;
  if (kind === "none") return { under: null, over: null };
  const fill = k.linear("beard", [[0, c.beardDark], [0.35, c.beard], [1, c.beardLight]]);
  const lip = () => k.ink(moustache(y, w), fill, c.beardLine, 3.5);
  if (kind === "stubble") {
    return { under: k.g("beard", k.path(full(F, y + 2, -2, -3, w - 14), c.beardDeep, { opacity: 0.2 })), over: null };
  }
  if (kind === "moustache") return { under: null, over: lip() };
  if (kind === "goatee") {
    const d = `M362 ${y + 22}C350 ${y + 34} 348 ${F.chin - 10} 370 ${F.chin + 10}C384 ${F.chin + 24} 416 ${F.chin + 24} 430 ${F.chin + 10}C452 ${F.chin - 10} 450 ${y + 34} 438 ${y + 22}C426 ${y + 34} 412 ${y + 26} 400 ${y + 20}C388 ${y + 26} 374 ${y + 34} 362 ${y + 22}Z`;
    return { under: k.g("beard", k.ink(d, fill, c.beardLine, 3.5), k.line(`M390 ${y + 30}L393 ${F.chin + 6}M410 ${y + 30}L407 ${F.chin + 6}`, c.beardDark, 3)), over: lip() };
  }
  const long = kind === "long";
  const drop = long ? 92 : 26;
  const wide = full(F, y, long ? 6 : 7, drop, w);
  return {
    under: k.g("beard",
      k.ink(wide, fill, c.beardLine, 4),
      k.path(`M${400 - w + 12} ${y - 4}C${400 - w + 14} ${y + 10} 388 ${y + 15} 400 ${y + 15}C412 ${y + 15} ${400 + w - 14} ${y + 10} ${400 + w - 12} ${y - 4}Z`, c.skin, { stroke: c.beardDark, "stroke-width": 3 }),
      k.line(strands(F, y, F.chin + drop), c.beardDark, 3.2, { opacity: 0.85 }),
      long ? k.line(`M384 ${F.chin + 20}C388 ${F.chin + 50} 392 ${F.chin + 70} 396 ${F.chin + 84}M340 ${F.chin}C352 ${F.chin + 20} 360 ${F.chin + 36} 372 ${F.chin + 52}M460 ${F.chin}C448 ${F.chin + 20} 440 ${F.chin + 36} 428 ${F.chin + 52}`, c.beardDark, 3.2, { opacity: 0.85 }) : null,
      k.line(`M352 ${y + 20}C356 ${y + 40} 362 ${F.chin - 10} 370 ${F.chin + drop - 22}M448 ${y + 20}C444 ${y + 40} 438 ${F.chin - 10} 430 ${F.chin + drop - 22}`, c.beardShine, 4, { opacity: 0.5 })),
    over: lip(),
  };
}
