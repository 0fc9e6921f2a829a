// A voice for a character: a few to begin with, each with Play, and the exact names by engine for those who know them.
import { html, useEffect, useState } from "../vendor/preact.js";
import { ask, desk as setup } from "../setup/desk.js";
import { clean, has, lang, number, t } from "../texts.js";
import { cast, worded } from "./desk.js";

const ENGINES = ["edge", "openai", "elevenlabs", "azure", "voicevox", "http", "espeak"];
const main = (language) => String(language || "").split("-")[0].toLowerCase();
const engineName = (engine) => (has(`character.engine.${engine}`) ? t(`character.engine.${engine}`) : engine);

export const suggested = (language) => { const all = cast.value.voices; return all[main(language)] || all[""] || []; };
const sameIds = (a, b) => JSON.stringify(Object.entries(a || {}).sort()) === JSON.stringify(Object.entries(b || {}).sort());

let sound = null;
function hush() {
  if (!sound) return;
  sound.audio.pause();
  URL.revokeObjectURL(sound.url);
  sound.done();
  sound = null;
}

/** Speaks a sample with the first engine that can; resolves to a problem or null. */
async function play(voice, name, language, done) {
  hush();
  const ready = (setup.peek()?.voice.engines || []).filter((each) => each.state === "ready").map((each) => each.engine);
  const engine = ready.find((each) => voice.ids[each]) || ready[0] || "espeak";
  const tongue = main(language);
  const text = has(`character.sample.${tongue}`) ? t(`character.sample.${tongue}`, { name }) : t("character.sample", { name });
  const result = await ask("POST", "setup/voices/play", { engine, voice: voice.ids[engine] || "", pitch: voice.pitch, rate: voice.rate, text, language }, { blob: true, limit: 30000 });
  if (!result.ok) { done(); return result.problem; }
  const url = URL.createObjectURL(result.body);
  const audio = new Audio(url);
  const mine = { audio, url, done };
  sound = mine;
  audio.onended = audio.onerror = () => { if (sound === mine) hush(); };
  try { await audio.play(); } catch { if (sound === mine) hush(); return { code: "no_playback" }; }
  return null;
}

function Range({ id, label, value, told, min, max, step, onInput }) {
  return html`<div class="ctl slider"><label for=${id}>${label}</label><output class="n" for=${id}>${told}</output><input id=${id} class="range" type="range" min=${min} max=${max} step=${step} value=${value} aria-valuetext=${told} onInput=${(e) => onInput(Number(e.currentTarget.value))}/></div>`;
}

/** Chooses a voice. `value` is {pitch, rate, ids}; `onInput` gets the whole of it. */
export function VoicePick({ id, name, language, value, onInput }) {
  const [playing, setPlaying] = useState("");
  const [problem, setProblem] = useState(null);
  const several = suggested(language);
  const chosen = several.find((each) => sameIds(each.voice.ids, value.ids));
  useEffect(() => hush, []);
  const hear = async (key, voice) => {
    if (playing === key) { hush(); return; }
    setProblem(null);
    setPlaying(key);
    const wrong = await play(voice, name || t("character.someone"), language, () => setPlaying((at) => (at === key ? "" : at)));
    if (wrong) { setPlaying(""); setProblem(wrong); }
  };
  const button = (key, voice, label) => html`<button type="button" class="btn" aria-pressed=${playing === key} aria-label=${t(playing === key ? "character.voice.stop" : "character.voice.play.one", { name: label })} onClick=${() => hear(key, voice)}>${t(playing === key ? "character.voice.halt" : "character.voice.play")}</button>`;
  const word = (each) => t(`character.like.${each.like}`);
  return html`<fieldset class="voicepick"><legend class="label">${t("character.voice")}</legend>
    <ul>${several.map((each) => html`<li key=${each.id} class=${chosen === each ? "chosen" : ""}><label><input type="radio" name=${id} checked=${chosen === each} onChange=${() => onInput({ ...each.voice, engine: value.engine || "" })}/><span><b>${clean(each.name)}</b><small>${word(each)}</small></span></label>${button(each.id, each.voice, `${clean(each.name)}, ${word(each)}`)}</li>`)}
    ${!chosen && Object.keys(value.ids).length > 0 && html`<li class="chosen"><label><input type="radio" name=${id} checked/><span><b>${t("character.voice.own")}</b><small>${clean(Object.values(value.ids).join(t("list.comma")))}</small></span></label>${button("own", value, t("character.voice.own"))}</li>`}</ul>
    ${problem && html`<p class="wrong" role="alert">${worded(problem)}</p>`}
    <div class="two"><${Range} id=${`${id}-pitch`} label=${t("character.voice.pitch")} min="-12" max="12" step="1" value=${value.pitch} told=${t("character.voice.pitch.value", { n: value.pitch > 0 ? `+${number(value.pitch)}` : number(value.pitch) })} onInput=${(pitch) => onInput({ ...value, pitch })}/>
    <${Range} id=${`${id}-rate`} label=${t("character.voice.rate")} min="0.5" max="2" step="0.05" value=${value.rate} told=${t("character.percent", { n: number(Math.round(value.rate * 100)) })} onInput=${(rate) => onInput({ ...value, rate })}/></div>
    <details><summary>${t("character.voice.ids")}</summary><p class="help">${t("character.voice.ids.help")}</p><div class="two">${ENGINES.map((engine) => html`<p key=${engine}><label class="label" for=${`${id}-${engine}`}>${engineName(engine)}</label><input class="field" id=${`${id}-${engine}`} maxlength="200" autocomplete="off" spellcheck=${false} lang=${lang.value} value=${value.ids[engine] || ""} onChange=${(e) => { const ids = { ...value.ids, [engine]: e.currentTarget.value.trim() }; if (!ids[engine]) delete ids[engine]; onInput({ ...value, ids }); }}/></p>`)}</div></details></fieldset>`;
}
