// Why this browser's microphone is not heard, and what helps in this very browser.
import { html } from "../vendor/preact.js";
import { mine, useHere } from "../parts/mic.js";
import { S } from "../store.js";
import { clean, has, notice as worded, t } from "../texts.js";
import { desk, told } from "./desk.js";

/** chrome | edge | firefox | safari | obs */
export function browser(agent = navigator.userAgent) {
  if (/\bOBS\//.test(agent)) return "obs";
  if (/\bEdg/.test(agent)) return "edge";
  if (/\bFirefox\//.test(agent)) return "firefox";
  return /\bSafari\//.test(agent) && !/Chrom/.test(agent) ? "safari" : "chrome";
}

function fix(code) {
  const mineHere = `ear.trouble.${code}.fix.${browser()}`;
  return t(has(mineHere) ? mineHere : `ear.trouble.${code}.fix`);
}

/** The recogniser that is chosen and does not work. */
function failing() {
  const { engine, source } = desk.value || {};
  const health = engine && (source === "browser" || source === "device") && !S.ear.value.engine && S.health.value[`ear.${engine}`];
  return health && (health.state === "degraded" || health.state === "broken") ? health : null;
}

/** What is wrong here, or with the ear as a whole; nothing while all is well. */
export function Trouble() {
  const { phase, code, asleep, silenced, up } = mine.value;
  const notice = S.ear.value?.notice || failing();
  if (phase === "failed") {
    return html`<div class="notice live" role="alert"><p><b>${t(`ear.trouble.${code}`)}</b></p><p>${fix(code)}</p>
      ${code !== "insecure" && code !== "unsupported" && html`<p><button type="button" class="btn" onClick=${useHere}>${t("ear.again")}</button></p>`}</div>`;
  }
  if (phase === "replaced") return html`<div class="notice held" role="status"><p>${t("ear.replaced")}</p></div>`;
  if (phase === "open" && asleep) return html`<div class="notice held" role="status"><p>${t("ear.asleep")}</p></div>`;
  if (phase === "open" && silenced) return html`<div class="notice held" role="status"><p>${t("ear.silenced")}</p></div>`;
  if (phase === "open" && !up) return html`<div class="notice held" role="status"><p>${t("ear.away")}</p></div>`;
  if (phase === "open" && code === "other") return html`<div class="notice held" role="status"><p>${t("ear.other")}</p></div>`;
  if (notice) {
    const { code: word, params, fix: help } = typeof notice === "string" ? { code: notice } : notice;
    return html`<div class="notice held" role="status"><p>${worded(word, params || {})}</p>${help && html`<p class="fix"><b>${t("health.fix")}</b> ${told(help)}</p>`}</div>`;
  }
  return null;
}
