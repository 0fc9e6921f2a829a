// The talk box: somebody at the panel talks to the cast as a viewer or as the host, or gives them words to say.
import { effect, html, signal, useEffect, useRef } from "../vendor/preact.js";
import { castIds, cut, Persona } from "../parts/common.js";
import { lineOnAir, live, persona, S } from "../store.js";
import { clean, t } from "../texts.js";
import { ask } from "./desk.js";
import { Act, aloud, Problem } from "./pieces.js";

const MAX = 500;
const KEPT = 12;
/** Without a sign of an answer for so long, nobody took it. */
const LOST_MS = 45000;
const WAYS = ["viewer", "host", "exact"];

const way = signal("viewer");
const to = signal("");
const text = signal("");
const sending = signal(false);
const refused = signal(null);
/** {key, as, to, text, id, began, at, state: waiting|thinking|speaking|said|lost, persona, answer} */
const said = signal([]);
let keys = 0;
/** Somebody pressed Enter while other words were on their way. */
let again = false;

const alter = (key, more) => { said.value = said.value.map((one) => (one.key === key ? { ...one, ...more } : one)); };
const words = (line) => Object.keys(line.clauses || {}).map(Number).sort((a, b) => a - b).map((n) => line.clauses[n].text).join(" ").replace(/\s+/g, " ").trim();
const about = (one, why) => Boolean(why) && ((one.id && why.uid === one.id) || (!why.uid && why.text === one.text));

/** Lines of late: {id, at, why, persona, answer, over}. One may come, and even end, before its asker is told that the words arrived. */
const heard = [];

function listen(line) {
  let one = line && heard.find((each) => each.id === line.id);
  if (line?.why && !one) {
    one = { id: line.id, at: performance.now() };
    heard.push(one);
    if (heard.length > KEPT) heard.shift();
  }
  if (one) Object.assign(one, { why: line.why, persona: line.persona, answer: words(line) });
  for (const each of heard) each.over = each !== one;
}

// What became of each: waiting, being thought about, spoken, said.
function settle(coming) {
  for (const one of said.peek()) {
    if (one.state === "said" || one.state === "lost") continue;
    const line = heard.find((each) => each.at >= one.began && about(one, each.why));
    const next = coming.find((each) => about(one, each.why));
    if (line) {
      const state = line.over ? "said" : "speaking";
      if (one.state !== state || one.answer !== line.answer) alter(one.key, { state, persona: line.persona, answer: line.answer });
      if (line.over) aloud.value = `${clean(persona(line.persona).name)}: ${line.answer}`;
    } else if (next && one.state !== "thinking") {
      alter(one.key, { state: "thinking", persona: next.persona });
    }
  }
}
effect(() => {
  listen(lineOnAir.value);
  settle(Object.values(S.next.value));
});
setInterval(() => {
  const now = performance.now();
  for (const one of said.peek()) if ((one.state === "waiting" || one.state === "thinking") && now - one.at > LOST_MS) alter(one.key, { state: "lost" });
}, 2000);

const target = () => (castIds().includes(to.value) ? to.value : way.value === "exact" ? castIds()[0] || "" : "");
const blocked = () => (!live.value ? "offline" : S.show.value.mode === "stopped" ? "stopped" : S.show.value.mode === "paused" ? "paused" : "");

/** Sends words; true when they arrived. What was typed stays until then. */
async function send(as, who, what) {
  if (sending.peek()) return false;
  sending.value = true;
  const began = performance.now();
  const result = await ask("POST", "talk", { as, text: what, to: who, name: t("setup.talk.name") }, { limit: 15000 });
  sending.value = false;
  const taken = result.ok && result.body?.outcome !== "stale";
  refused.value = result.ok ? (taken ? null : { code: "talk_stale" }) : result.problem;
  const more = again && taken;
  again = false;
  if (more) setTimeout(submit);
  if (!taken) return false;
  const one = { key: ++keys, as, to: who, text: what, id: result.body?.id || "", began, at: performance.now(), state: "waiting", persona: who, answer: "" };
  said.value = [...said.value, one].slice(-KEPT);
  settle(Object.values(S.next.peek()));
  return true;
}

async function submit(event) {
  event?.preventDefault();
  const what = text.value;
  if (!what.trim() || blocked()) return;
  if (sending.peek()) again = true;
  else if ((await send(way.value, target(), what.trim())) && text.value === what) text.value = "";
}

function ideas() {
  const [first, second] = castIds();
  if (!first) return [];
  const name = (id) => clean(persona(id).name);
  const other = second || first;
  return [["soup", "viewer", first], ["intro", "host", other], ["fear", "viewer", other], ["welcome", "exact", first]].map(([idea, as, who]) => ({ idea, as, who, label: t(`setup.idea.${idea}`, { name: name(who) }), words: t(`setup.idea.${idea}.words`, { name: name(who) }) }));
}

function Ideas() {
  return html`<div class="ideas"><p>${t("setup.talk.try")}</p><ul>${ideas().map(({ idea, as, who, label, words: what }) => html`<li key=${idea}>
    <button type="button" class="idea" aria-disabled=${Boolean(blocked()) || sending.value} onClick=${() => blocked() || send(as, who, what)}>${label}</button></li>`)}</ul></div>`;
}

function Answer({ one }) {
  if (one.state === "lost") return html`<p class="talk-state">${t("setup.talk.lost")}</p>`;
  if (one.state === "waiting") return html`<p class="talk-state"><i class="dots" aria-hidden="true"></i>${t("setup.talk.waiting")}</p>`;
  if (one.state === "thinking" || !one.answer) return html`<p class="talk-state"><i class="dots" aria-hidden="true"></i>${t("setup.talk.thinking", { name: clean(persona(one.persona).name) })}</p>`;
  return html`<p class=${`talk-them ${one.state}`}><${Persona} id=${one.persona}/> <span dir="auto">${cut(one.answer, 600)}</span></p>`;
}

function Conversation() {
  const list = useRef(null);
  useEffect(() => { if (list.current) list.current.scrollTop = list.current.scrollHeight; }, [said.value]);
  if (!said.value.length) return html`<${Ideas}/>`;
  return html`<ol class="talk-log" ref=${list} tabindex="0" aria-label=${t("setup.talk.log")}>${said.value.map((one) => html`<li key=${one.key}>
    <p class="talk-you"><small>${t(`setup.talk.you.${one.as}`, { name: clean(persona(one.to).name) || t("setup.talk.all") })}</small><span dir="auto">${one.text}</span></p><${Answer} one=${one}/></li>`)}</ol>`;
}

export function Talk() {
  const ids = castIds();
  const why = blocked();
  const exact = way.value === "exact";
  return html`<section class="card talk" aria-labelledby="h-talk"><header><h3 id="h-talk">${t("setup.talk.title")}</h3><span class="r talk-to"><label class="sr" for="talk-to">${t("setup.talk.to")}</label><select id="talk-to" value=${target()} onChange=${(e) => { to.value = e.currentTarget.value; }}>
        ${!exact && html`<option value="">${t("setup.talk.whoever")}</option>`}${ids.map((id) => html`<option key=${id} value=${id}>${clean(persona(id).name)}</option>`)}</select></span></header>
    <div class="talk-room"><${Conversation}/></div>
    <form class="talk-form" onSubmit=${submit}>
      <fieldset class="talkway"><legend class="sr">${t("setup.talk.how")}</legend><span class="seg3">${WAYS.map((name) => html`<label key=${name}><input type="radio" name="talk-way" value=${name} checked=${way.value === name} onChange=${() => { way.value = name; }}/><span>${t(`setup.talk.as.${name}`)}</span></label>`)}</span></fieldset>
      <div class="talk-row"><label class="sr" for="talk-text">${t("setup.talk.text")}</label>
        <input id="talk-text" class="field" dir="auto" autocomplete="off" maxlength=${MAX} value=${text.value} placeholder=${t(`setup.talk.hint.${way.value}`)} aria-describedby="talk-note" onInput=${(e) => { text.value = e.currentTarget.value; refused.value = null; }}/>
        <${Act} cls="go" busy=${sending.value} off=${Boolean(why) || !text.value.trim()} words=${t("setup.talk.send")} working=${t("setup.talk.sending")} onClick=${submit}/></div>
      <p class="help talk-note" id="talk-note">${why ? t(`setup.talk.blocked.${why}`) : t(`setup.talk.why.${way.value}`)}</p>
      <${Problem} problem=${refused.value} kept=${refused.value && text.value ? t("setup.talk.kept") : ""}/>
    </form></section>`;
}
