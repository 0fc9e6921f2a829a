// Avatars in programs of their own: whether they follow, and what they wait for.
import { html, signal } from "../vendor/preact.js";
import { post } from "../api.js";
import { castIds, Dot } from "../parts/common.js";
import { live, persona, S } from "../store.js";
import { clean, has, t } from "../texts.js";

const DOTS = { ready: "", lost: "bad", refused: "bad", asking: "warn", other_model: "warn", off: "off" };
const asked = signal("");

async function again(id) {
  asked.value = id;
  const answer = await post("stage/avatar", { persona: id });
  if (asked.peek() === id) asked.value = answer.ok ? "" : `! ${id}`;
}

function Avatar({ id, avatar }) {
  const { state, model, instance } = avatar;
  const name = clean(persona(id).name) || id;
  const key = state === "other_model" && !model ? "stage.avatar.no_model" : `stage.avatar.${state}`;
  const asks = state === "asking" || state === "refused";
  const off = !live.value || asked.value === id;
  return html`<li class="avatarrow"><${Dot} kind=${DOTS[state] ?? "off"}/><p><span>${t(has(key) ? key : "stage.avatar.off", { name, model: clean(model) || t("stage.avatar.model") })}</span>${clean(instance) && html` <small>${clean(instance)}</small>`}${asked.value === `! ${id}` && html` <small role="status">${t("trouble.offline")}</small>`}</p>
    ${asks && html`<button type="button" class="btn" aria-label=${t("stage.avatar.again.of", { name })} aria-disabled=${off} onClick=${() => off || again(id)}>${t("stage.avatar.again")}</button>`}</li>`;
}

export function Avatars() {
  const all = S.avatars.value;
  const order = castIds();
  const ids = Object.keys(all).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (!ids.length) return null;
  return html`<ul class="avatarlist" aria-label=${t("stage.avatars")}>${ids.map((id) => html`<${Avatar} key=${id} id=${id} avatar=${all[id]}/>`)}</ul>`;
}
