// Small pieces several cards share.
import { html } from "../vendor/preact.js";
import { personaStyle } from "../colour.js";
import { persona, S, tick } from "../store.js";
import { clean, has, money, notice, parts, span, t, tn } from "../texts.js";

const WORDS_MAX = 160;

export const cut = (text, max = WORDS_MAX) => {
  const points = Array.from(clean(text));
  return points.length > max ? `${points.slice(0, max).join("")}…` : points.join("");
};

/** A viewer's name: never lets its direction marks or width touch what stands beside it. */
export const Name = ({ name }) => html`<bdi class="nm" dir="auto">${cut(name, 60) || t("someone")}</bdi>`;

export const Quote = ({ text, max }) => (text === null
  ? html`<span class="takenback">${t("words.taken_back")}</span>`
  : html`<q dir="auto">${cut(text, max)}</q>`);

export function Persona({ id, tag = "span" }) {
  const who = persona(id);
  return html`<${tag} class="who" style=${personaStyle(who.color, who.order)}>${clean(who.name) || t("cast.unknown")}<//>`;
}

export const personaVars = (id) => { const who = persona(id); return personaStyle(who.color, who.order); };

export function Dot({ kind }) {
  return html`<span class=${`dot ${kind}`} aria-hidden="true"></span>`;
}

/** Why a line or a request exists, in one sentence. */
export function Why({ why, kind }) {
  if (!why) return t(`kind.${kind}`);
  const extras = [];
  if (why.waited_ms >= 1000) extras.push(t("why.waited", { span: span(why.waited_ms) }));
  if (why.asked > 1) extras.push(tn("why.asked", why.asked - 1));
  const reason = has(`why.${why.code}`) ? t(`why.${why.code}`) : why.code;
  const tail = [reason, ...extras].join(t("list.comma"));
  if (why.name) {
    const children = parts("air.answers", { who: html`<b><${Name} name=${why.name}/></b>`, text: why.text === "" ? "" : html`<${Quote} text=${why.text} max=${120}/>` });
    return html`<span class="sentence">${children}<span class="tail"> · ${tail}</span></span>`;
  }
  if (why.persona) {
    return html`<span class="sentence">${parts("air.replies", { who: html`<${Persona} id=${why.persona}/>` })}<span class="tail"> · ${tail}</span></span>`;
  }
  if (why.text) return html`<span class="sentence">${tail} · <${Quote} text=${why.text} max=${120}/></span>`;
  return html`<span class="sentence">${tail}</span>`;
}

/** An age or a rest that counts by itself: `of()` gives milliseconds. */
export function Ticking({ of, words }) {
  tick.value;
  return html`<span class="n">${t(words, { span: span(of()) })}</span>`;
}

export const castIds = () => Object.keys(S.cast.value).sort((a, b) => S.cast.value[a].order - S.cast.value[b].order);

const PARAM_TEXT_MAX = 80;
const worded = (groups, code) => { const group = groups.find((g) => has(`${g}.${code}`)); return group ? t(`${group}.${code}`) : code; };

/** One entry of the log in words, with the name of whoever pressed. */
export function Entry({ entry }) {
  const params = {};
  for (const [key, value] of Object.entries(entry.params || {})) params[key] = typeof value === "string" ? cut(value, PARAM_TEXT_MAX) : value;
  if (params.reason !== undefined) params.reason = worded(entry.kind === "drop" ? ["drop"] : ["reason", "drop"], params.reason);
  if (params.dial !== undefined) params.dial = worded(["dial"], params.dial);
  if (!has(entry.code)) return notice(entry.code, params);
  return parts(entry.code, { ...params, by: html`<b><bdi>${cut(entry.by, 40) || t("someone")}</bdi></b>` });
}

/** What moderation found, in words; a rule such as "personal.mail" is worded by its first part. */
export const ruleWords = (rule) => { const known = [rule, ...String(rule).split(".")].find((r) => has(`rule.${r}`)); return known ? t(`rule.${known}`) : cut(rule, 40); };

/** The mark of what was only tried out. */
export const Test = () => html`<span class="chip test" title=${t("test.why")}>${t("test")}</span>`;

/** What an event is, after a name: raids with 40, redeems Hydrate. Empty for what nobody has words for. */
export function what({ kind, count, months, amount, reward, platform }) {
  const n = kind === "resub" || kind === "milestone" ? count || months : count;
  const key = platform === "twitch" && has(`chat.${kind}.sub`) ? `chat.${kind}.sub` : `chat.${kind}`; // who is a member there subscribes here
  if (n > 0 && has(`${key}.n.other`)) return tn(`${key}.n`, n);
  if (amount && has(`${key}.of`)) return t(`${key}.of`, { amount: money(amount) });
  if (clean(reward) && has(`${key}.of`)) return t(`${key}.of`, { reward: cut(reward, 60) });
  return has(key) ? t(key) : "";
}

const styles = new Map();

/** Links a style sheet of a view once, by its path below the panel; resolves when it is loaded (or could not be). */
export function useStyle(path) {
  if (!styles.has(path)) {
    styles.set(path, new Promise((done) => {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.href = new URL(`../${path}`, import.meta.url).href;
      sheet.onload = sheet.onerror = () => done();
      document.head.append(sheet);
    }));
  }
  return styles.get(path);
}
