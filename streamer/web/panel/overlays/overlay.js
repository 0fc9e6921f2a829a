// One overlay of the gallery.
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { ask } from "./asking.js";
import { Icon } from "../icons.js";
import { masked } from "../parts/links.js";
import { live } from "../store.js";
import { clean, has, t } from "../texts.js";
import { Params, styleOf, Styles, told } from "./params.js";
import { Preview } from "./preview.js";

const TOLD_MS = 4000;

/** Copies; where there is no clipboard the field is selected instead. Gives [state, press]: "" | yes | select. */
function useCopy(text, field, before = () => {}) {
  const [copied, setCopied] = useState("");
  useEffect(() => { if (copied === "select" && field.current) { field.current.focus(); field.current.select(); } }, [copied]);
  const press = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      before();
      setCopied("select");
    }
    setTimeout(() => setCopied(""), TOLD_MS);
  };
  return [copied, press];
}

// Masked by default: people set up while their screen is on stream. The secret is not in the page until it is asked for.
function Link({ name, url }) {
  const [shown, show] = useState(false);
  const field = useRef(null);
  const [copied, copy] = useCopy(url, field, () => show(true));
  const eye = t(shown ? "overlays.hide" : "overlays.show", { name });
  return html`<div class="lrow"><input class="field url" readonly ref=${field} aria-label=${t("overlays.link", { name })} value=${shown ? url : url ? masked(url) : ""} onFocus=${(event) => shown && event.currentTarget.select()}/>
    <button type="button" class="btn ico" disabled=${!url} aria-label=${eye} title=${eye} aria-pressed=${shown} onClick=${() => show(!shown)}><${Icon} name="eye"/></button>
    <button type="button" class="btn accent copyb" disabled=${!url} aria-label=${t("overlays.copy.of", { name })} onClick=${copy}><${Icon} name=${copied === "yes" ? "check" : "copy"}/>${copied ? t(`overlays.copied.${copied}`) : t("overlays.copy")}</button></div>`;
}

function Css({ name, css }) {
  const field = useRef(null);
  const [copied, copy] = useCopy(css, field);
  return html`<div class="cssbox"><textarea class="field" readonly rows="4" ref=${field} aria-label=${t("overlays.css", { name })} placeholder=${t("overlays.css.empty")} value=${css}></textarea>
    <div><p class="help">${t("overlays.css.how")}</p><button type="button" class="btn" disabled=${!css} aria-label=${t("overlays.css.copy", { name })} onClick=${copy}><${Icon} name=${copied === "yes" ? "check" : "copy"}/>${copied ? t(`overlays.copied.${copied}`) : t("overlays.css.copy.short")}</button></div></div>`;
}

/** Puts it into the scene on air. `why`: the reason when that is not possible. */
function Put({ about, name, values, css, why }) {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState(null);
  const off = Boolean(why) || !live.value || busy;
  const put = async () => {
    setBusy(true);
    setResult(null);
    const answer = await ask("obs/source", { overlay: about.kind, params: told(about.params, values) });
    setBusy(false);
    const params = { source: clean(answer.body?.source), scene: clean(answer.body?.scene) };
    if (answer.ok) setResult({ good: true, words: t(answer.body?.outcome === "already" ? "overlays.put.already" : "overlays.put.done", params) });
    else setResult({ good: false, words: has(`overlays.problem.${answer.code}`) ? t(`overlays.problem.${answer.code}`) : clean(answer.detail) || t("overlays.problem.unknown", { code: answer.code }) });
  };
  return html`<div class="putrow"><button type="button" class="btn" aria-disabled=${off} aria-describedby=${why ? "obs-away" : undefined} title=${why ? t(why) : t("overlays.put.why")} aria-label=${t("overlays.put.of", { name })} onClick=${() => off || put()}>${busy && html`<span class="spin" aria-hidden="true"></span>`}<${Icon} name="out"/>${t("overlays.put")}</button>
    <p class=${`put-told ${result ? (result.good ? "good" : "bad") : ""}`} role="status">${result ? html`${result.words}${result.good && css ? ` ${t("overlays.put.css")}` : ""}` : t("overlays.size", { width: about.width || 1920, height: about.height || 1080 })}</p></div>`;
}

function addressed(url, params) {
  if (!url) return "";
  const address = new URL(url);
  for (const [name, value] of Object.entries(params)) address.searchParams.set(name, value);
  return address.href;
}

export function Overlay({ about, url, ground, shown, why }) {
  const [values, setValues] = useState({});
  const [styles, setStyles] = useState({});
  const params = told(about.params, values);
  const css = styleOf(about.styles, styles);
  const name = !about.own && has(`overlays.kind.${about.kind}`) ? t(`overlays.kind.${about.kind}`) : clean(about.title) || clean(about.kind);
  const words = has(`overlays.what.${about.kind}`) && !about.own ? t(`overlays.what.${about.kind}`) : clean(about.words);
  const search = new URLSearchParams(Object.entries(params).filter(([each]) => each !== "sound")).toString();
  const id = `h-ov-${about.kind}`;
  return html`<li class="card ov" aria-labelledby=${id}><${Preview} about=${about} search=${search} css=${css} name=${name} ground=${ground} shown=${shown}/>
    <div class="ov-head"><h3 id=${id}>${name}</h3>${about.sound && html`<span class="chip ready">${t("overlays.voices")}</span>`}${about.own && html`<span class="chip">${t("overlays.own")}</span>`}</div>
    ${words && html`<p class="ov-words">${words}</p>`}${about.trouble && html`<p class="notice held">${t("overlays.trouble", { why: clean(about.trouble) })}</p>`}
    <${Link} name=${name} url=${addressed(url, params)}/>
    <${Put} about=${about} name=${name} values=${values} css=${css} why=${why}/>
    ${about.params?.length > 0 && html`<details><summary>${t("overlays.params")}${Object.keys(params).length > 0 && html` <span class="count n">${Object.keys(params).length}</span>`}<span class="sr"> (${name})</span></summary><${Params} about=${about} values=${values} set=${(key, value) => setValues({ ...values, [key]: value })}/></details>`}
    ${about.styles?.length > 0 && html`<details><summary>${t("overlays.styles")}${css && html` <span class="count n">${css.split("\n").length - 2}</span>`}<span class="sr"> (${name})</span></summary><${Styles} about=${about} values=${styles} set=${(key, value) => setStyles({ ...styles, [key]: value })}/><${Css} name=${name} css=${css}/></details>`}</li>`;
}
