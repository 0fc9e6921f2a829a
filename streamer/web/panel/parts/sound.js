// Which page plays the voices.
import { html, useState } from "../vendor/preact.js";
import { tone } from "../actions.js";
import { Icon } from "../icons.js";
import { live, S } from "../store.js";
import { clean, t, tn } from "../texts.js";
import { hasStage, openStage } from "./links.js";

export function Sound() {
  const { where, name, muted } = S.sound.value;
  const [sent, setSent] = useState(false);
  const may = live.value && where !== "nobody";
  const test = async () => { if (may) { setSent(await tone()); setTimeout(() => setSent(false), 4000); } };
  return html`<section class=${`card soundcard ${where}`} aria-labelledby="h-sound">
    <header><h2 id="h-sound">${t("sound.title")}</h2></header>
    <div class="soundbody"><span class="soundicon" aria-hidden="true"><${Icon} name=${where === "nobody" ? "muted" : "speaker"}/></span>
      <div><p class="big-words">${t(`sound.${where}`, { name: clean(name) })}</p><p class="sub">${sent ? t("sound.tone_sent") : muted ? tn("sound.muted", muted) : t(`sound.${where}.sub`)}</p></div>
      ${where === "nobody" && hasStage.value
        ? html`<button type="button" class="btn accent" onClick=${openStage}><${Icon} name="out"/>${t("sound.open")}</button>`
        : html`<button type="button" class="btn" aria-disabled=${!may} onClick=${test}>${t("sound.tone")}</button>`}</div>
  </section>`;
}
