// Write into the chat as the bot, and see whom the cast does not hear.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { post } from "../api.js";
import { Icon } from "../icons.js";
import { live, S } from "../store.js";
import { has, t, tn } from "../texts.js";
import { go } from "../views.js";
import { cut } from "./common.js";
import { Popover } from "./header.js";
import { act, platformName } from "./message-menu.js";

const MAX = 500;
const SENT_MS = 4000;
/** What is being typed; a reload waits for it. */
export const draft = signal("");
/** The message that is replied to: {uid, name, platform}, or null. */
export const replyTo = signal(null);

const writable = () => Object.keys(S.write.value).filter((name) => (S.write.value[name].acts || []).includes("send")).sort();

function Form({ platforms }) {
  const [chosen, choose] = useState("");
  const [state, setState] = useState({ busy: false, words: "", bad: false });
  const field = useRef(null);
  const fading = useRef(0);
  const reply = replyTo.value;
  const to = reply ? reply.platform : platforms.includes(chosen) ? chosen : platforms[0];
  useEffect(() => { if (reply && field.current) field.current.focus(); }, [reply]);
  const say = (words, bad = false) => {
    clearTimeout(fading.current);
    setState({ busy: false, words, bad });
    if (!bad) fading.current = setTimeout(() => setState({ busy: false, words: "", bad: false }), SENT_MS);
  };
  const send = async (event) => {
    event.preventDefault();
    const text = draft.value.trim();
    if (!text || state.busy || !live.value) return;
    setState({ busy: true, words: "", bad: false });
    const result = await post("chat/send", { text, platform: to, reply_to: reply ? reply.uid : "" });
    if (!result.ok) { say(t("send.failed", { reason: result.status ? t(has(`reason.${result.code}`) ? `reason.${result.code}` : "reason.other") : t("trouble.offline") }), true); return; }
    draft.value = "";
    replyTo.value = null;
    say(result.outcome === "waiting" ? t("send.waiting") : t("send.sent"));
  };
  const onKey = (event) => { if (event.key === "Escape" && reply) { event.preventDefault(); replyTo.value = null; } };
  return html`<form class="sendbox" onSubmit=${send} onKeyDown=${onKey}>
    ${(reply || state.words) && html`<p class=${`sendwords ${state.bad ? "bad" : ""}`}><span role="status">${state.words || html`<bdi>${t("send.reply", { name: cut(reply.name, 30) })}</bdi>`}</span>
      ${reply && !state.words && html`<button type="button" class="btn quiet ico" aria-label=${t("send.no_reply")} onClick=${() => { replyTo.value = null; field.current.focus(); }}><${Icon} name="x"/></button>`}</p>`}
    <div class="sayrow">
      ${platforms.length > 1 && !reply && html`<label class="sr" for="send-to">${t("send.to")}</label><select id="send-to" value=${to} onChange=${(e) => choose(e.currentTarget.value)}>${platforms.map((name) => html`<option key=${name} value=${name}>${platformName(name)}</option>`)}</select>`}
      <label class="sr" for="send-text">${t("send.title")}</label>
      <input id="send-text" class="field" dir="auto" autocomplete="off" maxlength=${MAX} ref=${field} placeholder=${t("send.hint", { platform: platformName(to) })} value=${draft.value} onInput=${(e) => { draft.value = e.currentTarget.value; }}/>
      <button class="btn" aria-disabled=${!live.value || state.busy}>${t("send.send")}</button></div>
  </form>`;
}

/** Below the messages: a field where the bot can write, else how it could. Nothing in a demo. */
export function SendBox() {
  const platforms = writable();
  if (platforms.length) return html`<${Form} platforms=${platforms}/>`;
  if (S.show.value.demo) return null;
  return html`<p class="nosend">${t("send.none")} <button type="button" class="link" onClick=${() => go("setup")}>${t("send.sign_in")}</button></p>`;
}

const until = (ms) => (ms ? t("ignored.until", { at: new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) }) : t("ignored.always"));

/** In the head of the chat, when the cast does not hear somebody. */
export function Ignored() {
  const [open, setOpen] = useState(false);
  const all = Object.entries(S.ignored.value);
  if (!all.length) return null;
  const hear = (user, one) => {
    if (all.length === 1) setOpen(false);
    act("unignore", { user }, "heard", { name: cut(one.name, 30) });
  };
  return html`<span class="ignoredc"><button type="button" class="btn quiet" aria-haspopup="dialog" aria-expanded=${open} onClick=${() => setOpen(!open)}>${tn("ignored.count", all.length)}</button>
    ${open && html`<${Popover} label=${t("ignored.title")} cls="small" onClose=${() => setOpen(false)}>
      <ul class="ignoredlist">${all.map(([user, one]) => html`<li key=${user}><span><b><bdi>${cut(one.name, 40) || t("someone")}</bdi></b><small>${platformName(one.platform)} · ${until(one.until)}</small></span>
        <button type="button" class="btn" aria-label=${t("menu.unignore", { name: cut(one.name, 30) })} onClick=${() => hear(user, one)}>${t("ignored.end")}</button></li>`)}</ul><//>`}</span>`;
}
