// Signing in to platforms, inside the channel step. A code on screen may be on stream: whoever types it first signs this program
// in as themselves, so code and link stay hidden until asked for, and the page is opened by a press, not by a link one can hover.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { Icon } from "../icons.js";
import { S } from "../store.js";
import { clean, has, stopwatch, t } from "../texts.js";
import { typing, view } from "../views.js";
import { ask, desk, reread, saying } from "./desk.js";
import { Act, aloud, isOpen, Problem, Text } from "./pieces.js";

const POLL_MS = 1500;
/** A terminal or another tab may sign in meanwhile. */
const LOOK_MS = 4000;
const COPIED_MS = 4000;
const CONSOLE = { twitch: "https://dev.twitch.tv/console/apps", youtube: "https://console.cloud.google.com/apis/credentials" };

/** The answer of GET /signin; null until it came. */
export const state = signal(null);
/** Accounts whose sign-in was begun on this page: how it ended is told here once. */
const begun = signal({});

const label = (service) => t(`setup.signin.${service}`);
const who = (account) => `${account.service}/${account.role}`;

async function read() {
  const answer = await ask("GET", "signin");
  if (answer.ok && Array.isArray(answer.body?.services)) state.value = answer.body;
}

function take(account) {
  if (!account?.role || !state.peek()) return;
  const services = state.peek().services.map((each) => (each.service !== account.service ? each : { ...each, accounts: each.accounts.map((one) => (one.role === account.role ? account : one)) }));
  state.value = { ...state.peek(), services };
}

async function change(account, method, path = "", body) {
  const result = await ask(method, `signin/${who(account)}${path}`, body);
  if (result.ok) take(result.body);
  return result;
}

async function follow(account) {
  const answer = await ask("GET", `signin/${who(account)}`);
  if (!answer.ok || !answer.body?.role) return;
  take(answer.body);
  const attempt = answer.body.attempt;
  if (!attempt || attempt.state === "waiting") return;
  aloud.value = attempt.state === "done" ? t("setup.signin.done", { name: clean(answer.body.login) }) : t(`setup.signin.${attempt.state}`, { service: label(account.service) });
  read();
  reread();
}

// --- the client ------------------------------------------------------------------------------------------------------

function External({ href, children }) {
  return html`<a href=${href} target="_blank" rel="noopener noreferrer">${children}<${Icon} name="out"/></a>`;
}

/** Steps with one link in the first of them. */
function Steps({ service }) {
  const all = ["1", "2", "3"].map((n) => t(`setup.signin.${service}.step.${n}`));
  return html`<ol class="obs-steps signin-steps">${all.map((words, at) => html`<li key=${at}><span>${words}${at === 0 && html` <${External} href=${CONSOLE[service]}>${new URL(CONSOLE[service]).host}<//>`}</span></li>`)}</ol>`;
}

function Client({ one, onDone }) {
  const [id, setId] = useState(one.client_id);
  const [secret, setSecret] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const google = one.service === "youtube";
  const ready = id.trim() && (!google || secret.trim() || (one.has_secret && id.trim() === one.client_id));
  const save = async () => {
    setBusy(true);
    const result = await ask("POST", `signin/${one.service}/client`, { client_id: id.trim(), client_secret: secret.trim() });
    setBusy(false);
    setProblem(result.problem);
    if (!result.ok) return;
    typing.value = false;
    setSecret("");
    state.value = result.body;
    aloud.value = t("setup.signin.client.saved");
    onDone();
  };
  const at = /client_secret/.test(problem?.path || "") || problem?.code === "bad_key" ? "secret" : "id";
  const enter = (set) => (e) => { typing.value = true; setProblem(null); set(e.currentTarget.value); };
  const press = (e) => { if (e.key === "Enter" && !e.isComposing) { e.preventDefault(); if (ready && !busy) save(); } };
  return html`<div class="signin-client"><p>${t(`setup.signin.${one.service}.client`)}</p><${Steps} service=${one.service}/>
    <div class="form"><${Text} id=${`signin-${one.service}-id`} label=${t("setup.signin.client.id")} help=${t(`setup.signin.${one.service}.client.help`)} maxlength="200" value=${id} problem=${at === "id" ? problem : null} onInput=${enter(setId)} onKeyDown=${press}>
      ${!google && html`<${Act} cls="accent" busy=${busy} off=${!ready} words=${t("setup.signin.client.save")} working=${t("setup.saving")} onClick=${save}/>`}<//>
    ${google && html`<${Text} id="signin-youtube-secret" type="password" autocomplete="off" label=${t("setup.signin.client.secret")} help=${one.has_secret ? t("setup.signin.client.secret.kept") : ""} maxlength="200" value=${secret} problem=${at === "secret" ? problem : null} onInput=${enter(setSecret)} onKeyDown=${press}>
      <${Act} cls="accent" busy=${busy} off=${!ready} words=${t("setup.signin.client.save")} working=${t("setup.saving")} onClick=${save}/><//>`}</div></div>`;
}

// --- what it may do --------------------------------------------------------------------------------------------------

const sentence = (service, name) => { const key = `signin.allow.${service}.${name}`; return has(key) ? t(`signin.allow.${service}.${name}`) : name; };

function Choose({ one, account, onEnd }) {
  const pieces = one.pieces.filter((each) => each.roles.includes(account.role));
  const start = account.signed_in ? pieces.filter((each) => account.allowed.includes(each.name) || account.missing.includes(each.name)) : pieces.filter((each) => each.on);
  const [chosen, setChosen] = useState(start.map((each) => each.name));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const go = async () => {
    setBusy(true);
    const result = await change(account, "POST", "/begin", { allow: chosen });
    setBusy(false);
    setProblem(result.problem);
    if (!result.ok) return;
    begun.value = { ...begun.peek(), [who(account)]: true };
    onEnd();
  };
  const turn = (name) => setChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return html`<div class="signin-choose"><fieldset><legend class="label">${t("setup.signin.may")}</legend>
      ${pieces.map((each) => html`<label key=${each.name} class="signin-piece"><input type="checkbox" checked=${each.fixed || chosen.includes(each.name)} disabled=${each.fixed} onChange=${() => turn(each.name)}/><span>${sentence(one.service, each.name)}<small title=${t("setup.signin.scope")}>${each.scopes.map((scope) => scope.replace("https://www.googleapis.com/auth/", "")).join(" · ")}</small></span></label>`)}</fieldset>
    <${Problem} problem=${problem}/>
    <p class="step-row"><${Act} cls="go" busy=${busy} words=${t("setup.signin.code.get")} working=${t("setup.signin.asking")} onClick=${go}/>
      <${Act} cls="quiet" off=${busy} words=${t("setup.signin.cancel")} onClick=${onEnd}/></p></div>`;
}

// --- the code --------------------------------------------------------------------------------------------------------

function Copy({ text, words }) {
  const [copied, setCopied] = useState("");
  const copy = async () => {
    try { await navigator.clipboard.writeText(text); setCopied("yes"); aloud.value = t("setup.signin.copied"); } catch { setCopied("no"); }
    setTimeout(() => setCopied(""), COPIED_MS);
  };
  return html`<button type="button" class="btn copy" onClick=${copy}><${Icon} name=${copied === "yes" ? "check" : "copy"}/>${copied ? t(copied === "yes" ? "setup.signin.copied" : "setup.signin.copy.no") : words}</button>`;
}

function Left({ seconds }) {
  const [now, setNow] = useState(performance.now());
  const [until, setUntil] = useState(performance.now() + seconds * 1000);
  useEffect(() => { setUntil(performance.now() + seconds * 1000); setNow(performance.now()); }, [seconds]);
  useEffect(() => { const timer = setInterval(() => setNow(performance.now()), 500); return () => clearInterval(timer); }, []);
  return html`<span class="n">${t("setup.signin.left", { time: stopwatch(Math.max(0, until - now)) })}</span>`;
}

const hidden = (code) => clean(code).replace(/[^-\s]/g, "•");

function Wait({ account }) {
  const [shown, show] = useState(false);
  const [busy, setBusy] = useState(false);
  const box = useRef(null);
  const { attempt, service } = account;
  const code = clean(attempt.user_code);
  const page = new URL(attempt.link);
  useEffect(() => { box.current?.focus({ preventScroll: true }); box.current?.scrollIntoView({ block: "nearest" }); }, []);
  useEffect(() => { const timer = setInterval(() => follow(account), POLL_MS); return () => clearInterval(timer); }, [account.role, account.service]);
  const cancel = async () => { setBusy(true); await change(account, "POST", "/cancel", {}); setBusy(false); };
  const open = () => window.open(page.href, "_blank", "noopener,noreferrer");
  return html`<div class="signin-wait" tabindex="-1" ref=${box} role="group" aria-label=${t("setup.signin.waiting", { service: label(service) })}>
    <ol class="signin-two"><li><p>${t("setup.signin.open.words", { page: `${page.host.replace(/^www\./, "")}${page.pathname}` })}</p>
        <p class="step-row"><button type="button" class="btn go" onClick=${open}><${Icon} name="out"/>${t("setup.signin.open", { service: label(service) })}</button><${Copy} text=${page.href} words=${t("setup.signin.copy.link")}/></p></li>
      <li><p id=${`signin-code-${account.role}`}>${t(service === "twitch" ? "setup.signin.code.twitch" : "setup.signin.code.words")}</p>
        <p class="signin-code"><output aria-label=${t("setup.signin.code")} class=${shown ? "is-shown" : ""}>${shown ? code : html`<span aria-hidden="true">${hidden(code)}</span><span class="sr">${t("setup.signin.code.hidden")}</span>`}</output>
          <button type="button" class="btn ico" aria-pressed=${shown} aria-label=${t(shown ? "setup.signin.code.hide" : "setup.signin.code.show")} title=${t(shown ? "setup.signin.code.hide" : "setup.signin.code.show")} onClick=${() => show(!shown)}><${Icon} name="eye"/></button>
          <${Copy} text=${code} words=${t("setup.signin.copy")}/></p></li></ol>
    <p class="help signin-warn">${t("setup.signin.warn", { service: label(service) })}</p>
    ${attempt.words && html`<div class="notice held"><p>${saying(attempt.words)}</p></div>`}
    <p class="step-row signin-foot"><span class="spin" aria-hidden="true"></span><span>${t("setup.signin.waiting", { service: label(service) })}</span><${Left} seconds=${attempt.left_s}/><${Act} cls="quiet" busy=${busy} words=${t("setup.signin.cancel")} onClick=${cancel}/></p></div>`;
}

function Ended({ account, again }) {
  const { attempt, service } = account;
  if (attempt.state === "done") {
    return html`<div class="notice ready signin-end"><p><b>${t("setup.signin.done", { name: clean(account.login) || "?" })}</b></p><p>${t("setup.signin.done.words")}</p></div>`;
  }
  const words = attempt.words ? saying(attempt.words) : t(`setup.signin.${attempt.state}.words`, { service: label(service) });
  return html`<div class="notice live signin-end" role="alert"><p><b>${t(`setup.signin.${attempt.state}`, { service: label(service) })}</b></p><p>${words}</p><p><button type="button" class="link" onClick=${again}>${t("setup.signin.again")}</button></p></div>`;
}

// --- one account -----------------------------------------------------------------------------------------------------

function Out({ account, onEnd }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const out = async () => {
    setBusy(true);
    const result = await change(account, "DELETE");
    setBusy(false);
    setProblem(result.problem);
    if (!result.ok) return;
    aloud.value = t("setup.signin.out.done", { name: clean(account.login) });
    begun.value = { ...begun.peek(), [who(account)]: false };
    onEnd();
    read();
    reread();
  };
  return html`<div class="signin-sure" role="group" aria-label=${t("setup.signin.out.sure", { name: clean(account.login) })}><p>${t("setup.signin.out.sure", { name: clean(account.login) })}</p>
    <p class="step-row"><${Act} busy=${busy} words=${t("setup.signin.out.yes")} onClick=${out}/><${Act} cls="quiet" off=${busy} words=${t("setup.signin.out.no")} onClick=${onEnd}/></p><${Problem} problem=${problem}/></div>`;
}

const CHIPS = { ok: "ready", degraded: "held", broken: "live" };

function Account({ one, account }) {
  const [choosing, choose] = useState(false);
  const [leaving, leave] = useState(false);
  const attempt = account.attempt;
  const waits = attempt?.state === "waiting";
  const told = attempt && !waits && !choosing && !leaving && begun.value[who(account)];
  const name = clean(account.login);
  const trouble = account.signed_in && account.health !== "ok" && !account.missing.length ? account.words : null;
  const chip = !account.signed_in ? t("setup.signin.none") : t(`setup.signin.health.${account.health}`);
  const title = t(`setup.signin.${one.service}.${account.role}`);
  return html`<section class="signin-account" aria-label=${title}>
    <header><div class="signin-who"><h5>${title}</h5><p>${account.signed_in ? html`<b>${name || "…"}</b>` : t(`setup.signin.${one.service}.${account.role}.words`)}</p></div>
      <span class=${`chip ${account.signed_in ? CHIPS[account.health] || "" : ""}`}>${chip}</span>
      ${!waits && !choosing && !leaving && html`<span class="signin-acts"><${Act} cls=${account.signed_in && !account.missing.length && account.health === "ok" ? "quiet" : "accent"} aria-label=${`${t(account.signed_in ? "setup.signin.again" : "setup.signin.in")}: ${title}`} words=${t(account.signed_in ? "setup.signin.again" : "setup.signin.in")} onClick=${() => choose(true)}/>${account.signed_in && html`<button type="button" class="btn quiet" aria-label=${t("setup.signin.out.one", { name })} onClick=${() => leave(true)}>${t("setup.signin.out")}</button>`}</span>`}</header>
    ${leaving && html`<${Out} account=${account} onEnd=${() => leave(false)}/>`}
    ${trouble && html`<div class="notice held"><p>${saying(trouble)}</p></div>`}
    ${account.other && html`<div class="notice held"><p>${t("setup.signin.other", { name, channel: clean(desk.value?.channel?.name) })}</p></div>`}
    ${account.missing.length > 0 && !waits && !choosing && !leaving && html`<div class="notice held"><p>${t("setup.signin.missing")}</p><ul class="signin-list">${account.missing.map((each) => html`<li key=${each}>${sentence(one.service, each)}</li>`)}</ul></div>`}
    ${told && html`<${Ended} account=${account} again=${() => choose(true)}/>`}
    ${choosing && !waits && html`<${Choose} one=${one} account=${account} onEnd=${() => choose(false)}/>`}
    ${waits && html`<${Wait} account=${account}/>`}</section>`;
}

function Service({ one }) {
  const [editing, edit] = useState(false);
  if (!one.ready || editing) return html`<${Client} key="client" one=${one} onDone=${() => edit(false)}/>${one.ready && html`<p><button type="button" class="link" onClick=${() => edit(false)}>${t("setup.signin.cancel")}</button></p>`}`;
  return html`${one.accounts.map((each) => html`<${Account} key=${each.role} one=${one} account=${each}/>`)}
    <p class="help signin-kept"><span>${t(state.value.keyring ? "setup.signin.kept.keyring" : "setup.signin.kept.file")}</span><button type="button" class="link" onClick=${() => edit(true)}>${t("setup.signin.client.change")}</button></p>`;
}

/** Shown once the show has told what it knows; a show without sign-in shows nothing. */
export function SignIn() {
  const n = S.setup.value.n;
  const [more, setMore] = useState(false);
  useEffect(() => { read(); }, [n]);
  useEffect(() => { const timer = setInterval(() => { if (!document.hidden && isOpen("channel") && view.peek() === "setup") read(); }, LOOK_MS); return () => clearInterval(timer); }, []);
  const twitch = state.value?.services.find((each) => each.service === "twitch");
  const youtube = state.value?.services.find((each) => each.service === "youtube");
  if (!twitch) return null;
  const opened = more || Boolean(youtube?.accounts.some((each) => each.signed_in || each.attempt?.state === "waiting"));
  return html`<section class="signin" aria-labelledby="signin-h"><h4 id="signin-h">${t("setup.signin.title")}</h4><p class="signin-lead">${t("setup.signin.lead")}</p>
      <${Service} one=${twitch}/></section>
    ${youtube && html`<section class="signin" aria-labelledby="signin-yt"><h4 id="signin-yt"><button type="button" class="signin-more" aria-expanded=${opened} onClick=${() => setMore(!opened)}><span class="signin-tri" aria-hidden="true"></span>${t("setup.signin.youtube.title")}<span class="chip">${t("setup.signin.advanced")}</span></button></h4>
      ${opened && html`<p class="signin-lead">${t("setup.signin.youtube.lead")}</p><${Service} one=${youtube}/>`}</section>`}`;
}
