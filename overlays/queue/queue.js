// Who waits for an answer: names and who answers. What they wrote is not shown before it is answered.

import { Widget, el, nameNode, put, write } from "../lib/widget.js";
import { readable } from "../lib/text.js";

new Widget("queue", "top-left", (widget) => {
  const most = widget.params.number("rows", 5, 1, 8);
  const thanks = widget.params.get("thanks") === "1";
  const card = el("section", "sr-card sr-queue");
  const head = el("div", "sr-queue__head");
  const list = el("ol", "sr-queue__list");
  const rest = el("div", "sr-queue__more");
  card.append(head, list, rest);
  card.hidden = true;
  widget.root.append(card);
  let key = "";

  function row(one, n) {
    const node = el("li", "sr-queue__row");
    const { words } = widget;
    const name = el("span", "sr-queue__name");
    name.append(nameNode("", String(one.name ?? "").trim() || words.somebody));
    if (words.honorific) name.append(el("span", "sr-honorific", words.honorific));
    if (one.test) name.append(el("span", "sr-tag", words.test));
    node.append(el("span", "sr-queue__n", String(n)), name);
    const who = widget.who(one.persona);
    if (one.kind === "thanks") node.append(el("span", "sr-chip sr-chip--plain", words.thanks));
    else if (who) {
      const chip = nameNode("sr-chip", String(who.name ?? ""));
      chip.style.setProperty("--sr-speaker", readable(who.color, "#ffffff", 0.42));
      node.append(chip);
    }
    return node;
  }

  return {
    draw() {
      const { queue, cast } = widget.state;
      const all = widget.list(queue?.rows).filter((one) => thanks || one.kind !== "thanks");
      const shown = all.slice(0, most);
      const more = all.length - shown.length + (queue?.more ?? 0);
      const next = JSON.stringify([shown, more, widget.lang, Object.values(cast ?? {}).map((one) => [one.name, one.color])]);
      if (next === key) return;
      key = next;
      card.hidden = !shown.length;
      list.replaceChildren(...shown.map((one, i) => row(one, i + 1)));
      write(head, widget.params.get("title") ?? widget.words.queue);
      write(rest, more > 0 && shown.length ? widget.words.more(more) : "");
      put(card, "--sr-rows", String(shown.length));
    },
    state: () => (card.hidden ? null : { rows: [...list.children].map((node) => node.innerText), more: rest.textContent }),
  };
});
