// Who waits for an answer.
import { html } from "../vendor/preact.js";
import { clear } from "../actions.js";
import { live, S, showNow, tick } from "../store.js";
import { has, money, number, span, t, tn } from "../texts.js";
import { cut, Name, Persona, Quote, Test, Ticking } from "./common.js";
import { Platform } from "./chat.js";

function Who({ r }) {
  if (r.name) return html`<b><${Name} name=${r.name}/></b> <${Quote} text=${r.text} max=${140}/>`;
  return html`<b>${t(`kind.${r.kind}`)}</b>${r.text ? html` <${Quote} text=${r.text} max=${140}/>` : ""}`;
}

function NotBefore({ at }) {
  tick.value;
  const left = at - showNow();
  return left > 0 && html`<span class="n">${t("queue.not_before", { span: span(left + 999) })}</span>`;
}

function Waiting({ r, place }) {
  return html`<li class=${r.amount ? "paid" : ""}>
    <span class="place n">${place}</span>
    <div class="body"><p class="q" dir="auto">${r.platform && html`<${Platform} name=${r.platform}/>`}<${Who} r=${r}/></p>
      <p class="meta"><span class="chip pick">${has(`why.${r.why}`) ? t(`why.${r.why}`) : cut(r.why, 40)}</span>${r.amount && html`<span class="chip held">${money(r.amount)}</span>`}${r.test && html`<${Test}/>`}
        ${r.asked > 1 && html`<span>${tn("why.asked", r.asked - 1)}</span>`}
        ${r.persona && html`<span>${t("queue.for")} <${Persona} id=${r.persona}/></span>`}
        ${r.not_before && html`<${NotBefore} at=${r.not_before}/>`}</p></div>
    <div class="age"><b><${Ticking} of=${() => showNow() - r.at} words="queue.age"/></b>${r.expires ? html`<small><${Ticking} of=${() => r.expires - showNow()} words="queue.expires"/></small>` : ""}</div>
  </li>`;
}

// Why nobody is taken although some wait: answers are spread over the minute.
function Pace() {
  tick.value;
  const pace = S.pace.value;
  const rest = S.show.value.mode === "running" && pace && pace.opens ? pace.opens - showNow() : 0;
  return html`<span class="r n">${rest > 0 ? t("queue.pace", { n: number(pace.per_minute), span: span(rest + 999) }) : t("queue.hint")}</span>`;
}

export function Queue() {
  const all = Object.entries(S.queue.value).sort((a, b) => a[1].n - b[1].n);
  return html`<section class="card queue grow" aria-labelledby="h-queue">
    <header><h2 id="h-queue">${t("queue.title")}</h2><span class=${`count n ${all.length ? "" : "none"}`}>${number(all.length)}</span>${all.length > 0 && html`<${Pace}/><button type="button" class="btn quiet" aria-disabled=${!live.value} title=${t("queue.clear.why")} onClick=${clear}>${t("queue.clear")}</button>`}</header>
    ${all.length
      ? html`<ol class="waiting" tabindex="0" aria-label=${t("queue.title")}>${all.map(([id, r], i) => html`<${Waiting} key=${id} r=${r} place=${i + 1}/>`)}</ol>`
      : html`<p class="empty">${t("queue.empty")}</p>`}
  </section>`;
}
