// Goals of the platform, or one of your own (`?title=&goal=50&count=subs`), and the hype train.

import { sign } from "../lib/icons.js";
import { Widget, el, put, write } from "../lib/widget.js";
import { clockTime } from "../lib/words.js";

const COUNTS = new Set(["follows", "subs", "gifts", "bits", "raiders", "messages"]);
const TRAIN_STAYS_MS = 12_000;

function bar() {
  const node = el("section", "sr-card sr-goal");
  const head = el("div", "sr-goal__head");
  const title = el("bdi", "sr-goal__title");
  const tag = el("span", "sr-tag");
  const time = el("span", "sr-goal__time");
  const track = el("div", "sr-goal__track");
  const fill = el("i", "sr-bar__fill");
  const foot = el("div", "sr-goal__foot");
  const numbers = el("span", "sr-goal__numbers");
  const state = el("span", "sr-goal__state");
  const mark = el("span", "sr-goal__sign");
  head.append(mark, title, tag, time);
  track.append(fill);
  foot.append(numbers, state);
  node.append(head, track, foot);
  return { node, title, tag, time, fill, numbers, state, mark };
}

new Widget("goal", "top-right", (widget) => {
  const { params } = widget;
  const count = COUNTS.has(params.get("count")) ? params.get("count") : null;
  const own = params.number("goal", 0);
  const start = params.number("now", 0);
  const most = params.number("rows", 3, 1, 6);
  const train = params.get("train") !== "0";
  const bars = new Map();

  /** A number of tonight, of the platforms that are shown. */
  function tonight(what) {
    let sum = 0;
    for (const [platform, counts] of Object.entries(widget.state.counts ?? {})) if (widget.shows(platform)) sum += counts[what] ?? 0;
    return sum;
  }

  function wanted(now) {
    const { words } = widget;
    const list = [];
    if (own) {
      const have = start + (count ? tonight(count) : 0);
      list.push({ key: "own", title: params.get("title") ?? (count ? words.counts[count] : words.goal), now: have, of: own, kind: "goal" });
    } else {
      for (const goal of widget.list(widget.state.goals).slice(-most)) list.push({ key: `goal/${goal.n}`, title: goal.title || words.goal, now: goal.now, of: goal.of, kind: "goal", test: goal.test });
    }
    for (const one of train && now !== null ? widget.list(widget.state.trains) : []) {
      if (one.ended ? now - one.ended > TRAIN_STAYS_MS : one.ends && now - one.ends > TRAIN_STAYS_MS) continue;
      const title = one.ended ? words.trainEnded(one.level) : words.train(one.level);
      const time = !one.ended && one.ends > now ? words.left(clockTime(one.ends - now)) : "";
      list.push({ key: `train/${one.platform}/${one.id}`, title, now: one.ended ? one.of : one.now, of: one.of, kind: "train", time, test: one.test, over: Boolean(one.ended) });
    }
    return list;
  }

  return {
    draw(now) {
      const list = wanted(now);
      const keys = new Set(list.map((one) => one.key));
      for (const [key, { node }] of bars) {
        if (keys.has(key)) continue;
        node.remove();
        bars.delete(key);
      }
      for (const one of list) {
        let made = bars.get(one.key);
        if (!made) {
          made = bar();
          bars.set(one.key, made);
          made.node.classList.add(`sr-goal--${one.kind}`, "is-fresh");
          made.mark.append(sign(one.kind === "train" ? "train" : "star"));
          widget.root.append(made.node);
          setTimeout(() => made.node.classList.remove("is-fresh"), 60);
        }
        const { words, lang } = widget;
        const part = one.of > 0 ? Math.min(1, Math.max(0, one.now / one.of)) : one.over ? 1 : 0;
        const reached = one.kind === "goal" && one.of > 0 && one.now >= one.of;
        made.node.classList.toggle("is-reached", reached);
        write(made.title, String(one.title ?? ""));
        write(made.tag, one.test ? words.test : "");
        write(made.time, one.time ?? "");
        write(made.numbers, one.over || !(one.of > 0) ? "" : `${one.now.toLocaleString(lang)} / ${one.of.toLocaleString(lang)}`);
        write(made.state, reached ? words.reached : one.over ? "" : (Math.floor(100 * part) / 100).toLocaleString(lang, { style: "percent" }));
        put(made.fill, "--sr-part", part.toFixed(4));
      }
    },
    state: () => [...bars.values()].map(({ title, numbers, state }) => `${title.textContent} ${numbers.textContent} ${state.textContent}`.trim()),
  };
});
