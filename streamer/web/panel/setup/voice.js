// Step: the voices, one for each character.
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { persona } from "../store.js";
import { clean, has, lang, number, t } from "../texts.js";
import { typing } from "../views.js";
import { ask, change, desk, saying } from "./desk.js";
import { Glyph } from "./glyphs.js";
import { Act, aloud, Problem, Saved, Step, Text } from "./pieces.js";
import { hasServer, ServerForm, Terms } from "./voiceengine.js";

const SHOWN = 60;
/** Stands for the voice an engine takes when none is chosen. */
const OWN = "*";
const lists = new Map();
let sound = null;

async function listOf(engine) {
  // A list is as old as the set-up it was read with: a new server has new voices.
  if (lists.get(engine)?.n !== desk.peek().n) {
    const { n } = desk.peek();
    const result = await ask("GET", `setup/voices?engine=${encodeURIComponent(engine)}`);
    const items = result.body?.items || [];
    const { problem } = result;
    if (problem) return { items, problem, notice: null };
    const notice = result.body?.notice || null;
    if (!items.length) return { items, problem, notice }; // a program that is started since may have some
    lists.set(engine, { n, items, problem, notice });
  }
  return lists.get(engine);
}

const main = (language) => String(language || "").split(/[-_]/)[0].toLowerCase();
function tongue(code) {
  try { return new Intl.DisplayNames([lang.value], { type: "language" }).of(code) || code; } catch { return clean(code); }
}
const engineOf = (name) => desk.value.voice.engines.find((each) => each.engine === name);
const nameOf = (engine) => (has(`setup.voice.engine.${engine}`) ? t(`setup.voice.engine.${engine}`) : clean(engineOf(engine)?.label || engine));

function hush() {
  if (!sound) return;
  sound.audio.pause();
  URL.revokeObjectURL(sound.url);
  sound.done();
  sound = null;
}

/** Plays a voice; resolves to a problem or null. `done` is called when it falls silent. */
async function play(body, done) {
  hush();
  const result = await ask("POST", "setup/voices/play", body, { blob: true, limit: 30000 });
  if (!result.ok) { done(); return result.problem; }
  hush();
  const url = URL.createObjectURL(result.body);
  const audio = new Audio(url);
  const mine = { audio, url, done };
  sound = mine;
  audio.onended = audio.onerror = () => { if (sound === mine) hush(); };
  try { await audio.play(); } catch { if (sound === mine) hush(); return { code: "no_playback" }; }
  return null;
}

function Row({ item, chosen, playing, onPick, onPlay }) {
  const label = clean(item.name || item.id);
  return html`<li class=${`voice ${chosen ? "is-chosen" : ""}`}><label><input type="radio" name="voice-pick" checked=${chosen} onChange=${onPick}/><span><b>${label}</b><small>${[tongue(item.language), has(`setup.voice.gender.${item.gender}`) && t(`setup.voice.gender.${item.gender}`), item.credit && t("setup.voice.credit", { credit: clean(item.credit) })].filter(Boolean).join(" · ")}</small></span></label>
    <button type="button" class="btn ico" aria-label=${t(playing ? "setup.voice.stop" : "setup.voice.play", { name: label })} aria-pressed=${playing} onClick=${onPlay}><${Glyph} name=${playing ? "halt" : "play"}/></button></li>`;
}

function Slider({ id, label, value, shown, min, max, step, onInput }) {
  return html`<div class="slide"><label for=${id}>${label}</label><input id=${id} class="range" type="range" min=${min} max=${max} step=${step} value=${value} aria-valuetext=${shown} onInput=${(e) => onInput(Number(e.currentTarget.value))}/><output class="n" for=${id}>${shown}</output></div>`;
}

function List({ engine, draft, set, playing, onPlay }) {
  const [told, setTold] = useState(null);
  const [language, choose] = useState(null);
  const [search, setSearch] = useState("");
  const shown = useRef(engine);
  useEffect(() => {
    let here = true;
    if (shown.current !== engine) setTold(null);
    shown.current = engine;
    listOf(engine).then((result) => { if (here) setTold(result); });
    return () => { here = false; };
  }, [engine, desk.value.n]);
  const items = told?.items || [];
  const languages = [...new Set(items.map((item) => main(item.language)))].filter(Boolean).sort((a, b) => tongue(a).localeCompare(tongue(b), lang.value));
  const own = main(items.find((item) => item.id === draft.voice)?.language);
  const wanted = language ?? (own || (languages.includes(lang.value) ? lang.value : ""));
  const rows = useRef(null);
  useEffect(() => {
    const row = rows.current?.querySelector(".is-chosen");
    if (row) rows.current.scrollTop = row.offsetTop - 60;
  }, [told, wanted]);
  if (!told) return html`<ul class="voices" aria-busy="true">${[1, 2, 3, 4].map((n) => html`<li key=${n} class="voice"><span class="bone"></span></li>`)}</ul>`;
  const needle = search.trim().toLowerCase();
  const fitting = told.items.filter((item) => (!wanted || !item.language || main(item.language) === wanted) && (!needle || `${item.name} ${item.id}`.toLowerCase().includes(needle)));
  const chosen = fitting.findIndex((item) => item.id === draft.voice);
  const shownRows = chosen < SHOWN ? fitting.slice(0, SHOWN) : [fitting[chosen], ...fitting.slice(0, SHOWN - 1)];
  return html`<div class="voicelist"><${Problem} problem=${told.problem}/>
    ${told.items.length > 6 && html`<div class="voicefilter"><label class="sr" for="voice-language">${t("setup.voice.language")}</label><select id="voice-language" value=${wanted} onChange=${(e) => choose(e.currentTarget.value)}><option value="">${t("setup.voice.language.all")}</option>${languages.map((code) => html`<option key=${code} value=${code}>${tongue(code)}</option>`)}</select>
      <label class="sr" for="voice-search">${t("setup.voice.search")}</label><input id="voice-search" class="field" type="search" placeholder=${t("setup.voice.search")} value=${search} onInput=${(e) => setSearch(e.currentTarget.value)}/></div>`}
    ${!told.items.length && !told.problem && html`<${Text} id="voice-name" label=${t("setup.voice.name")} help=${told.notice ? saying(told.notice) : t("setup.voice.no_list")} maxlength="200" value=${draft.voice} onInput=${(e) => set({ voice: e.currentTarget.value })}/>`}
    ${told.items.length > 0 && told.notice && html`<div class="notice held"><p>${saying(told.notice)}</p></div>`}${told.items.length > 0 && html`<p class="help engine-about">${draft.voice ? "" : t("setup.voice.own")}</p>`}
    ${told.items.length > 0 && html`<ul class="voices" ref=${rows} aria-label=${t("setup.voice.list", { n: number(fitting.length) })}>${shownRows.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === draft.voice} playing=${playing === item.id} onPick=${() => set({ voice: item.id })} onPlay=${() => onPlay(item)}/>`)}
      ${!fitting.length && html`<li class="empty">${t("setup.voice.no_match")}</li>`}${fitting.length > SHOWN && html`<li class="empty">${t("setup.voice.more", { n: number(fitting.length - SHOWN) })}</li>`}</ul>`}</div>`;
}

function One({ id }) {
  const now = desk.value.voice.personas[id] || {};
  const engines = desk.value.voice.engines;
  const usable = engines.find((each) => each.engine === now.engine) || engines.find((each) => each.state === "ready") || engines[0];
  const [engine, setEngine] = useState(usable?.engine || "");
  const [draft, setDraft] = useState({ voice: now.voice || "", pitch: now.pitch ?? 0, rate: now.rate ?? 1 });
  const [playing, setPlaying] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const [saved, setSaved] = useState("");
  const name = clean(persona(id).name);
  const about = engineOf(engine);
  const set = (more) => { typing.value = true; setSaved(""); setProblem(null); setDraft({ ...draft, ...more }); };
  useEffect(() => hush, []);
  const hear = async (item) => {
    const mark = item.id || OWN;
    if (playing === mark) { hush(); return; }
    setProblem(null);
    setPlaying(mark);
    const language = item.language || lang.value;
    const sample = has(`setup.voice.sample.${main(language)}`) ? t(`setup.voice.sample.${main(language)}`, { name }) : t("setup.voice.sample", { name });
    const wrong = await play({ engine, voice: item.id, pitch: draft.pitch, rate: draft.rate, text: item.sample || sample, language }, () => setPlaying((at) => (at === mark ? "" : at)));
    if (wrong) setProblem(wrong);
  };
  const take = async () => {
    setBusy(true); setProblem(null); setSaved("");
    const result = await change("/voices", { persona: id, engine, voice: draft.voice, pitch: draft.pitch, rate: draft.rate });
    setBusy(false);
    setProblem(result.problem);
    if (result.ok) { const words = t("setup.voice.saved", { name }); setSaved(words); aloud.value = words; }
  };
  const still = t(now.engine ? "setup.voice.still" : "setup.voice.still.none", { name, engine: now.engine ? nameOf(now.engine) : "" });
  return html`<div class="one-voice"><fieldset class="talkway engines"><legend class="label">${t("setup.voice.engine")}</legend><span class="seg3">${engines.map((each) => html`<label key=${each.engine}><input type="radio" name="voice-engine" checked=${engine === each.engine} onChange=${() => { hush(); setEngine(each.engine); set({ voice: each.engine === now.engine ? now.voice : "" }); }}/><span>${nameOf(each.engine)}</span></label>`)}</span></fieldset>
    <p class="help engine-about">${saying(about?.words) || (has(`setup.voice.about.${engine}`) ? t(`setup.voice.about.${engine}`) : "")}</p>
    ${about?.state === "off" && !about.words && html`<p class="help">${t("setup.voice.state.off")}</p>`}
    ${about?.state === "terms" && html`<${Terms} engine=${engine}/>`}${about?.state === "setup" && html`<${ServerForm} key=${engine} engine=${engine}/>`}
    ${about?.state === "ready" && html`<${List} engine=${engine} draft=${draft} set=${set} playing=${playing} onPlay=${hear}/>
      <div class="slides"><${Slider} id="voice-pitch" label=${t("setup.voice.pitch")} min="-12" max="12" step="1" value=${draft.pitch} shown=${t("setup.voice.pitch.value", { n: draft.pitch > 0 ? `+${number(draft.pitch)}` : number(draft.pitch) })} onInput=${(pitch) => set({ pitch })}/>
        <${Slider} id="voice-rate" label=${t("setup.voice.rate")} min="0.5" max="2" step="0.05" value=${draft.rate} shown=${t("setup.voice.rate.value", { n: number(Math.round(draft.rate * 100)) })} onInput=${(rate) => set({ rate })}/>
        <${Act} words=${t(playing && playing === (draft.voice || OWN) ? "setup.voice.halt" : "setup.voice.play.this")} onClick=${() => listOf(engine).then(({ items }) => hear(items.find((item) => item.id === draft.voice) || { id: draft.voice }))}><${Glyph} name=${playing && playing === (draft.voice || OWN) ? "halt" : "play"}/><//></div>
      <${Problem} problem=${problem} kept=${problem && still}/>
      <p class="step-row"><${Act} cls="go" busy=${busy} words=${t("setup.voice.use", { name })} working=${t("setup.saving")} onClick=${take}/></p>
      ${hasServer(engine) && html`<details class="reserver" key=${engine}><summary>${t("setup.voice.server.change")}</summary><${ServerForm} engine=${engine}/></details>`}`}
    <${Saved} name="voice" words=${saved}/></div>`;
}

function Form() {
  const ids = Object.keys(desk.value.voice.personas).sort((a, b) => persona(a).order - persona(b).order);
  const [chosen, choose] = useState("");
  const id = ids.includes(chosen) ? chosen : ids[0];
  if (!id) return html`<p class="help">${t("setup.voice.nobody")}</p>`;
  return html`<div class="form">${ids.length > 1 && html`<fieldset class="talkway"><legend class="label">${t("setup.voice.who")}</legend><span class="seg3">${ids.map((each) => html`<label key=${each}><input type="radio" name="voice-who" checked=${id === each} onChange=${() => { hush(); choose(each); }}/><span>${clean(persona(each).name)}</span></label>`)}</span></fieldset>`}<${One} key=${id} id=${id}/></div>`;
}

export function VoiceStep() {
  const voice = desk.value?.voice;
  const done = desk.value?.steps.voice === "done";
  const list = done ? Object.entries(voice.personas).filter(([, each]) => each.engine).map(([id, each]) => t("setup.voice.now", { name: clean(persona(id).name), engine: nameOf(each.engine) })) : [];
  return html`<${Step} name="voice" what=${list.join(t("list.comma"))}><${Form}/><//>`;
}
