// Who is being answered, by whom, and what was asked.

import { Widget, el, nameNode, put, write } from "../lib/widget.js";
import { characters, readable } from "../lib/text.js";

const MOST = 220;

new Widget("answering", "bottom-left", (widget) => {
  const card = el("section", "sr-card sr-answering");
  card.setAttribute("role", "status");
  const head = el("div", "sr-answering__head");
  const persona = nameNode("sr-chip", "");
  const verb = el("span", "sr-answering__verb");
  const tag = el("span", "sr-tag");
  const name = nameNode("sr-answering__name", "");
  const text = nameNode("sr-answering__text", "");
  head.append(persona, verb, tag);
  card.append(head, name, text);
  card.hidden = true;
  widget.root.append(card);
  let key = "";

  return {
    draw() {
      const { stage, line } = widget.state;
      const answering = widget.page.feed.connected ? stage?.answering : null;
      const wanted = answering && (answering.platform === "host" || widget.shows(answering.platform)) ? answering : null;
      const who = widget.who(stage?.speaker ?? line?.persona);
      const only = widget.params.get("persona");
      const on = Boolean(wanted && who && (!only || only === (stage?.speaker ?? line?.persona)));
      const now = on ? JSON.stringify([wanted, who.name, who.color, widget.lang, line?.test]) : "";
      if (now === key) return;
      key = now;
      card.hidden = !on;
      if (!on) {
        // Words that were taken back are not kept in a hidden node.
        for (const node of [persona, name, text]) node.textContent = "";
        return;
      }
      put(card, "--sr-speaker", readable(who.color, "#ffffff", 0.42));
      write(persona, String(who.name ?? ""));
      write(verb, widget.words.answering);
      write(tag, line?.test ? widget.words.test : "");
      write(name, String(wanted.name ?? "").trim() || widget.words.somebody);
      const letters = characters(String(wanted.text ?? "").trim());
      write(text, letters.length > MOST ? `${letters.slice(0, MOST).join("").trimEnd()}…` : letters.join(""));
    },
    state: () => (card.hidden ? null : { name: name.textContent, text: text.textContent, persona: persona.textContent }),
  };
});
