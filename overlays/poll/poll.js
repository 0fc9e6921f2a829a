// The poll of the platform: choices, votes as they move, the time that is left, the result.

import { sign } from "../lib/icons.js";
import { Widget, el, put, write } from "../lib/widget.js";
import { clockTime } from "../lib/words.js";

/** After its time is up a poll that was never ended goes. */
const FORGOTTEN_MS = 60_000;

function row() {
  const node = el("li", "sr-poll__choice");
  const fill = el("i", "sr-bar__fill");
  const title = el("bdi", "sr-poll__title");
  const votes = el("span", "sr-poll__votes");
  const share = el("span", "sr-poll__share");
  const mark = el("span", "sr-poll__mark");
  mark.append(sign("check"));
  node.append(fill, mark, title, votes, share);
  return { node, fill, title, votes, share };
}

new Widget("poll", "right", (widget) => {
  const keep = 1000 * widget.params.number("seconds", 20, 0, 600);
  const card = el("section", "sr-card sr-poll");
  const head = el("div", "sr-poll__head");
  const label = el("span", "sr-chip");
  const tag = el("span", "sr-tag");
  const time = el("span", "sr-poll__time");
  const title = el("bdi", "sr-poll__question");
  const list = el("ol", "sr-poll__list");
  const total = el("div", "sr-poll__total");
  head.append(label, tag, time);
  card.append(head, title, list, total);
  card.hidden = true;
  widget.root.append(card);
  let rows = [];
  let id = null;

  function current(now) {
    return Object.values(widget.state.polls ?? {}).find((poll) => {
      if (!poll || !widget.shows(poll.platform)) return false;
      if (poll.ended) return now - poll.ended < keep;
      return !poll.ends || now - poll.ends < FORGOTTEN_MS;
    });
  }

  return {
    draw(now) {
      const poll = now === null ? null : current(now);
      card.hidden = !poll;
      if (!poll) {
        id = null;
        return;
      }
      const choices = poll.choices ?? [];
      const wanted = `${poll.platform}/${poll.id}/${choices.length}`;
      if (wanted !== id) {
        id = wanted;
        rows = choices.map(row);
        list.replaceChildren(...rows.map(({ node }) => node));
        // What is there when a page comes is there at once; only what moves afterwards is moved.
        card.classList.add("is-fresh");
        setTimeout(() => card.classList.remove("is-fresh"), 60);
      }
      const { words, lang } = widget;
      const sum = choices.reduce((all, each) => all + each.votes, 0);
      const best = Math.max(1, ...choices.map((each) => each.votes));
      card.classList.toggle("is-over", Boolean(poll.ended));
      write(label, poll.ended ? words.result : words.poll);
      write(tag, poll.test ? words.test : "");
      write(time, poll.ended || !poll.ends ? "" : now < poll.ends ? words.left(clockTime(poll.ends - now)) : words.counting);
      write(title, String(poll.title ?? ""));
      write(total, words.votes(sum));
      choices.forEach((choice, i) => {
        const { node, fill, title: name, votes, share } = rows[i];
        const part = sum ? choice.votes / sum : 0;
        write(name, String(choice.title ?? ""));
        write(votes, choice.votes.toLocaleString(lang));
        write(share, part.toLocaleString(lang, { style: "percent" }));
        put(fill, "--sr-part", part.toFixed(4));
        node.classList.toggle("is-ahead", choice.votes === best);
      });
    },
    state: () => (card.hidden ? null : { title: title.textContent, over: card.classList.contains("is-over"), rows: rows.map(({ node }) => node.innerText) }),
  };
});
