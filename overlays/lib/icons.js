// Small signs, drawn as lines on a field of 24 x 24.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  raid: ["M8.5 11a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z", "M2.6 19.4c.5-3.4 2.9-5.4 5.9-5.4s5.4 2 5.9 5.4", "M15 5h6.400M18.6 2.2 21.4 5l-2.8 2.8", "M16 11.400h4"],
  heart: ["M12 20.200C5.4 15.6 3 12.3 3 8.900A4.7 4.7 0 0 1 12 6.600a4.7 4.7 0 0 1 9 2.300c0 3.4-2.4 6.7-9 11.300Z"],
  star: ["m12 3 2.7 5.7 6.2.8-4.5 4.3 1.1 6.200L12 17l-5.5 3 1.1-6.200L3.1 9.500l6.2-.800Z"],
  gift: ["M4 11.500h16V20H4Z", "M3 7.500h18v4H3Z", "M12 7.500V20", "M12 7.300C10 3 5.5 3.4 6.3 6.200c.3 1 1.9 1.3 5.7 1.100Zm0 0c2-4.3 6.5-3.9 5.7-1.1-.3 1-1.9 1.3-5.7 1.100Z"],
  gem: ["M7 4h10l4 5.500L12 20.5 3 9.500Z", "M3 9.500h18M9 9.500l3 11 3-11M9 9.5 10.5 4M15 9.5 13.5 4"],
  coin: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "m12 7.2 1.5 3.1 3.3.4-2.4 2.4.6 3.4-3-1.6-3 1.6.6-3.4-2.4-2.4 3.3-.400Z"],
  check: ["m4.5 12.5 5 5L20 6.5"],
  train: ["M5 4h14v12H5Z", "M5 10.500h14", "M8 20.500l2-4.500M16 20.500l-2-4.5", "M8.5 13.300h.1M15.5 13.300h.1"],
};

/** Which sign belongs to a kind of alert. */
export const SIGNS = { raid: "raid", follow: "heart", member_new: "star", resub: "star", milestone: "star", gift_batch: "gift", cheer: "gem", superchat: "coin", sticker: "coin" };

/** A sign as an SVG node; it says nothing to screen readers, for a word stands beside it. */
export function sign(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "sr-sign");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name] ?? PATHS.star) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
