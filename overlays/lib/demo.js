// A scripted talk for `?demo`: it sends the same messages a show would, so nothing else of a page knows the difference.
// `?demo=still` is one filled moment of it that stays.

import * as events from "./demoevents.js";
import { language } from "./words.js";

const CAST = {
  mika: { name: "Mika", color: "#b7a6ff", order: 0, look: { theme: "aiko" } },
  juno: { name: "Juno", color: "#ffb27a", order: 1, look: { theme: "ren" } },
};

// `cues` are `[part of the line 0..1, expression or gesture, size]`; `alert` comes while the line is spoken.
const SCRIPT = [
  { persona: "mika", cues: [[0, "joy", 0.9], [0.02, "wave", 1]], text: "Hello hello! Find a seat, the evening is about to get silly." },
  { persona: "juno", cues: [[0, "smug", 0.6], [0.7, "nod", 1]], text: "About to? You have been talking to a plant since noon.", alert: { kind: "raid", size: 0.8 } },
  { persona: "mika", cues: [[0, "joy", 0.9], [0.45, "shake", 0.8]], text: "Order, order! The chat has spoken, and the chat wants pineapple.", answering: { name: "tea_goblin", text: "is pineapple on pizza a crime?", platform: "twitch" } },
  { persona: "juno", cues: [[0, "think", 0.8], [0.1, "tilt", 1], [0.75, "shrug", 1]], text: "Technically it is a fruit, and a tomato is one too. So where exactly is the crime?", look_at: "mika" },
  { persona: "mika", cues: [[0, "smug", 0.9], [0.3, "sad", 0.8]], text: "The crime is that nobody brought me a slice." },
  { persona: "juno", cues: [[0, "surprised", 1], [0.4, "joy", 0.6]], text: "You had four! I counted every single one of them.", answering: { name: "さくら", text: "昨日のピザはおいしかった？ わたしはまだ冷蔵庫に三切れ残しています。", platform: "youtube" } },
  { persona: "mika", cues: [[0, "shy", 0.9]], text: "Those were quality checks. Somebody has to do them.", look_at: "juno", alert: { kind: "superchat", size: 0.45 } },
  { persona: "juno", cues: [[0, "joy", 0.8], [0.5, "bow", 1]], text: "次はみんなでピザを食べましょう。約束ですよ！" },
  { persona: "mika", cues: [[0, "sleepy", 0.9]], text: "After a nap, please. A judge needs her rest.", answering: { name: "نور", text: "هل تنام القاضية الآن؟", platform: "twitch" } },
];

const CHAT = [
  { name: "tea_goblin", text: "is pineapple on pizza a crime?", platform: "twitch", color: "#ff7f50", roles: ["subscriber"], kind: "message" },
  { name: "さくら", text: "昨日のピザはおいしかった？", platform: "youtube", color: "", roles: ["member"], kind: "message" },
  { name: "mossy", text: "the verdict is IN", platform: "twitch", color: "#0000ff", roles: ["moderator"], kind: "message" },
  { name: "Nadia", text: "take my money", platform: "youtube", color: "", roles: [], kind: "superchat" },
  { name: "kb", text: "objection!!", platform: "twitch", color: "#9acd32", roles: ["vip"], kind: "message" },
  { name: "marigold", text: "snacks for everybody", platform: "twitch", color: "#e9a6ff", roles: [], kind: "cheer" },
  { name: "quiet_fox", text: "i only came for the toppings", platform: "twitch", color: "", roles: [], kind: "message" },
];

const VOWELS = { a: "aa", e: "ee", i: "ih", o: "oh", u: "ou", y: "ih", m: "mbp", b: "mbp", p: "mbp" };

/** A clause with words, mouth levels and shapes made from its text, at about 14 letters a second. `cues` have their moment as a part 0..1 of it. */
export function clause(text, cues = []) {
  const letters = Array.from(text);
  const words = [];
  const open = [];
  const shapes = [];
  let ms = 0;
  let start = 0;
  for (const [i, ch] of letters.entries()) {
    const wide = ch.codePointAt(0) > 0x2e80;
    const pause = /[.,!?。、！？]/u.test(ch);
    const length = pause ? 260 : wide ? 150 : 70;
    const shape = VOWELS[ch.toLowerCase()] ?? (wide ? ["aa", "ih", "ou", "ee", "oh"][ch.codePointAt(0) % 5] : null);
    if (shape) shapes.push([ms, shape]);
    for (let t = 0; t < length; t += 10) {
      const level = pause || ch === " " ? 0 : shape === "mbp" ? 8 : shape ? 82 : 34;
      open.push(Math.max(0, Math.min(100, Math.round((open[open.length - 1] ?? 0) * 0.7 + level * 0.3))));
    }
    if (ch === " " || wide || i === letters.length - 1) {
      const first = words.length ? words[words.length - 1] : null;
      words.push([first ? first[0] + first[1] : 0, 0, start, i + 1]);
      start = i + 1;
      words[words.length - 1][1] = ms + length - words[words.length - 1][0];
    }
    ms += length;
  }
  return { at: 0, end: ms, text, words, mouth: { step: 10, open, shapes }, cues: cues.map(([part, name, size]) => [Math.round(part * ms), name, size]) };
}

const CALM = { expression: "neutral", intensity: 1, look_at: "viewer" };

/** The snapshot a page begins with. */
function snapshot(lang, more) {
  return {
    build: "", show: { mode: "running", platforms: ["twitch", "youtube"], language: lang }, cast: CAST, line: null, playhead: null, chat: {}, sound: { page: false, name: "demo" },
    stage: { speaker: null, answering: null, alert: null, faces: { mika: CALM, juno: CALM } },
    ...more,
  };
}

/** One moment with something on every page; nothing moves. */
function still(feed, lang, now) {
  const { persona, text, cues, answering } = SCRIPT[2];
  const made = clause(text, cues);
  const chat = Object.fromEntries(CHAT.map((message, i) => [`demo:${i}`, { n: i + 1, ...message, spans: [{ text: message.text }] }]));
  const more = {
    ...events.still(lang, now), chat,
    line: { id: 1, persona, kind: "answer", clauses: { 0: made } },
    playhead: { line: 1, ms: Math.round(made.end * 0.4), at: now, playing: false },
    stage: { speaker: persona, answering, alert: null, faces: { mika: { ...CALM, expression: "joy" }, juno: { ...CALM, look_at: "mika" } } },
  };
  feed.receive({ seq: 1, now, snapshot: snapshot(lang, more) });
  // Time stands still too: the clock is told again and again that it is now.
  feed.clock.now = () => now;
}

/** Plays the script into a feed, for ever. */
export function play(feed, query = new URLSearchParams(location.search)) {
  const lang = language(query.get("lang"), navigator.language);
  if (query.get("demo") === "still") {
    still(feed, lang, 60_000);
    return;
  }
  let seq = 1;
  let n = 0;
  const now = () => performance.now();
  const send = (set, del = []) => feed.receive({ seq: ++seq, now: now(), set, del });
  feed.receive({ seq, now: now(), snapshot: structuredClone(snapshot(lang, events.begin(lang, now()))) });
  const say = (i) => {
    const { persona, cues, text, answering = null, look_at = "viewer", alert } = SCRIPT[i % SCRIPT.length];
    const other = persona === "mika" ? "juno" : "mika";
    const made = clause(text, cues);
    const id = i + 1;
    send({
      line: { id, persona, kind: answering ? "answer" : "banter", clauses: { 0: made } },
      playhead: { line: id, ms: 0, at: now() + 150, playing: true },
      "stage/speaker": persona,
      "stage/answering": answering,
      [`stage/faces/${persona}/look_at`]: look_at,
      [`stage/faces/${other}/look_at`]: persona,
    });
    if (alert) setTimeout(() => send({ "stage/alert": { n: id, ...alert } }), made.end * 0.5);
    setTimeout(() => {
      send({ line: null, playhead: null, "stage/speaker": null, "stage/answering": null, [`stage/faces/${persona}/look_at`]: "chat", [`stage/faces/${other}/look_at`]: "chat" });
      setTimeout(() => say(i + 1), alert ? 2600 : 1100);
    }, made.end + 900);
  };
  const chat = () => {
    const message = CHAT[n % CHAT.length];
    n += 1;
    const old = n > 40 ? [`chat/demo:${n - 40}`] : [];
    send({ [`chat/demo:${n}`]: { n, ...message, spans: [{ text: message.text }] } }, old);
    setTimeout(chat, 1600 + (n % 4) * 700);
  };
  setTimeout(() => say(0), 900);
  setTimeout(chat, 300);
  events.play(send, lang, now);
}
