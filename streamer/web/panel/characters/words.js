// Who a character is: name, three sentences, language, colour, voice. For a new one the same questions, all at once.
import { html, useEffect, useMemo, useState } from "../vendor/preact.js";
import { clean, lang, number, t } from "../texts.js";
import { typing } from "../views.js";
import { Colour } from "./controls.js";
import { aloud, cast, change, create, worded } from "./desk.js";
import { Themes } from "./editor.js";
import { Saver } from "./saver.js";
import { suggested, VoicePick } from "./voices.js";

const SENTENCES_MAX = 4000;
const languages = () => Object.keys(cast.value.voices).filter(Boolean);
function tongue(code) {
  try { return new Intl.DisplayNames([lang.value], { type: "language" }).of(code) || code; } catch { return clean(code); }
}

function Name({ id, value, onInput, problem, required }) {
  return html`<p><label class="label" for=${id}>${t("character.name")}</label><input class="field" id=${id} maxlength="60" autocomplete="off" required=${required} value=${value} aria-invalid=${problem ? "true" : undefined} onInput=${(e) => onInput(e.currentTarget.value)}/>${problem && html`<span class="wrong" role="alert">${problem}</span>`}</p>`;
}

function Sentences({ id, value, name, onInput }) {
  return html`<p><label class="label" for=${id}>${name ? t("character.sentences", { name }) : t("character.sentences.new")}</label><textarea class="field" id=${id} rows="4" maxlength=${SENTENCES_MAX} placeholder=${t("character.sentences.example")} aria-describedby=${`${id}-help`} value=${value} onInput=${(e) => onInput(e.currentTarget.value)}></textarea><span class="help" id=${`${id}-help`}>${t("character.sentences.help")}</span></p>`;
}

function Language({ id, value, onInput }) {
  const all = languages();
  const known = all.includes(value);
  return html`<p><label class="label" for=${id}>${t("character.language")}</label><select id=${id} value=${value} onChange=${(e) => onInput(e.currentTarget.value)}>${!known && html`<option value=${value}>${tongue(value)}</option>`}${all.map((code) => html`<option key=${code} value=${code}>${tongue(code)}</option>`)}</select></p>`;
}

function Colours({ id, value, onInput }) {
  const swatches = cast.value.colours || [];
  return html`<div class="colours"><${Colour} id=${id} name=${t("character.colour")} value=${value} onInput=${onInput}/><div class="swatches" role="group" aria-label=${t("character.colour.some")}>${swatches.map((colour) => html`<button key=${colour} type="button" class="swatch" style=${{ backgroundColor: colour }} aria-label=${colour} aria-pressed=${colour === value} onClick=${() => onInput(colour)}></button>`)}</div></div>`;
}

const firstFree = (values, taken) => values.find((each) => !taken.includes(each)) || values[0];

/** The five questions. `onDone(item)` when it was made, `onAway` when not. */
export function NewCharacter({ onDone, onAway }) {
  const { items, rig, colours } = cast.value;
  const start = languages().includes(lang.value) ? lang.value : "en";
  const [draft, setDraft] = useState(() => ({
    name: "", sentences: "", language: start, voice: { ...(suggested(start)[0]?.voice || { pitch: 0, rate: 1, ids: {} }) },
    look: { theme: firstFree(Object.keys(rig.themes), items.map((each) => each.look.theme)) || "aiko" },
    colour: firstFree(colours, items.map((each) => each.colour.toLowerCase())) || "#b9a7ff",
  }));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [nameless, setNameless] = useState(false);
  useEffect(() => () => { typing.value = false; }, []);
  useEffect(() => { document.getElementById("new-name")?.focus(); }, []);
  const set = (more) => { typing.value = true; setProblem(null); setDraft({ ...draft, ...more }); };
  const speak = (language) => set({ language, voice: { ...(suggested(language)[0]?.voice || draft.voice) } });
  const make = async (e) => {
    e.preventDefault();
    if (busy) return;
    setNameless(!draft.name.trim());
    if (!draft.name.trim()) { document.getElementById("new-name")?.focus(); return; }
    setBusy(true);
    const result = await create({ ...draft, name: draft.name.trim() });
    setBusy(false);
    setProblem(result.problem);
    if (result.ok) { typing.value = false; aloud.value = t("character.made", { name: clean(result.body.name) }); onDone(result.body); }
  };
  return html`<form class="words new" novalidate onSubmit=${make} aria-labelledby="new-title"><header><h4 id="new-title">${t("character.new.title")}</h4><p class="help">${t("character.new.words")}</p></header>
    <ol class="asks"><li><${Name} id="new-name" value=${draft.name} onInput=${(name) => { setNameless(false); set({ name }); }} problem=${nameless ? t("character.name.missing") : ""} required/><${Sentences} id="new-sentences" value=${draft.sentences} name=${clean(draft.name)} onInput=${(sentences) => set({ sentences })}/></li>
    <li><${Language} id="new-language" value=${draft.language} onInput=${speak}/></li>
    <li><${VoicePick} id="new-voice" name=${draft.name} language=${draft.language} value=${draft.voice} onInput=${(voice) => set({ voice })}/></li>
    <li><${Themes} name="new-theme" value=${draft.look.theme} onPick=${(theme) => set({ look: { theme } })}/></li>
    <li><${Colours} id="new-colour" value=${draft.colour} onInput=${(colour) => set({ colour })}/></li></ol>
    ${problem && html`<div class="notice live" role="alert"><p><b>${worded(problem)}</b></p></div>`}
    <p class="acts-row"><button type="submit" class="btn go large" aria-disabled=${busy}>${busy ? t("character.making") : t("character.make")}</button><button type="button" class="btn large" onClick=${onAway}>${t("character.cancel")}</button></p></form>`;
}

/** Changes who a character is; saved as one goes. */
export function Words({ item }) {
  const own = { name: item.name, sentences: item.sentences, language: item.language, colour: item.colour, voice: item.voice, talkativeness: item.talkativeness };
  const [draft, setDraft] = useState(own);
  const pending = useMemo(() => ({ fields: {} }), [item.id]);
  const saver = useMemo(() => new Saver(async (fields) => {
    const result = await change(item.id, fields);
    if (result.ok) for (const key of Object.keys(fields)) if (pending.fields[key] === fields[key]) delete pending.fields[key];
    return result;
  }), [item.id]);
  useEffect(() => { if (!saver.pending) setDraft(own); }, [JSON.stringify(own)]);
  useEffect(() => () => { saver.flush(); }, [saver]);
  const set = (more) => {
    setDraft({ ...draft, ...more });
    Object.assign(pending.fields, more);
    // A name of nothing is somebody about to type another one.
    if (!("name" in pending.fields) || pending.fields.name.trim()) saver.put({ ...pending.fields });
  };
  const name = clean(item.name);
  const problem = saver.problem.value;
  const state = saver.state.value;
  return html`<div class="words"><div class="two wide"><div><${Name} id="edit-name" value=${draft.name} onInput=${(value) => set({ name: value })} problem=${draft.name.trim() ? "" : t("character.name.missing")}/>
    <${Sentences} id="edit-sentences" value=${draft.sentences} name=${name} onInput=${(sentences) => set({ sentences })}/>
    <div class="ctl slider"><label for="edit-talk">${t("character.talkative")}</label><output class="n" for="edit-talk">${t("character.percent", { n: number(Math.round(draft.talkativeness * 100)) })}</output><input id="edit-talk" class="range" type="range" min="0" max="1" step="0.05" value=${draft.talkativeness} aria-valuetext=${t("character.percent", { n: number(Math.round(draft.talkativeness * 100)) })} onInput=${(e) => set({ talkativeness: Number(e.currentTarget.value) })}/></div></div>
    <div><${Language} id="edit-language" value=${draft.language} onInput=${(language) => set({ language })}/><${Colours} id="edit-colour" value=${draft.colour} onInput=${(colour) => set({ colour })}/>
    <${VoicePick} id="edit-voice" name=${name} language=${draft.language} value=${draft.voice} onInput=${(voice) => set({ voice })}/></div></div>
    ${problem ? html`<div class="notice live" role="alert"><p><b>${worded(problem)}</b></p><p>${t("character.save.kept")}</p></div>` : html`<p class=${`savestate ${state}`} role="status">${state === "saved" ? t("character.save.live", { name }) : state === "idle" ? t("character.save.idle") : t("character.save.saving")}</p>`}</div>`;
}
