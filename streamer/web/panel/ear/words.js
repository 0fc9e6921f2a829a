// What turns the voice into words: recognisers and what each still needs, the language, a model on its way.
import { html } from "../vendor/preact.js";
import { S } from "../store.js";
import { clean, lang, number, t } from "../texts.js";
import { busy, cancelFetch, choose, desk, fetchModel, told, wrong } from "./desk.js";

const LANGUAGES = ["en", "ja", "de", "es", "fr", "it", "ko", "pt", "zh"];
const CHIPS = { ready: "ready", model: "held", package: "", key: "held", broken: "live" };
const MB = 1_000_000;

const of = (code) => { try { return new Intl.DisplayNames([lang.value], { type: "language" }).of(code) || code; } catch { return clean(code); } };

function Loading() {
  const now = S.ear.value?.loading;
  if (!now) return null;
  const share = now.total > 0 ? Math.min(1, now.done / now.total) : 0;
  const figures = now.step === "fetching" && now.done > 0 ? t(now.total ? "ear.loading.mb" : "ear.loading.mb.open", { done: number(Math.round(now.done / MB)), total: number(Math.round(now.total / MB)) }) : "";
  return html`<div class="ear-loading"><p><b>${t(`ear.loading.${now.step}`, { model: clean(now.model) })}</b> <span class="n">${figures}</span></p>
    <div class=${`prog ${share ? "" : "unknown"}`} role="progressbar" aria-label=${t(`ear.loading.${now.step}`, { model: clean(now.model) })} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${share ? Math.round(share * 100) : undefined}><i style=${{ transform: `scaleX(${share || 0.25})` }}></i></div>
    ${now.step === "fetching" && html`<p class="ear-stop"><span class="help">${t("ear.loading.meanwhile")}</span><button type="button" class="btn" onClick=${cancelFetch}>${t("ear.loading.stop")}</button></p>`}</div>`;
}

function Models({ one }) {
  const chosen = desk.value.engine === one.engine ? desk.value.model : "";
  if (!one.models?.length) return null;
  const value = one.models.some((each) => each.name === chosen) ? chosen : one.models[0].name;
  const model = one.models.find((each) => each.name === value);
  const size = model.mb ? t("ear.model.mb", { n: number(model.mb) }) : "";
  return html`<div class="ear-models"><label class="ear-field"><span class="lname">${t("ear.model")}</span><select value=${value} onChange=${(event) => choose("words", { engine: one.engine, model: event.currentTarget.value })}>${one.models.map((each) => html`<option key=${each.name} value=${each.name}>${clean(each.name)}${each.here ? ` · ${t("ear.model.here")}` : each.mb ? ` · ${t("ear.model.mb", { n: number(each.mb) })}` : ""}</option>`)}</select></label>
    ${!model.here && !S.ear.value?.loading && html`<button type="button" class="btn go" onClick=${() => fetchModel(one.engine, value)}>${t("ear.model.fetch")}${size && html` <span class="n">${size}</span>`}</button>`}</div>`;
}

function Engine({ one }) {
  const on = desk.value.engine === one.engine;
  return html`<li class=${`ear-engine ${on ? "on" : ""}`}><label><input type="radio" name="ear-engine" checked=${on} onChange=${() => choose("words", { engine: one.engine })}/>
      <span><b>${clean(one.name)}</b><small>${t(one.local ? "ear.engine.local" : "ear.engine.service")}${one.streaming ? ` · ${t("ear.engine.streaming")}` : ""}</small></span><span class=${`chip ${CHIPS[one.state] ?? ""}`}>${t(`ear.engine.${one.state}`)}</span></label>
    ${(one.why || one.fix) && one.state !== "ready" && html`<p class="ear-fix">${one.why && html`${told(one.why)} `}${one.fix && html`<b>${t("health.fix")}</b> ${told(one.fix)}`}</p>`}
    ${on && one.state !== "package" && html`<${Models} one=${one}/>`}</li>`;
}

export function Words() {
  const { engines = [], engine, language, vad } = desk.value;
  const base = String(language || "").split("-")[0];
  const offered = base && !LANGUAGES.includes(base) ? [language, ...LANGUAGES] : LANGUAGES;
  return html`<section class="card ear-recog" aria-labelledby="h-ear-words" aria-busy=${busy.value === "words"}><header><h2 id="h-ear-words">${t("ear.recogniser")}</h2>${vad && html`<span class="r">${t("ear.vad", { name: clean(vad) })}</span>`}</header>
    <div class="ear-body">${wrong.value?.at === "words" && html`<div class="notice live" role="alert"><p>${wrong.value.words}</p></div>`}<${Loading}/>
      <ul class="ear-engines"><li class=${`ear-engine ${engine ? "" : "on"}`}><label><input type="radio" name="ear-engine" checked=${!engine} onChange=${() => choose("words", { engine: "" })}/><span><b>${t("ear.engine.none")}</b><small>${t("ear.engine.none.why")}</small></span></label></li>
        ${engines.map((one) => html`<${Engine} key=${one.engine} one=${one}/>`)}</ul>
      <label class="ear-field"><span class="lname">${t("ear.language")}</span><select value=${offered.includes(language) ? language : base} onChange=${(event) => choose("words", { language: event.currentTarget.value })}><option value="">${t("ear.language.any")}</option>${offered.map((code) => html`<option key=${code} value=${code}>${of(code)}</option>`)}</select></label></div></section>`;
}
