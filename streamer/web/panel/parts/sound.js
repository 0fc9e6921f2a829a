// Who hears what, in words; the way to hear it here; a tone for each way; what could go wrong.
import { computed, html, signal } from "../vendor/preact.js";
import { ring } from "../actions.js";
import { Icon } from "../icons.js";
import { live, persona, S } from "../store.js";
import { clean, has, list, number, t, tn } from "../texts.js";
import { outlets, stagePlays } from "../views.js";
import { castIds } from "./common.js";
import { hearHere, here, herePage, ofThisBrowser, sounds, wanted } from "./hear.js";

const ANSWER_MS = 8000;
const EMPTY = { way: "", ringing: false, key: "", good: false };
const rung = signal(EMPTY);
const FLOOR_DB = -60;
const level = computed(() => S.level.value ?? null);

const pageName = (kind) => (has(`sound.page.${kind}`) ? t(`sound.page.${kind}`) : clean(kind));
const castNames = () => list(castIds().filter((id) => S.cast.value[id].enabled !== false).map((id) => clean(persona(id).name)).filter(Boolean)) || t("sound.them");

/** What this person hears, and why: a key of the words. */
function you(sound) {
  if (here.value === "asleep") return "sound.you.asleep";
  if (sound.where === "nobody") return "";
  if (outlets.includes(sound.where)) return sounds.value ? "sound.you.spare" : sound.where === "device" ? "sound.you.device" : "sound.you.obs";
  if (sound.where === "tab") return "sound.viewers.desktop";
  if (sounds.value) return "sound.you.here";
  if (here.value === "waiting") return "sound.you.waiting";
  return here.value === "silent" ? "sound.you.tab" : "sound.you.obs";
}

function title(sound) {
  const names = castNames();
  if (sound.where === "obs") return t("sound.obs", { names });
  if (outlets.includes(sound.where)) return t(`sound.${sound.where}`, { names, name: clean(sound.name) });
  if (sound.where === "nobody") return t("sound.nobody.names", { names });
  return t(here.value === "plays" || stagePlays.value ? "sound.tab.here" : ofThisBrowser(sound.holder) ? "sound.tab.browser" : "sound.tab.other", { names });
}

/** What to do when nobody hears them. */
function fix(sound) {
  if (sound.where !== "nobody") return "";
  if (sound.warning === "muted") return tn("sound.muted", sound.muted);
  return t(sound.warning === "hung" ? "sound.hung" : "sound.nobody.sub");
}

function Warning({ sound }) {
  const { warning, holder } = sound;
  if (warning === "two_obs") return html`<div class="notice held"><p>${t("sound.two_obs", { page: pageName(holder.kind) })}</p></div>`;
  if (warning === "two" || warning === "muted_obs") return html`<div class="notice held"><p>${t(`sound.${warning}`)}</p></div>`;
  return null;
}

async function test(way) {
  rung.value = { ...EMPTY, way, ringing: true };
  const answer = await ring(way === "here" ? { page: herePage.peek() } : {});
  const place = way === "here" ? "here" : S.sound.peek().where;
  const key = answer.ok ? `sound.toned.${place}` : answer.code === "no_answer" ? `sound.no_answer.${place}` : answer.code === "no_page" ? "sound.no_page" : "trouble.offline";
  const told = { way, ringing: false, key, good: answer.ok };
  rung.value = told;
  setTimeout(() => { if (rung.peek() === told) rung.value = EMPTY; }, ANSWER_MS); // as long as it takes to read it
}

function Tone({ way, may, label }) {
  const busy = rung.value.ringing && rung.value.way === way;
  return html`<button type="button" class="btn" aria-label=${t("sound.tone.of", { way: label })} aria-disabled=${!may || busy} onClick=${() => may && !busy && test(way)}>${t(busy ? "sound.tone.plays" : "sound.tone")}</button>`;
}

// What became of the tone stands where the way is named; it is read out once.
function Answer({ way, otherwise }) {
  const { key, good } = rung.value;
  if (!key || rung.value.way !== way) return html`<small>${otherwise}</small>`;
  return html`<small class=${`toned ${good ? "good" : "bad"}`} role="status"><${Icon} name=${good ? "check" : "bar"}/>${t(key)}</small>`;
}

function Ways({ sound }) {
  const { where, holder } = sound;
  const outlet = outlets.includes(where);
  const viewers = outlet ? t(`sound.way.${where}`, { name: clean(sound.name) }) : where === "obs" ? t("sound.way.obs", { page: pageName(holder.kind) }) : t(`sound.way.${where}`);
  const tabMay = live.value && herePage.value && here.value !== "asleep" && here.value !== "waiting";
  return html`<ul class="ways">
    <li><span><b>${t("sound.way.viewers")}</b> <${Answer} way="viewers" otherwise=${viewers}/></span>${!outlet && html`<${Tone} way="viewers" may=${live.value && where !== "nobody"} label=${t("sound.way.viewers")}/>`}</li>
    <li><label for="hear-here"><b>${t("sound.way.here")}</b> <${Answer} way="here" otherwise=""/></label><input id="hear-here" class="tg" type="checkbox" role="switch" checked=${wanted.value} onChange=${(e) => hearHere(e.currentTarget.checked)}/>
      <${Tone} way="here" may=${tabMay} label=${t("sound.tab.name")}/></li></ul>`;
}

function How({ sound }) {
  if (sound.where === "nobody" || sound.where === "device") return null;
  if (sound.where === "obs" && sounds.value) return html`<p class="help">${t("sound.twice")}</p>`;
  const inObs = sound.where !== "tab";
  const steps = inObs ? ["obs.how.1", "obs.how.2"] : ["tab.how.1", "tab.how.2"];
  return html`<details class="hint"><summary>${t(inObs ? "sound.obs.how" : "sound.tab.how")}</summary>
    <ol>${steps.map((step) => html`<li key=${step}>${t(`sound.${step}`)}</li>`)}</ol></details>`;
}

// Ten times a second: nothing but this is drawn again.
function Level() {
  const db = level.value;
  return html`<div class="outmeter" role="meter" aria-label=${t("sound.level")} aria-valuemin=${FLOOR_DB} aria-valuemax="0" aria-valuenow=${Math.round(Math.max(FLOOR_DB, db ?? FLOOR_DB))} aria-valuetext=${db === null ? t("sound.level.none") : t("sound.level.db", { n: number(Math.round(db)) })} title=${t("sound.level")}>
    <i style=${{ transform: `scaleX(${db === null ? 0 : Math.max(0, Math.min(1, 1 - db / FLOOR_DB))})` }}></i></div>`;
}

export function Sound() {
  const sound = S.sound.value;
  const sub = fix(sound) || t(you(sound));
  return html`<section class=${`card soundcard ${sound.where}`} aria-labelledby="h-sound">
    <header><h2 id="h-sound">${t("sound.title")}</h2></header>
    <div class="soundbody"><span class="soundicon" aria-hidden="true"><${Icon} name=${sound.where === "nobody" ? "muted" : "speaker"}/></span>
      <div><p class="big-words">${title(sound)}</p><p class="sub">${here.value === "asleep" ? t("sound.you.asleep") : sub}</p><${Level}/></div></div>
    <${Warning} sound=${sound}/><${Ways} sound=${sound}/><${How} sound=${sound}/>
  </section>`;
}
