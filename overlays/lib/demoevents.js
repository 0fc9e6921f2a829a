// What the small overlays show in `?demo`: alerts, a poll, goals, a hype train, who waits, what comes next, credits.

const WORDS = {
  en: {
    poll: "What shall we cook tonight?",
    choices: ["Pizza with pineapple", "Soup of the day", "Whatever is left", "Nothing, order in"],
    followers: "Followers this week",
    subs: "Sub goal: karaoke night",
    coming: "pizza verdict",
    raid: "We come in peace and bring snacks!",
    paid: "For the pizza fund. Please no pineapple on my half 🍕",
    cheer: "objection sustained 😂",
    resub: "A whole year of nonsense. Here is to the next one!",
  },
  ja: {
    poll: "今夜のごはんは何にする？",
    choices: ["パイナップルピザ", "日替わりスープ", "冷蔵庫の残りもの", "出前をとる"],
    followers: "今週のフォロワー",
    subs: "サブスク目標：カラオケ配信",
    coming: "ピザ裁判の判決",
    raid: "おやつを持って遊びに来ました！",
    paid: "ピザ代の足しにしてください。わたしの分はパイナップル抜きで🍕",
    cheer: "異議を認めます😂",
    resub: "気づけばもう一年。これからもよろしくお願いします！",
  },
};

const NAMES = ["tea_goblin", "mossy", "さくら", "kb", "Nadia", "Zażółć_gęślą", "نور", "loaf_of_bread", "Лена", "pixelpanda", "ゆきの", "marigold", "oat_milk", "Ünal", "quiet_fox", "たぬき", "jo", "sunny_side", "Ewa", "lantern"];

const NOTHING = { months: 0, amount: null, count: 0, size: 0.4, text: "" };

function alerts(words) {
  const text = (said) => ({ text: said, spans: [{ text: said }] });
  return [
    { ...NOTHING, kind: "raid", name: "captain_mocha", count: 40, size: 0.7, ...text(words.raid) },
    { ...NOTHING, kind: "follow", name: "さくら", size: 0.2 },
    { ...NOTHING, kind: "cheer", name: "kb", amount: { micros: 0, currency: "", bits: 500 }, ...text(words.cheer) },
    { ...NOTHING, kind: "resub", name: "loaf_of_bread", count: 12, months: 12, ...text(words.resub) },
    { ...NOTHING, kind: "gift_batch", name: "marigold", count: 5 },
    { ...NOTHING, kind: "superchat", name: "Nadia", amount: { micros: 5_000_000, currency: "USD", bits: 0 }, ...text(words.paid) },
    { ...NOTHING, kind: "member_new", name: "نور" },
  ].map((one) => ({ platform: "twitch", ...one }));
}

function credits() {
  const make = (names, amount) => Object.fromEntries(names.map((name, i) => [i + 1, { n: i + 1, name, platform: "twitch", ...(amount ? { amount: amount(i) } : {}) }]));
  return {
    raid: make(["captain_mocha"], () => 40),
    gift: make(["marigold", "Ünal"], (i) => [5, 1][i]),
    sub: make(["loaf_of_bread", "نور", "ゆきの", "quiet_fox"]),
    cheer: make(["kb", "jo"], (i) => [500, 100][i]),
    paid: make(["Nadia"]),
    follow: make(["さくら", "pixelpanda", "sunny_side", "Ewa", "lantern"]),
    chat: make(NAMES),
  };
}

const queue = (first) => Object.fromEntries([0, 1, 2, 3].map((i) => {
  const n = first + i;
  return [n, { n, name: NAMES[n % NAMES.length], platform: "twitch", persona: n % 3 === 2 ? "" : n % 2 ? "juno" : "mika", kind: "answer" }];
}));

const poll = (words, votes, now, began, ended = 0) => ({
  id: "demo", platform: "twitch", title: words.poll, choices: words.choices.map((title, i) => ({ title, votes: votes[i] })), ends: ended ? 0 : began + 40_000, ended,
});

/** The part of a snapshot these overlays read, as it stands at `now`. */
export function begin(lang, now) {
  const words = WORDS[lang];
  return {
    alerts: {},
    polls: { twitch: poll(words, [31, 12, 18, 4], now, now) },
    trains: { twitch: { id: "demo", platform: "twitch", level: 2, now: 640, of: 1800, ends: now + 290_000, ended: 0 } },
    goals: { 1: { n: 1, platform: "twitch", title: words.followers, now: 37, of: 50 }, 2: { n: 2, platform: "twitch", title: words.subs, now: 50, of: 50 } },
    queue: { rows: queue(0), more: 2 },
    coming: { demo: { segment: "demo", title: words.coming, due: now + 95_000 } },
    credits: credits(),
    counts: { twitch: { follows: 17, subs: 6, gifts: 6, bits: 600, raids: 1, raiders: 40, messages: 412 } },
  };
}

/** One filled moment, for `?demo=still`: an alert and somebody who is answered are there too, and stay. */
export function still(lang, now) {
  const words = WORDS[lang];
  return { ...begin(lang, now), alerts: { 1: { n: 1, at: now - 2000, ...alerts(words)[0] } } };
}

/** Moves them for ever. `send(set, del)` is a change of the feed. */
export function play(send, lang, now) {
  const words = WORDS[lang];
  const list = alerts(words);
  let n = 0;
  const alert = () => {
    n += 1;
    send({ [`alerts/${n}`]: { n, at: now(), ...list[(n - 1) % list.length] } }, n > 12 ? [`alerts/${n - 12}`] : []);
    setTimeout(alert, n % 4 === 0 ? 2500 : 9500);
  };
  let votes = [31, 12, 18, 4];
  let began = now();
  let ended = 0;
  const vote = () => {
    if (ended && now() - ended > 12_000) {
      [votes, began, ended] = [[3, 1, 2, 0], now(), 0];
    } else if (!ended && now() - began > 40_000) ended = now();
    else if (!ended) votes = votes.map((each, i) => each + Math.floor(Math.random() * [5, 3, 4, 2][i]));
    send({ "polls/twitch": poll(words, votes, now(), began, ended) });
    setTimeout(vote, 1500);
  };
  let [followers, train, level, first] = [37, 640, 2, 0];
  const rest = () => {
    followers = followers >= 50 ? 31 : followers + 1;
    train += 180;
    if (train >= 1800) [train, level] = [120, level >= 5 ? 1 : level + 1];
    first += 1;
    send({
      "goals/1/now": followers,
      "trains/twitch": { id: "demo", platform: "twitch", level, now: train, of: 1800, ends: now() + 290_000 - ((first * 4000) % 200_000), ended: 0 },
      queue: { rows: queue(first), more: first % 3 },
      "counts/twitch/follows": 17 + first,
    });
    setTimeout(rest, 4000);
  };
  const coming = () => {
    send({ coming: { demo: { segment: "demo", title: words.coming, due: now() + 95_000 } } });
    setTimeout(coming, 101_000);
  };
  setTimeout(alert, 600);
  setTimeout(vote, 1500);
  setTimeout(rest, 4000);
  setTimeout(coming, 101_000);
}
