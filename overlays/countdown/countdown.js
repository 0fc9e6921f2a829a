// The time until something: a time of day (`to=20:15`), some minutes (`minutes=5`), or the next segment of the rundown.

import { Widget, el, put, write } from "../lib/widget.js";
import { clockTime } from "../lib/words.js";

const STORE = "showrunner.countdown";
/** A time of day so long ago is tomorrow's. */
const PAST_MS = 6 * 3_600_000;
/** How long "here we go" stays after a segment was due. */
const OVER_MS = 6000;
const DAY_MS = 86_400_000;

/** Milliseconds of the wall clock at which it is `hh:mm` again, or was less than six hours ago; null when that is no time. */
export function timeOfDay(text, now = new Date()) {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text ?? "");
  if (!found) return null;
  const at = new Date(now);
  at.setHours(Number(found[1]), Number(found[2]), 0, 0);
  if (now - at > PAST_MS) at.setDate(at.getDate() + 1);
  else if (at - now > DAY_MS - PAST_MS) at.setDate(at.getDate() - 1);
  return at.getTime();
}

/** When `minutes` that begin with this page are over. A page that is loaded again goes on; one whose time is over begins anew. */
export function minutesFrom(minutes, now = Date.now(), store = null) {
  const end = now + minutes * 60_000;
  try {
    const kept = store ?? localStorage;
    const known = Number(kept.getItem(`${STORE}.${minutes}`));
    if (known > now && known <= end) return known;
    kept.setItem(`${STORE}.${minutes}`, String(end));
  } catch {
    // Without a store it begins with the page.
  }
  return end;
}

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
