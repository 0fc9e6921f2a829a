// The message being answered, floating beside the one who answers.

import { characters, readable } from "./text.js";

const MOST = 160;
/** As long as the style's fade; the words are forgotten after it. */
const FADE_MS = 320;
/** How far it lies over the empty side of a person's picture, and how narrow it may get beside somebody, in em. */
const OVERLAP = 0.13;
const NARROWEST = 9;

function make(tag, name) {
  const node = document.createElement(tag);
  node.className = name;
  return node;
}

export class Bubble {
  constructor(host) {
    this.root = make("div", "sr-bubble");
    this.box = make("div", "sr-bubble__box");
    this.name = make("bdi", "sr-bubble__name");
    this.text = make("bdi", "sr-bubble__text");
    this.safe = make("div", "sr-safe");
    this.box.append(this.name, this.text);
    this.root.append(this.box);
    host.append(this.safe, this.root);
    this.key = "";
    this.at = "";
    this.on = false;
    /** The middle of the message on the page, px, or null while there is none. */
    this.center = null;
    this.fading = null;
    addEventListener("resize", () => (this.at = ""));
  }

  /**
   * Shows `answering` (`{name, text, platform}`) beside `box`, the speaker's place, on `side`; goes without either. The words of a message
   * that is gone stay only for the fade. `test`: it was only tried out, and says so.
   */
  update(answering, box, color, side, test = false) {
    const on = Boolean(answering && box);
    if (!on) {
      this.#hide();
      return;
    }
    const key = JSON.stringify([answering, side]);
    if (key !== this.key) {
      this.key = key;
      this.#write(answering, side);
    }
    this.root.classList.toggle("is-test", test);
    const colour = readable(color);
    if (colour !== this.colour) this.root.style.setProperty("--sr-speaker", (this.colour = colour));
    const place = `${key}/${box.left}/${box.top}/${box.width}`;
    if (place !== this.at) {
      this.at = place;
      this.#place(box, side);
    }
    if (this.on) return;
    this.on = true;
    clearTimeout(this.fading);
    this.root.classList.add("is-shown");
  }

  #hide() {
    if (!this.on) return;
    this.on = false;
    this.key = "";
    this.at = "";
    this.center = null;
    this.root.classList.remove("is-shown");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      this.name.textContent = "";
      this.text.textContent = "";
    }, FADE_MS);
  }

  #write({ name, text, platform }, side) {
    const letters = characters(String(text ?? ""));
    this.name.textContent = String(name ?? "");
    this.text.textContent = letters.length > MOST ? `${letters.slice(0, MOST).join("").trimEnd()}…` : letters.join("");
    this.root.dataset.side = side;
    if (/^[a-z]{1,16}$/.test(platform ?? "")) this.root.dataset.platform = platform;
    else delete this.root.dataset.platform;
  }

  // Beside the speaker, as wide as there is room; above where that is too narrow; always inside the safe area.
  #place(box, side) {
    const { offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight } = this.safe;
    const right = left + offsetWidth;
    const bottom = top + offsetHeight;
    const edge = side === "left" ? box.left + box.width * OVERLAP : box.right - box.width * OVERLAP;
    const room = side === "left" ? edge - left : right - edge;
    const beside = room >= NARROWEST * parseFloat(getComputedStyle(this.root).fontSize);
    this.root.classList.toggle("is-above", !beside);
    this.root.style.maxWidth = beside ? `${Math.floor(room)}px` : "";
    const { offsetWidth: w, offsetHeight: h } = this.root;
    let x = beside ? (side === "left" ? edge - w : edge) : box.left + box.width / 2 - w / 2;
    let y = beside ? box.top + box.height * 0.34 - h / 2 : box.top - box.height * 0.02 - h;
    x = Math.round(Math.min(Math.max(x, left), Math.max(left, right - w)));
    y = Math.round(Math.min(Math.max(y, top), Math.max(top, bottom - h)));
    this.root.style.left = `${x}px`;
    this.root.style.top = `${y}px`;
    const tail = Math.min(w - 24, Math.max(24, box.left + box.width / 2 - x));
    this.root.style.setProperty("--sr-tail", `${Math.round(tail)}px`);
    this.center = { x: x + w / 2, y: y + h / 2 };
  }
}
