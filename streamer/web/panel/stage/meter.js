// The level of the host's microphone against the line above which it counts as speaking.
import { computed, html } from "../vendor/preact.js";
import { S } from "../store.js";
import { number, t } from "../texts.js";

const FLOOR_DB = -60;
const part = (db) => Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
const level = computed(() => S.obs.value?.level_db ?? null);

/** `threshold` is in dB; `input` the name of the input in OBS. */
export function Meter({ input, threshold }) {
  const db = level.value;
  const marked = typeof threshold === "number";
  const words = db === null ? t("stage.meter.none") : t("stage.meter.db", { n: number(Math.round(db)) });
  return html`<div class=${`meter ${db !== null && marked && db >= threshold ? "over" : ""}`} role="meter" aria-label=${input ? t("stage.meter.of", { input }) : t("stage.meter")} aria-valuemin=${FLOOR_DB} aria-valuemax="0" aria-valuenow=${db === null ? FLOOR_DB : Math.round(Math.max(FLOOR_DB, Math.min(0, db)))} aria-valuetext=${words} title=${input || undefined}>
    <i style=${{ transform: `scaleX(${db === null ? 0 : part(db)})` }}></i>${marked && html`<b style=${{ left: `${part(threshold) * 100}%` }} title=${t("stage.meter.line", { n: number(Math.round(threshold)) })}></b>`}</div>`;
}
