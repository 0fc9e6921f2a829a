// Something the operator wants said: in the persona's own words, or exactly as typed.
import { html, signal, useRef, useState } from "../vendor/preact.js";
import { mode, say } from "../actions.js";
import { live, persona } from "../store.js";
import { clean, t } from "../texts.js";
import { castIds } from "./common.js";

const MAX = 500;
const SENT_MS = 4000; // by then it is in the list of who waits, or said
/** What is being typed; a reload waits for it. */
export const draft = signal("");

export function Say() {
  const ids = castIds();
  const [chosen, choose] = useState("");
  const [exact, setExact] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const fading = useRef(0);
  const who = ids.includes(chosen) ? chosen : ids[0] || "";
  const may = live.value && (mode.value === "running" || mode.value === "paused") && who;
  const send = async (event) => {
    event.preventDefault();
    const text = draft.value.trim();
    if (!may || !text || busy) return;
    setBusy(true);
    const ok = await say(who, text, exact);
    setBusy(false);
    if (ok) draft.value = "";
    setDone(ok);
    clearTimeout(fading.current);
    if (ok) fading.current = setTimeout(() => setDone(false), SENT_MS);
  };
  return html`<section class="card saycard" aria-labelledby="h-say">
    <header><h2 id="h-say">${t("say.title")}</h2><span class="r" role="status">${done && !draft.value ? t("say.sent") : mode.value === "stopped" ? t("say.stopped") : ""}</span></header>
    <form class="say" onSubmit=${send}>
      <div class="sayrow"><label class="sr" for="say-who">${t("say.who")}</label>
        <select id="say-who" value=${who} onChange=${(e) => choose(e.currentTarget.value)}>${ids.map((id) => html`<option key=${id} value=${id}>${clean(persona(id).name)}</option>`)}</select>
        <fieldset class="seg2"><legend class="sr">${t("say.how")}</legend><span class="seg3">
          <label title=${t("say.own.why")}><input type="radio" name="how" checked=${!exact} onChange=${() => setExact(false)}/><span>${t("say.own")}</span></label>
          <label title=${t("say.exact.why")}><input type="radio" name="how" checked=${exact} onChange=${() => setExact(true)}/><span>${t("say.exact")}</span></label></span></fieldset></div>
      <div class="sayrow"><label class="sr" for="say-text">${t("say.text")}</label>
        <input id="say-text" class="field" dir="auto" autocomplete="off" maxlength=${MAX} placeholder=${exact ? t("say.exact.hint") : t("say.own.hint")} value=${draft.value} onInput=${(e) => { draft.value = e.currentTarget.value; setDone(false); }}/>
        <button class="btn" aria-disabled=${!may || busy}>${t("say.send")}</button></div>
    </form>
  </section>`;
}
