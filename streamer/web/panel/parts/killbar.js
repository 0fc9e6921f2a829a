// Stop, pause, skip and the dial: always in the same place, never waiting for anything to be fresh.
import { html } from "../vendor/preact.js";
import { emergency, hold, pause, paused, resume, sinceStop, skip, stop, stopped, stopping, trouble, turnDial } from "../actions.js";
import { Icon } from "../icons.js";
import { lineOnAir, live, persona, S, tick, wall } from "../store.js";
import { clean, t, timeOfDay } from "../texts.js";
import { outlets } from "../views.js";
import { Dot, Entry } from "./common.js";

const REPORT_LATE_MS = 2500;
const DIALS = ["named", "normal", "chatty"];

function stopWords() {
  const { phase } = stopping.value;
  if (phase === "sending") return t("stop.sending");
  if (phase === "sent") return t("stop.sent");
  if (phase === "failed") return t("stop.failed");
  if (!live.value) return t("stop.offline");
  const line = lineOnAir.value;
  return line ? t("stop.speaking", { name: clean(persona(line.persona).name) }) : t("stop.quiet");
}

function silenceWords() {
  tick.value;
  const report = S.silence.value;
  if (!report) return t("resume.waiting");
  if (report.ms !== null && report.ms !== undefined) {
    return report.page || outlets.includes(report.where) ? t("resume.silent", { ms: Math.round(report.ms) }) : t("resume.nobody");
  }
  return sinceStop() > REPORT_LATE_MS ? t("resume.unconfirmed") : t("resume.waiting");
}

function StopButton() {
  const phase = stopping.value.phase;
  if (stopped.value && phase === "idle") {
    return html`<button type="button" class="big stop engaged" aria-disabled=${!live.value} onClick=${resume}><${Icon} name="play"/><b>${t("resume")}</b><small><span>${silenceWords()}</span></small></button>`;
  }
  return html`<button type="button" class=${`big stop ${phase}`} aria-keyshortcuts="F8" onClick=${stop}><${Icon} name="stop"/><b>${t("stop")}</b><small><span>${stopWords()}</span> <kbd>F8</kbd></small></button>`;
}

function PauseButton() {
  if (paused.value) {
    return html`<button type="button" class="big pause engaged" aria-disabled=${!live.value} onClick=${resume}><${Icon} name="play"/><b>${t("resume")}</b><small>${lineOnAir.value ? t("pause.finishing") : t("pause.quiet")}</small></button>`;
  }
  const off = !live.value || stopped.value;
  return html`<button type="button" class="big pause" aria-disabled=${off} onClick=${() => off || pause()}><${Icon} name="pause"/><b>${t("pause")}</b><small>${stopped.value ? t("pause.stopped") : t("pause.running")}</small></button>`;
}

function SkipButton() {
  const line = lineOnAir.value;
  const off = !live.value || !line;
  return html`<button type="button" class="big skip" aria-keyshortcuts="S" aria-disabled=${off} onClick=${() => off || skip()}><${Icon} name="skip"/><b>${t("skip")}</b><small><span>${line ? t("skip.line", { name: clean(persona(line.persona).name) }) : t("skip.nothing")}</span> <kbd>S</kbd></small></button>`;
}

// Where OBS is not set up it would do what Stop does: then it is not there.
function EmergencyButton() {
  if (!S.obs.value) return null;
  const { emergency: on, has_emergency: may, emergency_scene: scene, scenes } = S.stage.value || {};
  const name = clean((scenes || []).find((one) => one.key === scene)?.name || scene);
  const words = on ? t("emergency.on") : name ? t("emergency.scene", { scene: name }) : t(may === false ? "emergency.none" : "emergency.any");
  return html`<button type="button" class=${`big emergency ${on ? "engaged" : ""}`} aria-keyshortcuts="F9" title=${words} onClick=${emergency}><${Icon} name="alarm"/><b>${t("emergency")}</b><small><span>${words}</span> <kbd>F9</kbd></small></button>`;
}

// As long as the quiet switch is on, whatever view is open.
function HostButton() {
  if (!S.stage.value?.host?.held) return null;
  return html`<button type="button" class="big host engaged" aria-keyshortcuts="H" onClick=${() => hold(false)}><${Icon} name="mic"/><b>${t("host.held")}</b><small><span>${t("host.end")}</span> <kbd>H</kbd></small></button>`;
}

function Dial() {
  const now = S.show.value.dial;
  return html`<fieldset class="dial" disabled=${!live.value}><legend>${t("dial")}</legend><span class="seg3">
    ${DIALS.map((dial) => html`<label key=${dial} title=${t(`dial.${dial}.why`)}><input type="radio" name="dial" value=${dial} checked=${now === dial} onChange=${() => turnDial(dial)}/><span>${t(`dial.${dial}`)}</span></label>`)}
  </span></fieldset>`;
}

export function SoundState() {
  const { where, name } = S.sound.value;
  return html`<span class=${`soundstate ${where}`}><${Dot} kind=${where === "obs" || outlets.includes(where) ? "" : where === "tab" ? "warn" : "bad"}/><span>${t(`sound.${where}.short`, { name: clean(name) })}</span></span>`;
}

function LastPress() {
  if (trouble.value) return html`<span class="trouble">${t(trouble.value.key, trouble.value.params)}</span>`;
  const numbers = Object.keys(S.log.value).map(Number).filter((n) => S.log.value[n].kind === "press");
  if (!numbers.length) return null;
  const last = S.log.value[Math.max(...numbers)];
  return html`<span class="last"><${Entry} entry=${last}/> <span class="n">${timeOfDay(wall(last.at), true)}</span></span>`;
}

export function KillBar() {
  return html`<section class=${`kill ${S.obs.value ? "staged" : ""}`} aria-label=${t("kill.title")}>
    <${StopButton}/><${PauseButton}/><${SkipButton}/><${EmergencyButton}/><${HostButton}/><${Dial}/>
    <div class="done" role="status"><${SoundState}/><${LastPress}/></div>
  </section>`;
}
