// A raised forearm with an open hand, for waving: the person's left arm, at the right of the picture.
// It is drawn upright, hidden until a gesture; the rig turns it about `ARM`, its elbow, which lies below the edge of the picture.

export const ARM = Object.freeze({ x: 648, y: 905 });

// Tips and roots of the fingers, from the thumb's side; the palm is at 0, 0 and the hand points upwards.
const FINGERS = "M-27 -24L-37 -80M-9 -30L-12 -99M10 -29L14 -95M28 -20L38 -74";
const THUMB = "M-24 18C-44 8 -58 -6 -66 -24";
const PALM = "M-40 -28C-20 -40 22 -40 40 -24C46 4 38 36 22 52L-22 52C-40 34 -46 2 -40 -28Z";

/** The group `arm`. `sleeve` is `{fill, light, cuff, bare}`: paints of the sleeve, or `bare` for an arm without one. */
export function arm(k, { fill, light, cuff, bare = false }) {
  const c = k.color;
  const skin = bare ? c.skin : fill;
  const hand = k.g("hand", { transform: "translate(694 628) rotate(9) scale(1.02)" },
    k.ink("M-24 40C-26 66 -30 84 -34 104L32 104C28 84 26 66 25 40Z", c.skin, c.skinLine, 4),
    k.line(THUMB, c.skinLine, 34), k.line(FINGERS, c.skinLine, 29),
    k.ink(PALM, c.skin, c.skinLine, 4),
    k.line(THUMB, c.skin, 26), k.line(FINGERS, c.skin, 21.5),
    k.path("M-22 50C-38 30 -30 4 -8 -2C-26 14 -26 36 -10 52ZM20 50C34 34 40 10 36 -14C26 8 28 30 8 52Z", c.skinShade, { opacity: 0.75 }),
    k.line("M-18 -22L-18 -34M0 -27L1 -38M19 -24L20 -35M-30 -8C-14 -18 12 -20 30 -8M-24 20C-14 12 -8 2 -8 -8", c.skinDeep, 2.6, { opacity: 0.8 }));
  return k.g("arm", { visibility: "hidden" },
    hand,
    k.ink("M586 910C596 850 622 780 646 726C662 716 706 720 722 734C724 800 716 870 700 930Z", skin, bare ? c.skinLine : c.line, 5),
    bare ? null : [
      k.line("M676 800C660 830 652 850 650 880M702 780C704 800 702 830 698 850", light, 4, { opacity: 0.8 }),
      k.ink("M640 722C662 706 712 710 728 728C731 740 730 750 726 758C706 744 658 740 634 748C634 740 636 730 640 722Z", cuff, c.line, 4.5),
    ]);
}
