// What the audience sees and who decides it: scene, why, the streamer's own hand, host, OBS and the avatars.
import { computed, html } from "../vendor/preact.js";
import { auto, hold, mode, takeScene } from "../actions.js";
import { Icon } from "../icons.js";
import { Dot } from "../parts/common.js";
import { lineOnAir, live, persona, S } from "../store.js";
import { clean, has, notice, number, t } from "../texts.js";
import { Meter } from "./meter.js";
import { Outputs } from "./outputs.js";
import { Avatars } from "./avatars.js";
import { Picture, PictureSwitch } from "./picture.js";

const DOTS = { ready: "", connecting: "start", lost: "bad", refused: "bad", too_old: "bad", off: "off" };
const DROPPED_NOTED = 1;
const DROPPED_BAD = 5;

// The level changes many times a second: whoever draws the rest must not be drawn with it.
const rest = computed(() => (S.obs.value ? JSON.stringify({ ...S.obs.value, level_db: undefined }) : ""));
const obs = computed(() => (rest.value ? JSON.parse(rest.value) : null));
const EMPTY = { scene: "", why: "", hand: false, hand_via: "", emergency: false, scenes: [], host: null };

const nameOf = (key) => clean((S.stage.value?.scenes || []).find((one) => one.key === key)?.name || key);

/** The state of OBS in a sentence, and what to do; empty while all is well. */
function trouble({ state, browser, version }) {
  if (state !== "ready") return [t(`stage.obs.${state}`, { version: clean(version) }), has(`stage.obs.${state}.fix`) ? t(`stage.obs.${state}.fix`) : ""];
  return browser === false ? [t("stage.obs.browser"), t("stage.obs.browser.fix")] : null;
}

function Connection({ now }) {
  const wrong = trouble(now);
  if (!wrong) return null;
  const cls = now.state === "connecting" ? "" : now.state === "ready" ? "held" : "live";
  return html`<div class=${`notice ${cls}`} role="status"><p><b>${wrong[0]}</b></p>${wrong[1] && html`<p>${wrong[1]}</p>`}${now.state === "refused" && html`<p><a class="link" href="#setup">${t("stage.obs.setup")}</a></p>`}</div>`;
}

function why({ why: code }) {
  const line = lineOnAir.value;
  if (code === "speaker" && line) return t("stage.why.speaker.of", { name: clean(persona(line.persona).name) });
  return code && has(`stage.why.${code}`) ? t(`stage.why.${code}`) : "";
}

function OnAir({ stage, now }) {
  const scene = now.state === "ready" && now.scene ? clean(now.scene) : nameOf(stage.scene);
  return html`<div class="scenenow"><p class="lname">${t("stage.scene")}</p><p class="scenename" dir="auto">${scene || t("stage.scene.none")}</p>
    <p class="sub">${stage.hand ? t("stage.why.hand") : why(stage)}</p></div>`;
}

// Big and with its reason as long as the show keeps its fingers off.
function Hand({ stage }) {
  if (!stage.hand || stage.emergency) return null;
  const off = !live.value;
  const by = has(`stage.hand.${stage.hand_via}`) ? `stage.hand.${stage.hand_via}` : "stage.hand";
  return html`<div class="notice held handed" role="status"><p>${t(by)}</p><button type="button" class="btn go large" aria-keyshortcuts="A" aria-disabled=${off} onClick=${() => off || auto()}><${Icon} name="again"/>${t("stage.auto")} <kbd>A</kbd></button></div>`;
}

function Emergency({ stage }) {
  return stage.emergency && html`<div class="notice live" role="status"><p><b>${t("stage.emergency")}</b></p><p>${t("stage.emergency.fix")}</p></div>`;
}

function Scenes({ stage, now }) {
  if (!stage.scenes?.length) return html`<p class="help noscenes">${t("stage.scenes.none")} <code>docs/stage.md</code></p>`;
  const may = live.value && now.state === "ready";
  const on = ({ key, name }) => (now.scene ? name === now.scene : key === stage.scene);
  return html`<div class="scenes" role="group" aria-label=${t("stage.scenes")}>${stage.scenes.map((one) => html`<button key=${one.key} type="button" class="btn" aria-pressed=${on(one)} aria-disabled=${!may} title=${t("stage.take", { scene: clean(one.name) })} onClick=${() => may && takeScene(one.key)}>${on(one) && html`<span class="dot bad" aria-hidden="true"></span>`}<bdi>${clean(one.name)}</bdi></button>`)}</div>`;
}

// Why a microphone that was named is not heard, and what helps.
function Unheard({ health }) {
  const { code, fix, params } = health;
  return html`<p role="status">${notice(code, params)}</p>${fix && html`<p><b>${t("health.fix")}</b> ${t(fix, params)}</p>`}`;
}

function Host({ host }) {
  const health = S.health.value["host.meter"];
  const unheard = !host.ear && !host.held && !host.speaking && health?.state === "degraded";
  const words = host.held ? "stage.host.held" : host.speaking ? "stage.host.speaking" : !host.ear ? "stage.host.deaf" : mode.value === "running" ? "stage.host.quiet" : "stage.host.silent";
  return html`<div class=${`hostrow ${host.held || host.speaking ? "on" : ""}`} role="group" aria-label=${t("stage.host")}>
    <div class="hostwords"><p class="lname">${t("stage.host")}</p>${unheard ? html`<${Unheard} health=${health}/>` : html`<p role="status">${t(words)}</p>`}${host.ear && obs.value?.state === "ready" && html`<${Meter} input=${clean(host.input)} threshold=${host.threshold_db}/>`}</div>
    <button type="button" class=${`btn talkb ${host.held ? "accent" : ""}`} aria-keyshortcuts="H" aria-pressed=${host.held} aria-disabled=${!live.value} title=${t("stage.talk.why")} onClick=${() => live.value && hold(!host.held)}><${Icon} name="mic"/>${t("stage.talk")} <kbd>H</kbd></button></div>`;
}

function Figures({ now }) {
  const dropped = now.dropped_pct;
  const of = (n, digits) => number(Number(n.toFixed(digits)));
  const told = [
    typeof now.fps === "number" && t("stage.fps", { n: of(now.fps, 0) }),
    typeof dropped === "number" && html`<span class=${dropped >= DROPPED_BAD ? "worst" : dropped >= DROPPED_NOTED ? "bad" : ""}>${t("stage.dropped", { n: of(dropped, 1) })}</span>`,
    now.streaming && typeof now.bitrate_kbps === "number" && t("stage.bitrate", { n: number(Math.round(now.bitrate_kbps)) }),
  ].filter(Boolean);
  return told.length > 0 && html`<p class="figures n">${told.map((one, at) => html`${at > 0 && " · "}${one}`)}</p>`;
}

function Unlinked() {
  const host = S.stage.value?.host;
  return html`<header><h2 id="h-stage">${t("stage.title")}</h2></header>
    <p class="help unlinked">${t("stage.unlinked")} <a class="link" href="#setup">${t("stage.unlinked.link")}</a></p>${host && html`<${Host} host=${host}/>`}`;
}

/** What stands in the card. */
export function Card() {
  const now = obs.value;
  if (!now) return html`<${Unlinked}/><${Avatars}/>`;
  const stage = { ...EMPTY, ...S.stage.value };
  const ready = now.state === "ready";
  return html`<header><h2 id="h-stage">${t("stage.title")}</h2><span class="r obsstate"><${Dot} kind=${DOTS[now.state] ?? "off"}/><span>${ready ? t("stage.obs.ready", { version: clean(now.version) }) : t(`stage.obs.${now.state}.short`)}</span>${ready && html`<${PictureSwitch}/>`}</span></header>
    <${Emergency} stage=${stage}/><${Hand} stage=${stage}/><${Connection} now=${now}/>
    <div class="stagetop">${ready && html`<${Picture} scene=${clean(now.scene)}/>`}<${OnAir} stage=${stage} now=${now}/></div>
    <${Scenes} stage=${stage} now=${now}/>
    ${stage.host && html`<${Host} host=${stage.host}/>`}
    ${ready && html`<div class="outbox"><${Outputs} now=${now}/><${Figures} now=${now}/></div>`}<${Avatars}/>`;
}
