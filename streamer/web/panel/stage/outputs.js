// Recording, stream, replay buffer and virtual camera of OBS. The stream is asked about: viewers see it begin and end.
import { html, signal, useLayoutEffect, useRef } from "../vendor/preact.js";
import { post } from "../api.js";
import { live } from "../store.js";
import { clean, has, t } from "../texts.js";

const OUTPUTS = [["recording", "record"], ["streaming", "stream"], ["replay", "replay"], ["virtual", "virtual_camera"]];
const TOLD_MS = 6000;
/** `ask`: what waits for a yes, as [what, do]; `told`: what became of the last press. */
const ask = signal(null);
const busy = signal("");
const told = signal(null);

function say(key, params) {
  const mine = { key, params };
  told.value = mine;
  setTimeout(() => { if (told.peek() === mine) told.value = null; }, TOLD_MS);
}

async function send(what, todo) {
  ask.value = null;
  if (!live.peek()) return say("trouble.offline");
  busy.value = what;
  const answer = await post("obs/output", { what, do: todo }, { limit: 15000 });
  busy.value = "";
  if (answer.ok) return todo === "save" ? say("stage.saved") : undefined;
  const code = `stage.problem.${answer.code}`;
  return say("stage.failed", { why: has(code) ? t(code) : clean(answer.detail).slice(0, 200) || answer.code });
}

const press = (what, todo) => { if (what === "stream") ask.value = [what, todo]; else send(what, todo); };

function Question() {
  const [what, todo] = ask.value;
  const no = useRef(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    no.current.focus();
    return () => { ask.value = null; opener.focus(); };
  }, []);
  const close = (event) => { if (event.key === "Escape") { event.stopPropagation(); ask.value = null; } };
  return html`<div class="notice held asks" role="alertdialog" aria-label=${t(`stage.ask.${todo}`)} onKeyDown=${close}><p>${t(`stage.ask.${todo}`)}</p>
    <p class="asks-acts"><button type="button" class="btn" ref=${no} onClick=${() => { ask.value = null; }}>${t("stage.ask.no")}</button><button type="button" class="btn yes" onClick=${() => send(what, todo)}>${t(`stage.ask.${todo}.yes`)}</button></p></div>`;
}

function Output({ name, what, on }) {
  const off = !live.value || busy.value === what;
  const label = t(`stage.${name}`);
  const act = (todo, key) => html`<button type="button" class="btn" aria-disabled=${off} aria-label=${t(`stage.act.${todo}.of`, { what: label })} onClick=${() => off || press(what, todo)}>${t(key)}</button>`;
  return html`<li class=${`out ${on ? "on" : ""}`}><span class=${`dot ${on ? "bad" : "off"}`} aria-hidden="true"></span><span class="outname">${label}<span class="sr">: ${t(on ? "stage.on" : "stage.off")}</span></span>
    ${name === "replay" && on && act("save", "stage.act.save")}${act(on ? "stop" : "start", on ? "stage.act.stop" : "stage.act.start")}</li>`;
}

export function Outputs({ now }) {
  const there = OUTPUTS.filter(([name]) => typeof now[name] === "boolean");
  if (!there.length) return null;
  return html`<ul class="outs">${there.map(([name, what]) => html`<${Output} key=${name} name=${name} what=${what} on=${now[name]}/>`)}</ul>${ask.value && html`<${Question}/>`}
    <p class=${`outtold ${told.value ? "" : "sr"}`} role="status">${told.value && t(told.value.key, told.value.params)}</p>`;
}
