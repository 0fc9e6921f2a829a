// The time until something: a time of day (`to=20:15`), some minutes (`minutes=5`), or the next segment of the rundown.

import { minutesFrom, timeOfDay } from "../lib/times.js";
import { Widget, el, put, write } from "../lib/widget.js";
import { clockTime } from "../lib/words.js";

/** How long "here we go" stays after a segment was due. */
const OVER_MS = 6000;

new Widget("countdown", "center", (widget) => {
  const { params } = widget;
  const minutes = params.number("minutes", 0, 0, 1440);
  const fixed = minutes ? minutesFrom(minutes) : timeOfDay(params.get("to"));
  const segment = params.get("segment");
  const card = el("section", "sr-card sr-countdown");
  const title = el("div", "sr-countdown__title");
  const time = el("div", "sr-countdown__time");
  time.setAttribute("role", "timer");
  card.append(title, time);
  card.hidden = true;
  widget.root.append(card);
  let counted = null;
  let shown = "";

  function target(now) {
    if (fixed !== null) return { due: fixed, title: params.get("title") ?? widget.words.begins, now: Date.now() };
    if (now === null) return null;
    const coming = Object.values(widget.state.coming ?? {}).filter((one) => one.due > now && (!segment || one.segment === segment));
    const next = coming.sort((a, b) => a.due - b.due)[0];
    if (counted && now >= counted.due && now - counted.due < OVER_MS) return { ...counted, now };
    if (!next) return null;
    counted = { due: next.due, title: params.get("title") ?? widget.words.next(String(next.title ?? "")) };
    return { ...counted, now };
  }

  function digits(text) {
    if (text === shown) return;
    shown = text;
    // Each in a place of its own width: the rest does not move when a 1 becomes a 2.
    time.replaceChildren(...Array.from(text, (ch) => el("span", /\d/.test(ch) ? "sr-countdown__digit" : "sr-countdown__sep", ch)));
    time.setAttribute("aria-label", text);
  }

  return {
    draw(now) {
      const goal = target(now);
      card.hidden = !goal;
      if (!goal) return;
      const left = goal.due - goal.now;
      const over = left <= 0;
      card.classList.toggle("is-over", over);
      card.classList.toggle("is-near", left <= 10_000 && !over);
      write(title, over ? (params.get("end") ?? widget.words.over) : goal.title);
      time.hidden = over;
      if (!over) digits(clockTime(left));
      put(card, "--sr-long", clockTime(left).length > 5 ? "1" : "0");
    },
    state: () => (card.hidden ? null : { title: title.textContent, time: time.hidden ? "" : shown }),
  };
});
