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

const FIELD = { openai: "base_url", http: "url" };

export function ServerForm({ engine }) {
  const address = FIELD[engine] || "base_url";
  const [draft, setDraft] = useState({ [address]: "", model: "", key: "" });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const set = (name) => (e) => { typing.value = true; setProblem(null); setDraft({ ...draft, [name]: e.currentTarget.value }); };
  const save = async () => {
    setBusy(true);
    const result = await change("/voices/server", { engine, [address]: draft[address].trim(), model: draft.model.trim(), key: draft.key.trim() });
    setBusy(false);
    setProblem(result.problem);
    if (result.ok) setDraft({ ...draft, key: "" });
  };
  const keyed = problem && /key/.test(`${problem.path || ""} ${problem.code}`);
  return html`<div class="form server"><${Text} id="voice-url" label=${t("setup.voice.server.address")} help=${t(`setup.voice.server.help.${engine === "http" ? "http" : "openai"}`)} maxlength="500" inputmode="url" value=${draft[address]} problem=${keyed ? null : problem} kept=${problem && t("setup.voice.still.other")} onInput=${set(address)}/>
    ${engine !== "http" && html`<${Text} id="voice-model" label=${t("setup.voice.server.model")} maxlength="200" value=${draft.model} onInput=${set("model")}/>`}
    <${Text} id="voice-key" label=${t("setup.voice.server.key")} type="password" maxlength="500" value=${draft.key} help=${desk.value.voice.keyring ? t("setup.brain.key.keyring") : t("setup.brain.key.run", { variable: "SHOWRUNNER_TTS__OPENAI__API_KEY" })} problem=${keyed ? problem : null} onInput=${set("key")}/>
    <p class="step-row"><${Act} cls="go" busy=${busy} off=${!draft[address].trim()} words=${t("setup.voice.server.use")} working=${t("setup.saving")} onClick=${save}/></p></div>`;
}
