// Raids, gifts, money, follows: one after another, each with the viewer's words as moderation left them.

import { spans } from "../lib/chat.js";
import { chime } from "../lib/chime.js";
import { SIGNS, sign } from "../lib/icons.js";
import { LEAST_MS, MOST_MS, shownAt } from "../lib/schedule.js";
import { Widget, el, nameNode } from "../lib/widget.js";
import { did } from "../lib/words.js";

const LEAVE_MS = 450;
/** Heard only for an alert that has just begun: not for the one a page finds when it is loaded. */
const FRESH_MS = 700;

new Widget("alert", "top", (widget) => {
  const { params } = widget;
  const least = 1000 * params.number("least", LEAST_MS / 1000, 1, 60);
  const most = 1000 * params.number("most", MOST_MS / 1000, 1, 120);
  const only = params.get("only")?.split(",") ?? null;
  const sound = params.get("sound");
  let key = "";
  let heard = null;
  let card = null;

  function make(alert) {
    const { lang, words } = widget;
    const made = el("section", `sr-card sr-alert sr-alert--${SIGNS[alert.kind] ? alert.kind : "other"}`);
    made.setAttribute("role", "status");
    if (alert.test) made.classList.add("is-test");
    if (alert.size >= 0.6) made.classList.add("is-large");
    const disc = el("div", "sr-alert__sign");
    disc.append(sign(SIGNS[alert.kind]));
    const body = el("div", "sr-alert__body");
    const head = el("div", "sr-alert__head");
    const given = String(alert.name ?? "").trim();
    head.append(nameNode("sr-alert__name", given || words.somebody));
    if (words.honorific) head.append(el("span", "sr-honorific", words.honorific));
    if (alert.test) head.append(el("span", "sr-tag", words.test));
    body.append(head, el("div", "sr-alert__what", did(alert, lang)));
    if (String(alert.text ?? "").trim()) {
      const text = el("bdi", "sr-alert__text");
      text.append(...spans(alert));
      body.append(text);
    }
    made.append(disc, body);
    return made;
  }

  return {
    draw(now) {
      const alerts = widget.list(widget.state.alerts).filter((one) => !only || only.includes(one.kind));
      const shown = shownAt(alerts, now, least, most);
      const next = shown ? `${shown.alert.n}/${widget.lang}/${shown.alert.name}/${shown.alert.text}` : "";
      if (next !== key) {
        key = next;
        card?.remove();
        card = null;
        if (shown) {
          card = make(shown.alert);
          card.style.setProperty("--sr-since", `${Math.round(shown.from - now)}ms`);
          widget.root.append(card);
          if (sound && sound !== "0" && now - shown.from < FRESH_MS && heard !== null && shown.alert.n > heard) chime(sound);
        }
      }
      heard = Math.max(heard ?? 0, ...alerts.map((one) => one.n));
      card?.classList.toggle("is-leaving", shown.until - now < LEAVE_MS);
    },
    state: () => (card ? { n: Number(key.split("/")[0]), text: card.innerText } : null),
  };
});
