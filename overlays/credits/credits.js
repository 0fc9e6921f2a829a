// Whom the show thanks tonight, rolling. A roll holds still what it began with; who was taken back vanishes at once.

import { Widget, el, nameNode } from "../lib/widget.js";
import { readable } from "../lib/text.js";

const ORDER = ["raid", "gift", "sub", "paid", "cheer", "follow", "chat"];
const AMOUNT = new Set(["raid", "gift", "cheer"]);
/** Without motion a screen of names stays so long. */
const SCREEN_MS = 6000;

new Widget("credits", "center", (widget) => {
  const { params } = widget;
  const speed = params.number("speed", 90, 20, 400);
  const loop = params.get("loop") !== "0";
  const sections = params.get("only")?.split(",").filter((one) => ORDER.includes(one)) ?? ORDER;
  const roll = el("div", "sr-credits");
  widget.root.append(roll);
  let names = new Map();
  let began = null;
  let height = 0;
  let key = "";
  let done = false;

  function section(id, heading, list) {
    const node = el("section", `sr-credits__section sr-credits__section--${id}`);
    node.append(el("h2", "sr-credits__heading", heading));
    const rows = el("ul", "sr-credits__names");
    for (const one of list) {
      const row = el("li", "sr-credits__name");
      row.append(nameNode("", String(one.name ?? "")));
      if (widget.words.honorific && id !== "cast") row.append(el("span", "sr-honorific", widget.words.honorific));
      if (AMOUNT.has(id) && one.amount > 0) row.append(el("span", "sr-credits__amount", one.amount.toLocaleString(widget.lang)));
      if (one.color) row.style.setProperty("--sr-speaker", readable(one.color, "#ffffff", 0.42));
      rows.append(row);
      if (one.n !== undefined) names.set(`${id}/${one.n}`, row);
    }
    node.append(rows);
    return node;
  }

  function build() {
    const { words, state } = widget;
    names = new Map();
    const parts = [el("h1", "sr-credits__title", params.get("title") ?? words.credits.title)];
    const cast = Object.values(state.cast ?? {}).sort((a, b) => a.order - b.order).map(({ name, color }) => ({ name, color }));
    if (cast.length) parts.push(section("cast", words.credits.cast, cast));
    for (const id of sections) {
      const list = widget.list(state.credits?.[id]);
      if (list.length) parts.push(section(id, words.credits[id], list));
    }
    parts.push(el("p", "sr-credits__end", params.get("end") ?? words.credits.end));
    roll.replaceChildren(...parts);
    height = roll.offsetHeight;
  }

  // Names that are gone leave their place empty until the next roll: nothing jumps.
  function forget() {
    for (const [path, row] of names) {
      const [id, n] = path.split("/");
      if (widget.state.credits?.[id]?.[n]) continue;
      row.textContent = "";
      names.delete(path);
    }
  }

  /** How long one roll takes, ms: from below the lower edge to above the upper one. */
  const cycle = () => (widget.reduced ? SCREEN_MS * Math.max(1, Math.ceil(height / innerHeight)) : (1000 * (height + innerHeight)) / speed);

  function start(now) {
    build();
    began = now;
    done = false;
  }

  addEventListener("obsSourceActiveChanged", (event) => event.detail?.active && (began = null));
  addEventListener("resize", () => (height = roll.offsetHeight));

  return {
    draw(now) {
      if (now === null) return;
      const next = `${widget.lang}/${widget.state.show?.platforms}`;
      if (began === null || next !== key) {
        start(now);
        // A page that is loaded again in the middle goes on where the others are, not at the beginning.
        if (!key && loop && !widget.page.obs) began = now - (now % cycle());
        key = next;
      }
      if (now - began >= cycle()) {
        if (loop) start(now);
        else done = true;
      }
      forget();
      roll.hidden = done;
      const passed = now - began;
      const y = widget.reduced ? -Math.floor(passed / SCREEN_MS) * innerHeight : innerHeight - (passed * speed) / 1000;
      roll.style.transform = `translateY(${y.toFixed(1)}px)`;
    },
    state: () => ({ names: [...names.values()].map((row) => row.innerText), y: roll.style.transform, sections: roll.children.length }),
  };
}, { smooth: true });
