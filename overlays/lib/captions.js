// Captions: two lines at most, who speaks by name and colour, words lit as they are heard.

import { known, prepare } from "./breaks.js";
import { clauses } from "./playhead.js";
import { pageAt, paginate } from "./pages.js";
import { readable, width } from "./text.js";

export { pageAt, paginate };
export { prepareAll } from "./breaks.js";

// A word lights up a touch before it is heard: eyes need a moment.
const EARLY_MS = 30;
const HEARD_MS = 250;

function textOf(page, between = " ") {
  return page.rows.map((row) => row.map((token) => token.text).join("").trim()).join(between);
}

function div(name) {
  const node = document.createElement("div");
  node.className = name;
  return node;
}

/** Draws captions into `host`. `style` is `box` or `outline`. */
export class Captions {
  constructor(host, { style = "box" } = {}) {
    this.host = host;
    this.root = div(`sr-captions sr-captions--${style === "outline" ? "outline" : "box"}`);
    this.box = div("sr-captions__box");
    this.name = div("sr-captions__name");
    this.body = div("sr-captions__text");
    this.box.append(this.name, this.body);
    this.root.append(this.box);
    this.root.dir = "auto";
    host.append(this.root);
    addEventListener("resize", () => ([this.columns, this.seen] = [0, null]));
    this.page = null;
    this.pages = [];
    this.seen = null;
    this.tokens = [];
    this.columns = 0;
    this.clear();
  }

  /** The text on screen, rows joined by a space; empty when there is none. */
  get text() {
    return this.page ? textOf(this.page) : "";
  }

  /** Which side the name stands on: the one of the speaker. */
  side(side) {
    if (this.root.dataset.side !== side) this.root.dataset.side = side;
  }

  clear() {
    this.seen = null;
    if (this.page || this.root.classList.contains("is-shown")) this.#show(null);
  }

  /** Shows what belongs to `ms` of `line`, spoken by `who` (`{name, color}`); nothing before the line is heard. `erased` changes when words were taken back. */
  update(line, ms, who, erased) {
    const gone = erased !== this.erased;
    this.erased = erased;
    if (line) this.#prepare(line);
    if (!line || ms === null || ms < 0) {
      this.#rest(gone);
      return;
    }
    const columns = this.#columns();
    if (this.#changed(line, columns)) this.pages = paginate(line, columns, 2, (text) => this.#width(text));
    const page = pageAt(this.pages, ms);
    if (page !== this.page) {
      if (page && this.page && this.line === line.id && textOf(page, "\n") === textOf(this.page, "\n")) this.#retime(page);
      else this.#show(page, who, line);
    }
    this.heard = ms;
    this.leave = performance.now() + (page ? page.until - ms : 0);
    for (const token of this.tokens) {
      const said = token.at <= ms + EARLY_MS;
      if (said !== token.said) token.node.classList.toggle("is-said", (token.said = said));
    }
  }

  // What breaking the words needs is fetched as soon as they are told, which is before they are heard.
  #prepare(line) {
    const list = clauses(line);
    const mark = `${line.id} ${list.length}`;
    if (mark === this.prepared) return;
    this.prepared = mark;
    for (const { text } of list) prepare(String(text ?? ""));
  }

  // The line has ended: a page that was heard whole stays until it could be read; one that was cut off or taken back goes.
  #rest(gone) {
    if (gone || !this.page || this.heard < this.page.end - HEARD_MS || performance.now() >= this.leave) this.clear();
  }

  // A clause is an object of its own until it is replaced; its end is a guess until it was made.
  #changed(line, columns) {
    const list = clauses(line);
    const same =
      this.seen?.id === line.id && this.seen.columns === columns && this.seen.known === known.count && this.seen.list.length === list.length &&
      list.every((one, i) => one === this.seen.list[i] && one.end === this.seen.ends[i] && one.words === this.seen.words[i]);
    if (!same) this.seen = { id: line.id, columns, known: known.count, list, ends: list.map((one) => one.end), words: list.map((one) => one.words) };
    return !same;
  }

  // How many average letters fit: the style's own number, fewer in a narrow window.
  #columns() {
    if (!this.columns) {
      const css = getComputedStyle(this.root);
      const most = Math.min(42, Math.max(8, Number(css.getPropertyValue("--sr-caption-columns")) || 40));
      const size = parseFloat(css.fontSize);
      this.room = Math.max(8 * size, Math.min(this.root.clientWidth || innerWidth, innerWidth * 0.96) - 1.6 * size);
      this.columns = Math.max(8, Math.min(most, Math.floor(this.room / (size * 0.53))));
      this.ink ??= document.createElement("canvas").getContext("2d");
      this.ink.font = `${css.fontWeight} ${css.fontSize} ${css.fontFamily}`;
    }
    return this.columns;
  }

  // Letters, or more where they are wide: a row never gets wider than the box.
  #width(text) {
    return Math.max(width(text), (this.columns * this.ink.measureText(text).width) / this.room);
  }

  // The same words, their moments known better.
  #retime(page) {
    this.page = page;
    page.rows.flat().forEach((token, i) => (this.tokens[i].at = token.at));
  }

  #show(page, who, line) {
    this.page = page;
    this.line = line?.id ?? null;
    this.root.classList.toggle("is-shown", Boolean(page));
    this.body.textContent = "";
    this.tokens = [];
    if (!page) {
      this.name.textContent = "";
      return;
    }
    this.root.dataset.persona = line.persona;
    this.root.classList.toggle("is-test", Boolean(line.test));
    this.name.textContent = who?.name ?? line.persona;
    this.root.style.setProperty("--sr-speaker", readable(who?.color));
    for (const row of page.rows) {
      const out = div("sr-captions__row");
      for (const token of row) {
        const node = document.createElement("span");
        node.className = "sr-captions__word";
        node.textContent = token === row.at(-1) ? token.text.trimEnd() : token.text;
        out.append(node);
        this.tokens.push({ node, at: token.at, said: false });
      }
      this.body.append(out);
    }
  }
}
