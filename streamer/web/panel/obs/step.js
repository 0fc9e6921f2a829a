// "Put it into OBS for me": connect, see what would be done, let it be done, take it back.
import { html, signal, useEffect, useState } from "../vendor/preact.js";
import { ask, mark, saying, stepState } from "../setup/desk.js";
import { Act, aloud, Problem, Text } from "../setup/pieces.js";
import { S } from "../store.js";
import { clean, t } from "../texts.js";

const ADDRESS = "ws://127.0.0.1:4455";
const LAYOUTS = ["stage", "avatars"];
/** The answer of GET /obs; null until it came. */
const known = signal(null);

async function read() {
  const answer = await ask("GET", "obs");
  if (answer.ok && answer.body && typeof answer.body.state === "string") known.value = answer.body;
  return answer;
}

function Steps({ title, items, cls = "" }) {
  if (!items?.length) return null;
  return html`<div class=${`plan ${cls}`}><h5>${title}</h5><ul>${items.map((one, at) => html`<li key=${at}>${saying(one.words || one)}${one.trouble && html` <span class="plan-trouble">${clean(one.trouble)}</span>`}</li>`)}</ul></div>`;
}

const Parts = ({ of, title, cls }) => html`<${Steps} title=${title} items=${of.steps} cls=${cls}/><${Steps} title=${t("put.plan.leave")} items=${of.leave} cls="leave"/><${Steps} title=${t("put.plan.cannot")} items=${of.cannot} cls="cannot"/>`;

function Connect({ again }) {
  const now = known.value;
  const [url, setUrl] = useState(now?.url || ADDRESS);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const connect = async () => {
    setBusy(true);
    setProblem(null);
    const answer = await ask("POST", "obs/connect", { url: url.trim(), password: password || (now?.has_password ? null : "") });
    setBusy(false);
    if (!answer.ok) { setProblem(answer.problem); return; }
    known.value = answer.body;
    setPassword("");
    if (answer.body.state === "ready") { aloud.value = t("put.connected.aloud"); again(); } else setProblem({ code: `put.state.${answer.body.state}` });
  };
  const enter = (event) => { if (event.key === "Enter" && !event.isComposing && !busy) connect(); };
  return html`<div class="form obs-form"><${Text} id="obs-url" label=${t("put.url")} value=${url} wide=${false} onInput=${(event) => setUrl(event.currentTarget.value)} onKeyDown=${enter}/>
    <${Text} id="obs-password" label=${t("put.password")} type="password" wide=${false} placeholder=${now?.has_password ? t("put.password.kept") : ""} value=${password} onInput=${(event) => setPassword(event.currentTarget.value)} onKeyDown=${enter}/>
    <p class="help obs-where">${t("put.where")}</p><${Problem} problem=${problem}/>
    <p><${Act} busy=${busy} cls="accent" words=${t("put.connect")} working=${t("put.connecting")} onClick=${connect}/></p></div>`;
}

function Back({ onDone }) {
  const [dry, setDry] = useState(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  if (!known.value.can_undo) return null;
  const undo = async (only) => {
    setBusy(true);
    setProblem(null);
    const answer = await ask("POST", "obs/undo", { dry: only });
    setBusy(false);
    if (!answer.ok) { setProblem(answer.problem); return; }
    if (only) { setDry(answer.body); return; }
    setDry(null);
    aloud.value = t("put.undone");
    onDone(answer.body);
    read();
  };
  if (!dry) return html`<p><${Act} busy=${busy} cls="quiet" words=${t("put.undo")} onClick=${() => undo(true)}/></p><${Problem} problem=${problem}/>`;
  return html`<div class="notice held planned"><${Parts} of=${dry} title=${t("put.undo.would")}/>${!dry.steps.length && html`<p>${t("put.undo.nothing")}</p>`}<${Problem} problem=${problem}/>
    <p class="plan-acts">${dry.steps.length > 0 && html`<${Act} busy=${busy} words=${t("put.undo.yes")} onClick=${() => undo(false)}/>`}<button type="button" class="btn quiet" onClick=${() => setDry(null)}>${t("put.keep")}</button></p></div>`;
}

function Done({ done, undone }) {
  const good = undone || !done.left;
  const title = undone ? t("put.undone") : done.left ? t("put.done.part") : done.steps.length ? t("put.done") : t("put.plan.nothing");
  return html`<div class=${`notice ${good ? "ready" : "held"} planned`} role="status"><p><b>${title}</b></p><${Parts} of=${done} title=${t(undone ? "put.undo.did" : "put.done.did")} cls="did"/></div>`;
}

function Layout({ layout, set }) {
  return html`<fieldset class="obs-layout"><legend>${t("put.layout")}</legend><span class="seg3">${LAYOUTS.map((one) => html`<label key=${one}><input type="radio" name="obs-layout" value=${one} checked=${layout === one} onChange=${() => set(one)}/><span>${t(`put.layout.${one}`)}</span></label>`)}</span></fieldset>`;
}

function Plan() {
  const [layout, setLayout] = useState("stage");
  const [plan, setPlan] = useState(null);
  const [done, setDone] = useState(null);
  const [undone, setUndone] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const look = async (chosen = layout) => {
    setBusy(true);
    setProblem(null);
    const answer = await ask("POST", "obs/plan", { layout: chosen });
    setBusy(false);
    setPlan(answer.ok ? answer.body : null);
    setProblem(answer.problem);
    setDone(null);
  };
  const apply = async () => {
    setBusy(true);
    setProblem(null);
    const answer = await ask("POST", "obs/apply", { layout, seen: plan.seen });
    setBusy(false);
    if (!answer.ok) {
      if (answer.problem.code === "obs_changed") await look();
      setProblem(answer.problem);
      return;
    }
    setPlan(null);
    setUndone(false);
    setDone(answer.body);
    aloud.value = t(answer.body.left ? "put.done.part" : "put.done");
    if (!answer.body.left && stepState("overlay") !== "done") mark("overlay", "done");
    read();
  };
  const choose = (one) => { setLayout(one); if (plan) look(one); };
  return html`<${Layout} layout=${layout} set=${choose}/>
    ${!plan && html`<p><${Act} busy=${busy} cls="accent" words=${t(done ? "put.plan.again" : "put.plan")} working=${t("put.planning")} onClick=${() => look()}/></p>`}
    <${Problem} problem=${problem}/>
    ${plan && html`<div class="notice planned"><${Parts} of=${plan} title=${t("put.plan.would")}/>${!plan.steps.length && html`<p><b>${t("put.plan.nothing")}</b></p>`}
      <p class="plan-acts">${plan.steps.length > 0 && html`<${Act} busy=${busy} cls="go" words=${t("put.apply")} working=${t("put.applying")} onClick=${apply}/>`}<button type="button" class="btn quiet" onClick=${() => setPlan(null)}>${t("put.keep")}</button></p></div>`}
    ${done && html`<${Done} done=${done} undone=${undone}/>`}
    <${Back} onDone=${(body) => { setUndone(true); setDone(body); }}/>`;
}

function Connected({ change }) {
  const now = known.value;
  const words = t(now.collection ? "put.connected.in" : "put.connected", { version: clean(now.version), collection: clean(now.collection), scene: clean(now.scene) });
  return html`<p class="obs-state"><span class="dot" aria-hidden="true"></span><b>${words}</b> <button type="button" class="link" onClick=${change}>${t("put.change")}</button></p>
    ${now.browser ? html`<${Plan}/>` : html`<div class="notice held"><p><b>${t("put.browser")}</b></p><p>${t("put.browser.fix")}</p></div>`}`;
}

/** What stands in the step of the overlay link. */
export function PutIntoObs() {
  const [lost, setLost] = useState(null);
  const [changing, change] = useState(false);
  const told = S.obs.value?.state || "";
  useEffect(() => { read().then((answer) => setLost(answer.ok ? null : answer.problem)); }, [told]);
  const now = known.value;
  if (!now) return lost && lost.code !== "status_404" && lost.code !== "not_found" ? html`<${Problem} problem=${lost}><p><button type="button" class="link" onClick=${() => read().then((answer) => setLost(answer.ok ? null : answer.problem))}>${t("setup.again")}</button></p><//>` : null;
  const ready = now.state === "ready" && !changing;
  return html`<section class="obs-put" aria-labelledby="h-obs-put"><h4 id="h-obs-put">${t("put.title")}</h4><p class="obs-words">${t("put.words")}</p>
    ${ready ? html`<${Connected} change=${() => change(true)}/>` : html`${now.configured && now.state !== "ready" && html`<p class="obs-state wait"><span class="dot off" aria-hidden="true"></span>${t(`put.state.${now.state}`)}</p>`}<${Connect} again=${() => change(false)}/>`}</section>`;
}
