// Step: the characters. The maker of characters is a part of its own, fetched when the card is opened.
import { html, useEffect, useState } from "../vendor/preact.js";
import { castIds, useStyle } from "../parts/common.js";
import { clean, lang, loadPart, t } from "../texts.js";
import { persona } from "../store.js";
import { desk, mark } from "./desk.js";
import { Act, aloud, isOpen, Saved, Step } from "./pieces.js";

let coming = null;
function fetchMaker() {
  coming ||= Promise.all([import("../characters/step.js"), useStyle("characters/characters.css"), loadPart("characters")])
    .then(([module]) => module.CharacterStep || null).catch(() => null);
  return coming;
}

function Without() {
  return html`<div class="notice"><p><b>${t("setup.character.without")}</b></p><p>${t("setup.character.without.words")}</p></div>`;
}

function Maker() {
  const [Found, setFound] = useState(undefined);
  useEffect(() => { fetchMaker().then((maker) => setFound(() => maker)); }, []);
  if (Found === undefined) return html`<p class="help" aria-busy="true">${t("view.loading")}</p><div class="maker-wait" aria-hidden="true"></div>`;
  return Found ? html`<${Found}/>` : html`<${Without}/>`;
}

function Settled() {
  const [busy, setBusy] = useState(false);
  const [saved, setSaved] = useState("");
  const take = async () => {
    setBusy(true);
    const done = await mark("character", "done");
    setBusy(false);
    if (done.ok) { setSaved(t("setup.character.saved")); aloud.value = t("setup.character.saved"); }
  };
  return html`${desk.value.steps.character !== "done" && html`<p class="step-row"><${Act} cls="accent" busy=${busy} words=${t("setup.character.keep")} onClick=${take}/></p>`}<${Saved} name="character" words=${saved}/>`;
}

export function CharacterStep() {
  const done = desk.value?.steps.character === "done";
  const list = castIds().map((id) => clean(persona(id).name));
  const what = done && list.length ? t("setup.character.now", { names: new Intl.ListFormat(lang.value, { type: "conjunction" }).format(list) }) : "";
  return html`<${Step} name="character" what=${what}>${isOpen("character") || coming ? html`<${Maker}/><${Settled}/>` : null}<//>`;
}
