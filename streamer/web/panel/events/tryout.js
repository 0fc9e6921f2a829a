// Test events: presets, and one put together by hand. They go the whole real way, are marked, and count nowhere.
import { html, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { post } from "../api.js";
import { Popover } from "../parts/header.js";
import { live, S } from "../store.js";
import { money, t, tn } from "../texts.js";

const yen = (n) => ({ micros: n * 1_000_000, currency: "JPY" });
const PRESETS = [
  ["raid", { kind: "raid", count: 40 }], ["gift", { kind: "gift", count: 5 }], ["bits", { kind: "bits", bits: 500 }],
  ["superchat", { kind: "superchat", amount: yen(1000) }], ["sub", { kind: "sub" }], ["follow", { kind: "follow" }], ["redemption", { kind: "redemption" }],
];
const KINDS = ["raid", "gift", "bits", "superchat", "sticker", "sub", "resub", "follow", "redemption"];
/** What the number of a kind counts, and what stands there first. */
const COUNTED = { raid: 40, gift: 5, bits: 500, superchat: 5, sticker: 5, resub: 6 };
const PAID = new Set(["superchat", "sticker"]);
const CURRENCIES = ["USD", "EUR", "GBP", "JPY"];
const COUNT_MAX = 1_000_000;
const GAP = 8;

const label = (key, body) => (body.amount ? t(`try.${key}`, { amount: money(body.amount) }) : body.count || body.bits ? tn(`try.${key}`, body.count || body.bits) : t(`try.${key}`));

async function send(body) {
  if (!live.peek()) return "trouble.offline";
  const answer = await post("alerts/test", body);
  if (answer.ok) return S.show.peek().mode === "stopped" ? "try.sent.stopped" : "try.sent";
  return answer.status === 0 ? "trouble.offline" : answer.status === 422 ? "try.no_reward" : "try.refused";
}

function bodyOf({ kind, n, currency, name, text }) {
  const body = { kind, name: name.trim(), text: text.trim() };
  const value = Math.min(COUNT_MAX, Math.max(0, Number(n) || 0));
  if (PAID.has(kind)) body.amount = { micros: Math.round(value * 1e6), currency };
  else if (kind === "bits") body.bits = Math.round(value);
  else if (kind in COUNTED) body.count = Math.round(value);
  return body;
}

function Field({ id, children, words }) {
  return html`<div class="tryfield"><label class="label" for=${id}>${words}</label>${children}</div>`;
}

function ByHand({ onSend }) {
  const [form, setForm] = useState({ kind: "raid", n: String(COUNTED.raid), currency: "USD", name: "", text: "" });
  const set = (key) => (event) => setForm({ ...form, [key]: event.currentTarget.value });
  const kinds = (event) => setForm({ ...form, kind: event.currentTarget.value, n: String(COUNTED[event.currentTarget.value] ?? "") });
  const paid = PAID.has(form.kind);
  const submit = (event) => { event.preventDefault(); onSend(bodyOf(form)); };
  return html`<form class="tryform" onSubmit=${submit}>
    <${Field} id="try-kind" words=${t("try.kind")}><select id="try-kind" value=${form.kind} onChange=${kinds}>${KINDS.map((kind) => html`<option key=${kind} value=${kind}>${t(`try.kind.${kind}`)}</option>`)}</select><//>
    ${form.kind in COUNTED && html`<${Field} id="try-n" words=${t(paid ? "try.amount" : `try.count.${form.kind}`)}><span class="tryn"><input id="try-n" class="field n" type="number" min=${paid ? "0.01" : "1"} max=${COUNT_MAX} step=${paid ? "0.01" : "1"} required value=${form.n} onInput=${set("n")}/>
      ${paid && html`<select aria-label=${t("try.currency")} value=${form.currency} onChange=${set("currency")}>${CURRENCIES.map((code) => html`<option key=${code}>${code}</option>`)}</select>`}</span><//>`}
    <${Field} id="try-name" words=${t("try.name")}><input id="try-name" class="field" dir="auto" autocomplete="off" maxlength="60" placeholder="Test" value=${form.name} onInput=${set("name")}/><//>
    <${Field} id="try-text" words=${t("try.text")}><input id="try-text" class="field" dir="auto" autocomplete="off" maxlength="500" value=${form.text} onInput=${set("text")}/><//>
    <button class="btn accent" aria-disabled=${!live.value}>${t("try.send")}</button></form>`;
}

const WIDE = 380;

// Fixed to the window, beside its card where there is room, so that what was sent is seen to come; Stop stays in reach.
function usePlace(box) {
  useLayoutEffect(() => {
    const place = () => {
      const button = document.getElementById("try-events")?.getBoundingClientRect();
      const card = document.querySelector(".eventsc")?.getBoundingClientRect();
      const pop = box.current?.closest(".pop");
      if (!button || !card || !pop) return;
      const beside = card.left > WIDE;
      const kill = document.querySelector(".kill").getBoundingClientRect();
      const [top, end] = kill.top > innerHeight / 2 ? [GAP, kill.top - GAP] : [kill.bottom + GAP, innerHeight - GAP];
      pop.style.setProperty("--room", `${Math.round(end - top)}px`);
      const high = Math.min(pop.scrollHeight + 2, end - top);
      pop.style.setProperty("--top", `${Math.round(Math.max(top, Math.min(beside ? card.top : button.bottom + 4, end - high)))}px`);
      pop.style.setProperty("--right", `${Math.round(Math.max(GAP, innerWidth - (beside ? card.left - GAP : button.right)))}px`);
    };
    place();
    addEventListener("resize", place);
    return () => removeEventListener("resize", place);
  }, []);
}

export function TryOut({ onClose }) {
  const box = useRef(null);
  const [told, setTold] = useState("");
  usePlace(box);
  const go = async (body) => { setTold(""); setTold(await send(body)); };
  const good = told.startsWith("try.sent");
  return html`<${Popover} label=${t("try.title")} cls="trypop" onClose=${onClose}><div class="try" ref=${box}>
    <p class="help">${t("try.why")}</p>
    <div class="presets" role="group" aria-label=${t("try.presets")}>${PRESETS.map(([key, body]) => html`<button key=${key} type="button" class="btn" aria-disabled=${!live.value} onClick=${() => go(body)}>${label(key, body)}</button>`)}</div>
    <${ByHand} onSend=${go}/>
    <p class=${`trytold ${good ? "good" : ""}`} role="status">${told && t(told)}</p></div><//>`;
}
