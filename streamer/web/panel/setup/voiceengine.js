// What an engine asks for before it has voices: accepted terms, or the address of a server.
import { html, useState } from "../vendor/preact.js";
import { t } from "../texts.js";
import { typing } from "../views.js";
import { change, desk } from "./desk.js";
import { Act, aloud, Problem, Text } from "./pieces.js";

export function Terms({ engine }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const accept = async () => {
    setBusy(true);
    const result = await change("/voices/terms", { engine, accept: true });
    setBusy(false);
    setProblem(result.problem);
    if (result.ok) aloud.value = t("setup.voice.terms.accepted");
  };
  return html`<div class="notice held terms"><p><b>${t("setup.voice.terms.title")}</b></p><ul>${["who", "sent", "promise", "money"].map((each) => html`<li key=${each}>${t(`setup.voice.terms.${each}`)}</li>`)}</ul>
    <p class="help">${t("setup.voice.terms.docs")} <code>docs/voice.md</code></p>
    <p><${Act} cls="go" busy=${busy} words=${t("setup.voice.terms.accept")} working=${t("setup.saving")} onClick=${accept}/></p><${Problem} problem=${problem}/></div>`;
}

/** Whether an engine is asked at an address, or with a key, of its own. */
export const hasServer = (engine) => engine in SERVERS;

/** `field`: what says where the voices are; `free`: it may stay empty; `key`: optional, needed, or none at all. */
const SERVERS = {
  openai: { field: "base_url", help: "openai", model: true, key: "key", variable: "SHOWRUNNER_TTS__OPENAI__API_KEY" },
  http: { field: "url", help: "http", key: "key", variable: "SHOWRUNNER_TTS__HTTP__HEADERS__AUTHORIZATION" },
  elevenlabs: { field: "base_url", help: "elevenlabs", free: true, model: true, key: "key.needed", variable: "SHOWRUNNER_TTS__ELEVENLABS__API_KEY" },
  azure: { field: "region", help: "azure", key: "key.needed", variable: "SHOWRUNNER_TTS__AZURE__API_KEY" },
  voicevox: { field: "url", help: "voicevox", free: true },
};

export function ServerForm({ engine }) {
  const server = SERVERS[engine] || SERVERS.openai;
  const { field } = server;
  const [draft, setDraft] = useState({ base_url: "", url: "", region: "", model: "", key: "" });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const set = (name) => (e) => { typing.value = true; setProblem(null); setDraft({ ...draft, [name]: e.currentTarget.value }); };
  const save = async () => {
    setBusy(true);
    const result = await change("/voices/server", { engine, [field]: draft[field].trim(), model: server.model ? draft.model.trim() : "", key: server.key ? draft.key.trim() : "" });
    setBusy(false);
    setProblem(result.problem);
    if (result.ok) setDraft({ ...draft, key: "" });
  };
  const keyed = problem && /key/.test(`${problem.path || ""} ${problem.code}`);
  const off = !server.free && !draft[field].trim();
  return html`<div class="form server">${server.key === "key.needed" && html`<${Key} server=${server} draft=${draft} problem=${keyed ? problem : null} onInput=${set("key")}/>`}
    <${Text} id="voice-url" label=${t(field === "region" ? "setup.voice.server.region" : "setup.voice.server.address")} help=${t(`setup.voice.server.help.${server.help}`)} maxlength=${field === "region" ? "60" : "500"} inputmode=${field === "region" ? "text" : "url"} value=${draft[field]} problem=${keyed ? null : problem} kept=${problem && t("setup.voice.still.other")} onInput=${set(field)}/>
    ${server.model && html`<${Text} id="voice-model" label=${t("setup.voice.server.model")} maxlength="200" value=${draft.model} onInput=${set("model")}/>`}
    ${server.key === "key" && html`<${Key} server=${server} draft=${draft} problem=${keyed ? problem : null} onInput=${set("key")}/>`}
    <p class="step-row"><${Act} cls="go" busy=${busy} off=${off} words=${t("setup.voice.server.use")} working=${t("setup.saving")} onClick=${save}/></p></div>`;
}

function Key({ server, draft, problem, onInput }) {
  return html`<${Text} id="voice-key" label=${t(`setup.voice.server.${server.key}`)} type="password" maxlength="500" value=${draft.key} help=${desk.value.voice.keyring ? t("setup.brain.key.keyring") : t("setup.brain.key.run", { variable: server.variable })} problem=${problem} onInput=${onInput}/>`;
}
