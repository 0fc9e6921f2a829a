// "Last night, again": a chat log goes in, the rehearsal of that evening comes out.
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { Icon } from "../icons.js";
import { clean, has, lang, notice, number, t, table } from "../texts.js";
import { busy, fileOf, jobs, refresh, remove, reportOf, rest, send, sending, trouble } from "./jobs.js";
import { showReport } from "./report.js";

const overlays = () => document.querySelector('meta[name="showrunner-overlays"]')?.content || "";

async function loadRig() {
  const base = overlays();
  if (!base.startsWith("/")) return null;
  try {
    const [{ makeRig }, { mouthAt, cueAt, gesturesIn }] = await Promise.all([import(`${base}lib/avatar.js`), import(`${base}lib/playhead.js`)]);
    return { makeRig, mouthAt, cueAt, gesturesIn };
  } catch {
    return null; // the words and the voices are worth having without faces
  }
}

function Drop({ onSent }) {
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const take = async (files) => {
    const [file, second] = files;
    if (second) { trouble.value = { key: "night.one" }; return; }
    if (!file || sending.peek()) return;
    const id = await send(file);
    if (id) onSent(id);
  };
  const drop = (event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files); };
  const now = sending.value;
  return html`<div class=${`night-drop ${over ? "over" : ""}`} onDragOver=${(event) => { event.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <span class="night-drop__sign" aria-hidden="true"><${Icon} name="out"/></span>
    ${now
      ? html`<p class="night-drop__big" role="status">${t("night.sending", { name: clean(now.name) })}</p><div class="prog night-drop__prog"><i style=${{ transform: `scaleX(${now.share})` }}></i></div>`
      : html`<p class="night-drop__big">${over ? t("night.drop.now") : t("night.drop")}</p>
        <p class="night-drop__or"><span class="dim">${t("night.drop.or")}</span> <button type="button" class="btn go" onClick=${() => input.current.click()}>${t("night.choose")}</button></p>`}
    <p class="help">${t("night.kinds")}</p>
    <input ref=${input} class="sr" type="file" tabindex="-1" aria-label=${t("night.choose")} accept=".log,.txt,.json,.jsonl,.ndjson,text/plain,application/json" onChange=${(event) => { take([...event.currentTarget.files]); event.currentTarget.value = ""; }}/>
  </div>`;
}

function Trouble() {
  const wrong = trouble.value;
  if (!wrong) return null;
  const code = has(`night.problem.${wrong.code}`) ? t(`night.problem.${wrong.code}`) : clean(wrong.detail || "");
  return html`<div class="notice live" role="alert"><p><b>${t(wrong.key, { ...wrong.params, name: clean(wrong.params?.name) })}</b></p>${code && html`<p>${code}</p>`}
    ${wrong.key === "night.failed" && html`<p class="dim">${t("night.failed.kept")}</p>`}</div>`;
}

// Notices of the parts are written to stand after a label.
function sentence(words) {
  const whole = words.charAt(0).toLocaleUpperCase() + words.slice(1);
  return !whole || /[.!?…。！？]$/.test(whole) ? whole : `${whole}${lang.value === "ja" ? "。" : "."}`;
}

function Job({ job, onOpen }) {
  const name = clean(job.name);
  const told = job.notice ? sentence(notice(job.notice.code, job.notice.params || {})) : "";
  const fix = job.notice?.fix ? sentence(has(job.notice.fix) ? t(job.notice.fix, job.notice.params) : clean(job.notice.fix)) : "";
  const sum = job.summary;
  return html`<li class=${`card night-job ${job.state}`}>
    <div class="night-job__row"><bdi class="night-job__name">${name}</bdi>
      <span class=${`chip ${job.state === "done" ? "ready" : job.state === "failed" ? "block" : "pick"}`}>${t(`night.state.${job.state}`)}</span>
      ${job.state === "done" && sum && html`<span class="dim">${t("night.summary", { messages: number(sum.messages), answered: number(sum.answered) })}</span>`}
      <span class="night-job__acts">
        ${job.state === "done" && html`<button type="button" class="btn accent" aria-label=${t("night.open.of", { name })} onClick=${() => onOpen(job.id)}>${t("night.open")}</button>`}
        <button type="button" class="btn quiet" aria-label=${t(busy(job) ? "night.cancel.of" : "night.remove.of", { name })} onClick=${() => remove(job.id)}>${t(busy(job) ? "night.cancel" : "night.remove")}</button></span></div>
    ${busy(job) && html`<div class="prog" role="progressbar" aria-label=${t(`night.state.${job.state}`)} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(job.progress * 100)}><i style=${{ transform: `scaleX(${job.progress})` }}></i></div>`}
    ${job.state === "failed" && html`<div class="notice live"><p>${told || t("night.failed", { name })}</p>${fix && html`<p class="fix">${fix}</p>`}<p class="dim">${t("night.failed.kept")}</p></div>`}
  </li>`;
}

function Home({ onOpen, onSent }) {
  const all = jobs.value;
  return html`<div class="night-home"><p class="night-intro">${t("night.intro")}</p>
    <${Drop} onSent=${onSent}/><${Trouble}/>
    ${all && all.length > 0 && html`<section aria-labelledby="h-earlier"><h3 class="night-h3" id="h-earlier">${t("night.earlier")}</h3>
      <ul class="night-jobs">${all.map((job) => html`<${Job} key=${job.id} job=${job} onOpen=${onOpen}/>`)}</ul></section>`}
    <p class="sr" role="status">${(all || []).filter(busy).map((job) => t(`night.state.${job.state}`)).join(" ")}</p></div>`;
}

function Report({ id, shown, onBack }) {
  const box = useRef(null);
  const report = useRef(null);
  const [state, setState] = useState("loading");
  const [anonymous, setAnonymous] = useState(false);
  const language = lang.value;
  useEffect(() => {
    let open = null;
    let gone = false;
    (async () => {
      const [answer, rig] = await Promise.all([reportOf(id), loadRig()]);
      if (gone) return;
      if (!answer.ok || !answer.body) { setState("failed"); return; }
      setState("shown");
      open = report.current = showReport(box.current, answer.body, { strings: table.peek(), lang: language, rig });
    })();
    return () => { gone = true; open?.close(); };
  }, [id, language]);
  useEffect(() => { if (!shown) report.current?.hush(); }, [shown]);
  return html`<div class="night-report">
    <div class="night-bar"><button type="button" class="btn" onClick=${onBack}><span aria-hidden="true">←</span> ${t("night.back")}</button>
      <span class="night-bar__end"><label class="night-anon"><input type="checkbox" checked=${anonymous} onChange=${(event) => setAnonymous(event.currentTarget.checked)}/> ${t("night.anonymous")}</label>
      <a class="btn accent" href=${fileOf(id, anonymous)} download title=${t("night.download.why")}>${t("night.download")}</a></span></div>
    ${state === "loading" && html`<p class="empty" role="status">${t("night.loading")}</p>`}
    ${state === "failed" && html`<div class="notice live" role="alert"><p>${t("night.offline")}</p></div>`}
    <div ref=${box}></div></div>`;
}

/** `shown`: the view is the one on screen. */
export function Night({ shown }) {
  const [open, setOpen] = useState("");
  const [wanted, setWanted] = useState("");
  useEffect(() => { if (shown) refresh(); return rest; }, [shown]);
  const done = (jobs.value || []).some((job) => job.id === wanted && job.state === "done");
  useEffect(() => { if (done) { setOpen(wanted); setWanted(""); } }, [done]); // the one just dropped opens by itself
  return html`<div class="night"><h2 class=${open ? "sr" : "night-title"} tabindex="-1" data-heading>${t("night.title")}</h2>
    ${open ? html`<${Report} key=${open} id=${open} shown=${shown} onBack=${() => setOpen("")}/>` : html`<${Home} onOpen=${setOpen} onSent=${setWanted}/>`}</div>`;
}
