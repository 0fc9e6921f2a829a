// The words overlays show, in the languages they have. A page uses `?lang=`, else the cast's language, else the browser's.

const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
const ja = (n) => n.toLocaleString("ja");

export const WORDS = {
  en: {
    somebody: "Somebody",
    honorific: "",
    test: "TEST",
    answering: "is answering",
    asks: "",
    poll: "Poll",
    result: "Result",
    left: (time) => `${time} left`,
    counting: "Counting …",
    votes: (n) => plural(n, "vote", "votes"),
    queue: "Waiting for an answer",
    more: (n) => `and ${n} more`,
    thanks: "thank-you",
    begins: "We begin in",
    next: (title) => `Next: ${title}`,
    over: "Here we go!",
    goal: "Goal",
    reached: "Reached!",
    train: (level) => `Hype Train · level ${level}`,
    trainEnded: (level) => `The Hype Train reached level ${level}`,
    counts: { follows: "Followers tonight", subs: "Subscribers tonight", gifts: "Gifts tonight", bits: "Bits tonight", raiders: "Raiders tonight", messages: "Messages tonight" },
    credits: { title: "Thank you for tonight", cast: "With", raid: "Raids", gift: "Gifts", sub: "Subscribers and members", cheer: "Bits", paid: "Super Chats", follow: "New followers", chat: "In the chat", end: "See you next time" },
    did: {
      raid: (n) => (n ? `raids with ${plural(n, "viewer", "viewers")}` : "raids the show"),
      follow: () => "follows",
      sub: () => "subscribes",
      member: () => "becomes a member",
      resub: (months) => (months ? `subscribed for ${plural(months, "month", "months")}` : "subscribes again"),
      milestone: (months) => (months ? `member for ${plural(months, "month", "months")}` : "stays a member"),
      giftSubs: (n) => `gives ${plural(n, "sub", "subs")}`,
      giftMembers: (n) => `gives ${plural(n, "membership", "memberships")}`,
      cheer: (n) => `cheers ${plural(n, "bit", "bits")}`,
      superchat: (money) => (money ? `Super Chat · ${money}` : "Super Chat"),
      sticker: (money) => (money ? `Super Sticker · ${money}` : "Super Sticker"),
    },
  },
  ja: {
    somebody: "匿名",
    honorific: "さん",
    test: "テスト",
    answering: "が回答中",
    asks: "",
    poll: "投票",
    result: "結果",
    left: (time) => `残り ${time}`,
    counting: "集計中…",
    votes: (n) => `${ja(n)}票`,
    queue: "回答待ち",
    more: (n) => `ほか${ja(n)}人`,
    thanks: "お礼",
    begins: "開始まで",
    next: (title) => `次：${title}`,
    over: "はじまります！",
    goal: "目標",
    reached: "達成！",
    train: (level) => `ハイプトレイン Lv.${level}`,
    trainEnded: (level) => `ハイプトレインは Lv.${level} まで到達`,
    counts: { follows: "今夜のフォロワー", subs: "今夜のサブスク", gifts: "今夜のギフト", bits: "今夜のビッツ", raiders: "今夜のレイダー", messages: "今夜のコメント" },
    credits: { title: "今夜もありがとうございました", cast: "出演", raid: "レイド", gift: "ギフト", sub: "サブスク・メンバー", cheer: "ビッツ", paid: "スーパーチャット", follow: "新しいフォロワー", chat: "チャットのみなさん", end: "また次の配信で" },
    did: {
      raid: (n) => (n ? `${ja(n)}人とレイド` : "レイド"),
      follow: () => "フォローしました",
      sub: () => "サブスクしました",
      member: () => "メンバーになりました",
      resub: (months) => (months ? `サブスク${ja(months)}か月` : "サブスクを更新しました"),
      milestone: (months) => (months ? `メンバー歴${ja(months)}か月` : "メンバーを更新しました"),
      giftSubs: (n) => `サブスクを${ja(n)}個ギフト`,
      giftMembers: (n) => `メンバーシップを${ja(n)}個ギフト`,
      cheer: (n) => `${ja(n)}ビッツでチア`,
      superchat: (money) => (money ? `スーパーチャット・${money}` : "スーパーチャット"),
      sticker: (money) => (money ? `スーパーステッカー・${money}` : "スーパーステッカー"),
    },
  },
};

/** The first of these languages there are words in, else English. `ja-JP` is `ja`. */
export function language(...wanted) {
  for (const one of wanted) {
    const short = String(one ?? "").toLowerCase().slice(0, 2);
    if (Object.prototype.hasOwnProperty.call(WORDS, short)) return short;
  }
  return "en";
}

const count = (value) => (Number.isFinite(value) && value > 0 ? Math.floor(value) : 0);

/** A sum as people of that language write it; "" without one. */
export function money(amount, lang) {
  if (!amount || !(amount.micros > 0)) return "";
  const value = amount.micros / 1e6;
  try {
    return new Intl.NumberFormat(lang, { style: "currency", currency: amount.currency, minimumFractionDigits: Number.isInteger(value) ? 0 : undefined }).format(value);
  } catch {
    return `${value.toLocaleString(lang)} ${String(amount.currency ?? "")}`.trim();
  }
}

/** What happened, in words: `raids with 40 viewers`. */
export function did(alert, lang) {
  const { did: words } = WORDS[lang];
  const n = count(alert.count);
  const youtube = alert.platform === "youtube";
  switch (alert.kind) {
    case "raid": return words.raid(n);
    case "follow": return words.follow();
    case "member_new": return youtube ? words.member() : words.sub();
    case "resub": return words.resub(n || count(alert.months));
    case "milestone": return words.milestone(n || count(alert.months));
    case "gift_batch": return youtube ? words.giftMembers(n || 1) : words.giftSubs(n || 1);
    case "cheer": return words.cheer(count(alert.amount?.bits));
    case "superchat": return words.superchat(money(alert.amount, lang));
    case "sticker": return words.sticker(money(alert.amount, lang));
    default: return "";
  }
}

/** `m:ss`, `h:mm:ss` of milliseconds, rounded up: a second that has begun still counts. */
export function clockTime(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
