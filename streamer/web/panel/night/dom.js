// Elements without a framework: the report is also one file on somebody's disk.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, kids) {
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.setAttribute("class", value);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2).toLowerCase(), value);
    else if (key === "style") for (const [name, set] of Object.entries(value)) node.style.setProperty(name, set);
    else if (key === "text") node.textContent = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...kids.flat(Infinity).filter((kid) => kid !== null && kid !== undefined && kid !== false));
  return node;
}

/** An HTML element. `props`: attributes, `class`, `style` (an object), `on...` handlers; strings become text. */
export const h = (tag, props, ...kids) => fill(document.createElement(tag), props, kids);

/** The same for SVG. */
export const s = (tag, props, ...kids) => fill(document.createElementNS(SVG, tag), props, kids);

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Words of strangers as they may be drawn. */
export function clean(text, most = 500) {
  const points = Array.from(String(text ?? "").replace(CONTROLS, ""));
  return points.length > most ? `${points.slice(0, most).join("")}…` : points.join("");
}

/** A viewer's name, kept apart from what stands beside it. */
export const nameOf = (name) => h("bdi", { class: "nr-name", dir: "auto", text: clean(name, 60) });
