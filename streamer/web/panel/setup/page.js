// The set-up view; at first start it is what opens: meet them, talk to them, make the show yours.
import { html, useState } from "../vendor/preact.js";
import { useStyle } from "../parts/common.js";
import { S } from "../store.js";
import { loadPart, number, t } from "../texts.js";
import { BrainStep } from "./brain.js";
import { ChannelStep } from "./channel.js";
import { CharacterStep } from "./character.js";
import { desk, reread, STEPS, stepState, unread } from "./desk.js";
import { Finish, leave } from "./finish.js";
import { OverlayStep } from "./overlay.js";
import { Act, aloud, Problem } from "./pieces.js";
import { names, Stage } from "./stage.js";
import { Talk } from "./talk.js";
import { VoiceStep } from "./voice.js";

export const ready = Promise.all([useStyle("setup/setup.css"), loadPart("setup")]);

function Head() {
  const welcome = S.setup.value.welcome;
  return html`<header class="setup-head"><div><h2 tabindex="-1" data-heading>${welcome ? t("setup.welcome", { names: names() }) : t("setup.title")}</h2><p>${t(welcome ? (S.show.value.demo ? "setup.welcome.words" : "setup.welcome.words.air") : "setup.words")}</p></div>
    ${welcome && html`<button type="button" class="btn large" onClick=${leave}>${t("setup.skip_all")}</button>`}</header>`;
}

function Progress() {
  const done = STEPS.filter((name) => stepState(name) === "done").length;
  return html`<div class="steps-head"><h3>${t("setup.steps")}</h3><p class="n">${desk.value ? t("setup.progress", { n: number(done), all: number(STEPS.length) }) : ""}</p><span class="pips" aria-hidden="true">${STEPS.map((name) => html`<i key=${name} class=${`is-${stepState(name)}`}></i>`)}</span></div>`;
}

function Unread() {
  const [busy, setBusy] = useState(false);
  if (!unread.value || desk.value) return null;
  return html`<${Problem} problem=${unread.value} kept=${t("setup.unread")}><p><${Act} busy=${busy} words=${t("setup.again")} onClick=${async () => { setBusy(true); await reread(); setBusy(false); }}/></p><//>`;
}

export function Setup() {
  return html`<div class="setup"><${Head}/>
    <div class="hero"><${Stage}/><${Talk}/></div>
    <${Progress}/><${Unread}/>
    <div class="steps"><${ChannelStep}/><${BrainStep}/><${VoiceStep}/><${CharacterStep}/><${OverlayStep}/></div>
    <${Finish}/><p class="sr" role="status">${aloud.value}</p></div>`;
}
