// What was understood of the host: on the live view, where the host looks. Only where something listens.
import { computed, html } from "../vendor/preact.js";
import { S } from "../store.js";
import { clean, t } from "../texts.js";
import { cut, Persona } from "./common.js";
import { answers, ear } from "./mic.js";

const words = computed(() => { const { partial = "", last = "" } = S.ear.value || {}; return JSON.stringify([partial, last]); });

export function Said() {
  if (ear.value === null || /^(off|meter)$/.test(ear.value)) return null;
  const [partial, last] = JSON.parse(words.value);
  const text = clean(partial) || clean(last);
  return html`<section class="card hostsaid-card" aria-label=${t("mic.said")}><div class="hostsaid"><div><p class="lname">${t("mic.said")}${!partial && answers.value && html` · <${Persona} id=${answers.value}/>`}</p>
    <p class=${partial ? "is-partial" : text ? "" : "dim"} dir="auto">${text ? cut(text, 240) : t(`mic.${ear.value}`)}</p></div>
    <a class="link" href="#ear">${t("mic.setup")}</a></div></section>`;
}
