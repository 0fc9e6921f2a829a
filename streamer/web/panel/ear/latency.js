// How long each stage takes, from the host's voice to that of the cast: the usual time and the slow one, as bars.
import { html } from "../vendor/preact.js";
import { S } from "../store.js";
import { latency, t } from "../texts.js";

const STAGES = ["vad", "endpoint", "asr", "queue", "llm", "tts", "paint"];
/** What lies between the end of the host's words and the first sound of the answer; noticing him comes before. */
const WAY = STAGES.slice(1);
const GOOD_MS = 1500;
const SLOW_MS = 3000;

const has = (one) => Boolean(one && one.n > 0);

function Row({ name, one, most, words }) {
  const known = has(one);
  return html`<tr class=${name}><th scope="row"><b>${t(`ear.stage.${name}`)}</b><small>${words}</small></th>
    <td class="bars" aria-hidden="true">${known && html`<i class="slow" style=${{ width: `${(100 * one.p95) / most}%` }}></i><i style=${{ width: `${(100 * one.p50) / most}%` }}></i>`}</td>
    <td class="n">${known ? latency(one.p50) : "–"}</td><td class="n">${known ? latency(one.p95) : "–"}</td></tr>`;
}

export function Latency() {
  const all = S.latency.value || {};
  const rows = STAGES.map((name) => [name, all[name]]);
  const most = Math.max(1, ...rows.map(([, one]) => (has(one) ? one.p95 : 0)));
  const total = has(all.total) ? all.total : null;
  const known = has(all.endpoint) ? WAY.filter((name) => has(all[name])) : []; // else nobody was asked aloud
  const sum = total ? total.p50 : known.length ? known.reduce((all_, name) => all_ + all[name].p50, 0) : null;
  const grade = sum === null ? "" : sum <= GOOD_MS ? "good" : sum <= SLOW_MS ? "fair" : "slow";
  return html`<section class="card ear-late" aria-labelledby="h-ear-late"><header><h2 id="h-ear-late">${t("ear.latency")}</h2></header>
    <p class=${`ear-total ${grade}`}>${sum === null ? html`<span class="none">${t("ear.latency.none")}</span>` : html`<b class="n">${latency(sum)}</b> <span>${t(total ? "ear.latency.total" : "ear.latency.sum")}${total ? ` ${t("ear.latency.slow", { span: latency(total.p95) })}` : ""}</span>`}</p>
    <table><thead><tr><th scope="col">${t("ear.latency.stage")}</th><th scope="col" class="bars"><span class="sr">${t("ear.latency.bar")}</span></th><th scope="col">${t("ear.latency.p50")}</th><th scope="col">${t("ear.latency.p95")}</th></tr></thead>
      <tbody>${rows.map(([name, one]) => html`<${Row} key=${name} name=${name} one=${one} most=${most} words=${t(`ear.stage.${name}.why`)}/>`)}</tbody></table></section>`;
}
