// Step: the brain, the model that finds the words.
import { html, useRef, useState } from "../vendor/preact.js";
import { clean, lang, latency, number, t } from "../texts.js";
import { typing } from "../views.js";
import { ask, change, desk, saying } from "./desk.js";
import { Act, aloud, Problem, Saved, Step, Text } from "./pieces.js";

const GB = 1e9;
const gigabytes = (bytes) => { const n = bytes / GB; return t("setup.gb", { n: number(n < 10 ? Math.round(n * 10) / 10 : Math.round(n)) }); };
const provider = (profile) => desk.value.brain.providers.find((each) => each.profile === profile);
/** What a brain is called. */
export const brainName = ({ profile, model } = {}) => [provider(profile)?.label || clean(profile), clean(model)].filter(Boolean).join(" · ");

export function dollars(usd) {
  const digits = usd >= 0.01 ? 2 : Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(usd || 1))));
  return new Intl.NumberFormat(lang.value, { style: "currency", currency: "USD", maximumFractionDigits: digits, minimumFractionDigits: 2 }).format(usd);
}

function need(model) {
  const free = desk.value.brain.memory_bytes;
  if (!model.need_bytes) return "";
  return free ? t("setup.brain.need", { need: gigabytes(model.need_bytes), free: gigabytes(free) }) : t("setup.brain.need.only", { need: gigabytes(model.need_bytes) });
}

function Found({ pick, chosen }) {
  const [looking, look] = useState(false);
  const [problem, setProblem] = useState(null);
  const again = async () => {
    look(true);
    const result = await ask("GET", "setup/brain/found");
    look(false);
    setProblem(result.problem);
    const found = Array.isArray(result.body) ? result.body : result.body?.found || result.body?.brain?.found;
    if (found) {
      desk.value = { ...desk.peek(), brain: { ...desk.peek().brain, found } };
      aloud.value = t("setup.brain.looked", { n: number(found.reduce((sum, each) => sum + each.models.length, 0)) });
    }
  };
  const all = desk.value.brain.found.filter((server) => server.models.length);
  const is = (server, model) => chosen.base_url === server.base_url && chosen.profile === server.profile && chosen.model === model.name;
  return html`<div class="found">${all.map((server) => html`<fieldset key=${server.profile} class="choices"><legend class="label">${t("setup.brain.found.on", { name: provider(server.profile)?.label || server.profile })}</legend>
      ${server.models.map((model) => html`<label key=${model.name} class=${`choice ${is(server, model) ? "on" : ""}`}><input type="radio" name="brain-found" checked=${is(server, model)} onChange=${() => pick({ profile: server.profile, base_url: server.base_url, model: model.name, key: "" })}/>
        <span class="choice-words"><b>${clean(model.name)}</b>${model.parameters && html` <small>${clean(model.parameters)}</small>`}<small class="n">${need(model)}</small></span>
        ${model.fits === true && html`<span class="chip ready">${t("setup.brain.fits")}</span>`}${model.fits === false && html`<span class="chip held">${t("setup.brain.tight")}</span>`}</label>`)}</fieldset>`)}
    ${!all.length && html`<div class="notice"><p><b>${t("setup.brain.none_found")}</b></p><p>${t("setup.brain.none_found.words")}</p></div>`}
    <p><${Act} busy=${looking} words=${t("setup.brain.look")} working=${t("setup.brain.looking")} onClick=${again}/></p><${Problem} problem=${problem}/></div>`;
}

function KeyField({ draft, set, problem }) {
  const now = desk.value.brain;
  const kept = now.has_key && now.profile === draft.profile;
  const page = provider(draft.profile)?.key_page;
  const help = kept ? t("setup.brain.key.kept") : now.keyring ? t("setup.brain.key.keyring") : t("setup.brain.key.run", { variable: "SHOWRUNNER_LLM__API_KEY" });
  return html`<div><${Text} id="brain-key" label=${t("setup.brain.key")} type="password" autocomplete="off" maxlength="500" value=${draft.key} placeholder=${kept ? "••••••••" : ""} help=${help} problem=${problem} onInput=${(e) => set({ key: e.currentTarget.value })}/>
    ${page && !kept && html`<p class="help"><a href=${page} target="_blank" rel="noopener noreferrer">${t("setup.brain.key.page", { name: provider(draft.profile).label })}</a></p>`}</div>`;
}

const ABOUT = [[/key|llm\.refused/, "key"], [/no_model|model_/, "model"], [/address|unreachable|no_server/, "base_url"]];

/** Which field a problem belongs to: what the request's path names, else what its code is known to be about. */
export function fieldOf(problem) {
  if (!problem) return "";
  const named = /key|model|base_url|url/.exec(problem.path || "");
  return named ? named[0] : ABOUT.find(([codes]) => codes.test(problem.code || ""))?.[1] || "";
}

function Service({ draft, set, problem }) {
  const all = desk.value.brain.providers;
  const one = provider(draft.profile);
  const at = fieldOf(problem);
  const groups = [["online", all.filter((each) => !each.local)], ["local", all.filter((each) => each.local)]].filter(([, list]) => list.length);
  return html`<div class="form-grid"><div class="entry"><label class="label" for="brain-profile">${t("setup.brain.provider")}</label>
      <select id="brain-profile" value=${draft.profile} onChange=${(e) => set({ profile: e.currentTarget.value, model: provider(e.currentTarget.value)?.models[0] || "", base_url: "", key: "" })}>
        ${groups.map(([group, list]) => html`<optgroup key=${group} label=${t(`setup.brain.group.${group}`)}>${list.map((each) => html`<option key=${each.profile} value=${each.profile}>${each.label}</option>`)}</optgroup>`)}</select></div>
    <div class="entry"><${Text} id="brain-model" label=${t("setup.brain.model")} maxlength="200" value=${draft.model} problem=${at === "model" ? problem : null} onInput=${(e) => set({ model: e.currentTarget.value })}/>
      ${one?.models.length > 0 && html`<ul class="picks" aria-label=${t("setup.brain.suggestions")}>${one.models.slice(0, 5).map((name) => html`<li key=${name}><button type="button" class="pick" aria-pressed=${name === draft.model} onClick=${() => set({ model: name })}>${clean(name)}</button></li>`)}</ul>`}</div>
    ${(one?.needs_key || !one?.local) && html`<${KeyField} draft=${draft} set=${set} problem=${at === "key" ? problem : null}/>`}
    <${Text} id="brain-url" label=${t(one?.local ? "setup.brain.address" : "setup.brain.address.other")} help=${t("setup.brain.address.help")} maxlength="300" inputmode="url" value=${draft.base_url} problem=${at.endsWith("url") ? problem : null} onInput=${(e) => set({ base_url: e.currentTarget.value })}/></div>`;
}

function cost(told, local) {
  if (local) return t("setup.brain.cost.local");
  if (told.cost_usd === null || told.cost_usd === undefined) return t("setup.brain.cost.unknown");
  return told.cost_usd === 0 ? t("setup.brain.cost.free") : t("setup.brain.cost", { usd: dollars(told.cost_usd) });
}

function Answer({ told, local }) {
  const facts = [told.first_token_ms != null && t("setup.brain.first", { span: latency(told.first_token_ms) }), told.total_ms != null && t("setup.brain.total", { span: latency(told.total_ms) }), cost(told, local)].filter(Boolean);
  const slow = told.first_token_ms > 2500;
  return html`<div class="notice ready answered"><p><q dir="auto">${clean(told.text).slice(0, 600)}</q></p><p class="facts n">${facts.map((fact) => html`<span key=${fact}>${fact}</span>`)}</p>${slow && html`<p class="fix">${t("setup.brain.slow")}</p>`}</div>`;
}

function start() {
  const { brain } = desk.peek();
  const found = brain.found.find((server) => server.models.length);
  const model = found?.models.find((each) => each.fits !== false) || found?.models[0];
  const online = brain.providers.find((each) => !each.local) || brain.providers[0] || { profile: "", models: [] };
  const service = brain.scripted || !brain.profile ? { profile: online.profile, model: online.models[0] || "", base_url: "", key: "" } : { profile: brain.profile, model: brain.model, base_url: brain.base_url || "", key: "" };
  const here = brain.found.some((server) => server.profile === brain.profile && server.models.some((each) => each.name === brain.model));
  const local = here && !brain.scripted ? { profile: brain.profile, model: brain.model, base_url: brain.base_url, key: "" } : found ? { profile: found.profile, base_url: found.base_url, model: model.name, key: "" } : { profile: "", base_url: "", model: "", key: "" };
  return { kind: brain.scripted ? (found ? "found" : "service") : here ? "found" : "service", local, service };
}

const present = () => (desk.value.brain.scripted ? t("setup.brain.still.scripted") : t("setup.brain.still", { name: brainName(desk.value.brain) }));

function Form() {
  const first = useRef(null);
  first.current ||= start();
  const [kind, setKind] = useState(first.current.kind);
  const [local, setLocal] = useState(first.current.local);
  const [service, setService] = useState(first.current.service);
  const [question, setQuestion] = useState(t("setup.brain.question.first"));
  const [busy, setBusy] = useState("");
  const [told, setTold] = useState(null);
  const [problem, setProblem] = useState(null);
  const [saved, setSaved] = useState("");
  const [odd, setOdd] = useState("");
  const draft = kind === "found" ? local : service;
  const clear = () => { typing.value = true; setTold(null); setProblem(null); setSaved(""); };
  const ready = kind === "none" || Boolean(draft.profile && draft.model.trim());
  const body = () => ({ profile: draft.profile, model: draft.model.trim(), base_url: draft.base_url.trim(), key: draft.key.trim() });

  const attempt = async () => {
    setBusy("ask"); setTold(null); setProblem(null); setSaved(""); setOdd("");
    const result = await ask("POST", "setup/brain/try", { ...body(), question: question.trim() || t("setup.brain.question.first") }, { limit: 120000 });
    setBusy("");
    if (result.ok && result.body?.ok) { setTold({ ...result.body, local: provider(draft.profile)?.local }); aloud.value = result.body.text; }
    else { setProblem(result.problem || result.body?.notice || { code: "brain_silent" }); setOdd(result.body?.text || ""); }
  };
  const take = async () => {
    setBusy("use"); setProblem(null); setSaved("");
    const result = kind === "none" ? await change("/brain", undefined, "DELETE") : await change("/brain", body());
    setBusy("");
    setProblem(result.problem);
    if (!result.ok) return;
    setService({ ...service, key: "" });
    const words = kind === "none" ? t("setup.brain.saved.none") : t("setup.brain.saved", { name: brainName(desk.peek().brain) });
    setSaved(words); aloud.value = words;
  };
  const placed = kind === "service" && ["key", "model", "base_url", "url"].includes(fieldOf(problem));
  return html`<form class="form" onSubmit=${(e) => { e.preventDefault(); if (ready && !busy) take(); }}>
    <fieldset class="kinds"><legend class="label">${t("setup.brain.kind")}</legend>${["found", "service", "none"].map((each) => html`<label key=${each} class=${`choice tall ${kind === each ? "on" : ""}`}><input type="radio" name="brain-kind" checked=${kind === each} onChange=${() => { clear(); setKind(each); }}/><span class="choice-words"><b>${t(`setup.brain.kind.${each}`)}</b><small>${t(`setup.brain.kind.${each}.why`)}</small></span></label>`)}</fieldset>
    ${kind === "found" && html`<${Found} chosen=${local} pick=${(one) => { clear(); setLocal(one); }}/>`}
    ${kind === "service" && html`<${Service} draft=${service} problem=${problem} set=${(more) => { clear(); setService({ ...service, ...more }); }}/>`}
    ${kind !== "none" && html`<${Text} id="brain-question" label=${t("setup.brain.question")} dir="auto" maxlength="300" value=${question} onInput=${(e) => setQuestion(e.currentTarget.value)} onKeyDown=${(e) => { if (e.key === "Enter" && !e.isComposing) { e.preventDefault(); if (ready && !busy) attempt(); } }}><${Act} busy=${busy === "ask"} off=${!ready || busy} words=${t("setup.brain.ask")} working=${t("setup.brain.asking")} onClick=${attempt}/><//>`}
    ${told && html`<${Answer} told=${told} local=${told.local}/>`}
    <${Problem} problem=${placed ? null : problem}>${odd && html`<p>${t("setup.brain.said")} <q dir="auto">${clean(odd).slice(0, 300)}</q></p>`}<//>${problem && html`<p class="help as-before">${present()}</p>`}
    <p class="step-row"><${Act} cls="go" busy=${busy === "use"} off=${!ready || busy} words=${t(kind === "none" ? "setup.brain.use.none" : "setup.brain.use")} working=${t("setup.saving")} onClick=${take}/></p>
    ${saved && desk.value.brain.notice && html`<div class="notice held"><p>${saying(desk.value.brain.notice)}</p></div>`}
    <${Saved} name="brain" words=${saved}/></form>`;
}

export function BrainStep() {
  const brain = desk.value?.brain;
  const what = !brain ? "" : !brain.scripted ? t("setup.brain.now", { name: brainName(brain) }) : desk.value.steps.brain === "done" ? t("setup.brain.now.none") : "";
  return html`<${Step} name="brain" what=${what}><${Form}/><//>`;
}
