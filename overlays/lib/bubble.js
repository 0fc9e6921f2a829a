// The message being answered, shown beside the one who answers.

import { characters, readable } from "./text.js";

const MOST = 160;

export class Bubble {
  constructor(host) {
    this.root = document.createElement("div");
    this.root.className = "sr-bubble";
    this.name = document.createElement("bdi");
    this.name.className = "sr-bubble__name";
    this.text = document.createElement("bdi");
    this.text.className = "sr-bubble__text";
    this.root.append(this.name, this.text);
    host.append(this.root);
    this.key = "";
  }

  /** Shows `answering` (`{name, text, platform}`) beside `box`, the speaker's place; hides without either. */
  update(answering, box, color, side) {
    const on = Boolean(answering && box);
    this.root.classList.toggle("is-shown", on);
    if (!on) {
      this.key = "";
      this.at = "";
      return;
    }
    const key = JSON.stringify([answering, side]);
    if (key !== this.key) {
      this.key = key;
      const text = characters(String(answering.text ?? ""));
      this.name.textContent = String(answering.name ?? "");
      this.text.textContent = text.length > MOST ? `${text.slice(0, MOST).join("")}…` : text.join("");
      this.root.dataset.side = side;
      if (/^[a-z]{1,16}$/.test(answering.platform ?? "")) this.root.dataset.platform = answering.platform;
      this.root.style.setProperty("--sr-speaker", readable(color));
    }
    const place = `${key}/${[box.left, box.top, box.width]}`;
    if (place === this.at) return;
    this.at = place;
    this.#place(box, side);
  }

  // Outside the speaker where there is room, else above; always inside the safe area.
  #place(box, side) {
    const { offsetWidth: w, offsetHeight: h } = this.root;
    const safe = { x: innerWidth * 0.03, y: innerHeight * 0.04 };
    const head = box.top + box.height * 0.34;
    let x = side === "left" ? box.left + box.width * 0.12 - w : box.right - box.width * 0.12;
    let y = head - h / 2;
    const fits = x >= safe.x && x + w <= innerWidth - safe.x;
    if (!fits) {
      x = box.left + box.width / 2 - w / 2;
      y = box.top - box.height * 0.02 - h;
    }
    this.root.classList.toggle("is-above", !fits);
    x = Math.min(Math.max(x, safe.x), Math.max(safe.x, innerWidth - safe.x - w));
    y = Math.max(safe.y, y);
    this.root.style.left = `${Math.round(x)}px`;
    this.root.style.top = `${Math.round(y)}px`;
  }
}
