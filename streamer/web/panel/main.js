// Puts the page together and keeps it current.
import { effect, html, render, signal } from "./vendor/preact.js";
import { signIn } from "./api.js";
import { mode } from "./actions.js";
import { hurry, start } from "./feed.js";
import "./keys.js";
import { Chat } from "./parts/chat.js";
import { Header, Stale } from "./parts/header.js";
import { KillBar } from "./parts/killbar.js";
import { Links } from "./parts/links.js";
import { Log } from "./parts/log.js";
import { OnAir } from "./parts/onair.js";
import { Queue } from "./parts/queue.js";
import { draft, Say } from "./parts/say.js";
import { Sound } from "./parts/sound.js";
import { lineOnAir, link, persona, S } from "./store.js";
import { clean, lang, loadNotices, loadTexts, preferred, t } from "./texts.js";

const TABS = ["now", "chat", "show"];
const tab = signal("now");

function Tabs() {
  const waiting = Object.keys(S.queue.value).length;
  return html`<nav class="tabs" aria-label=${t("tabs")}>${TABS.map((name) => html`<button key=${name} type="button" aria-current=${tab.value === name ? "true" : undefined} onClick=${() => { tab.value = name; }}>${t(`tab.${name}`)}${name === "now" && waiting > 0 && html` <span class="count n">${waiting}</span>`}</button>`)}</nav>`;
}

function SignedOut() {
  const used = link.value.reason === "used";
  return html`<main class="door"><section class="card" aria-labelledby="h-door"><h1 id="h-door">${t("door.title")}</h1>
    <p>${t(used ? "door.used" : "door.words")}</p><p class="sub">${t("door.fix")}</p>
    <button type="button" class="btn accent" onClick=${hurry}>${t("door.again")}</button></section></main>`;
}

// One polite line for screen readers: what matters at once, and nothing thirty times a second.
function Announce() {
  const words = link.value.state === "lost" ? t("link.lost") : mode.value === "stopped" ? t("say.aloud.stopped")
    : mode.value === "paused" ? t("say.aloud.paused") : S.sound.value.where === "nobody" ? t("sound.nobody") : "";
  return html`<p class="sr" role="status">${words}</p>`;
}

function App() {
  if (link.value.state === "signed_out") return html`<${SignedOut}/>`;
  const stale = link.value.state !== "open";
  return html`<div class=${`app ${stale ? "stale" : ""}`} data-tab=${tab.value}>
    <${Header}/><${Tabs}/><${KillBar}/>
    <main><${Stale}/><div class="col c-chat"><${Chat}/><${Say}/></div><div class="col c-now"><${OnAir}/><${Queue}/></div>
      <div class="col c-show"><${Sound}/><${Links}/><${Log}/></div></main><${Announce}/></div>`;
}

function watchTitle() {
  const line = lineOnAir.value;
  const show = S.show.value;
  const word = link.value.state !== "open" ? t(`link.${link.value.state}`) : line ? `● ${clean(persona(line.persona).name)}` : t(`mode.${show.mode}`);
  document.title = `${word} · ${clean(show.title) || "Showrunner"}`;
}

// A page of another build reloads itself, but not under somebody's fingers.
let build = "";
function watchBuild() {
  const now = S.build.value;
  const free = !draft.value && !lineOnAir.value;
  if (!now) return;
  if (!build) build = now;
  else if (now !== build && free) location.reload();
}

async function begin() {
  await loadTexts(preferred());
  render(html`<${App}/>`, document.getElementById("app"));
  effect(watchTitle);
  effect(watchBuild);
  effect(() => { if (link.value.state === "open") loadNotices(lang.value); });
  const refused = await signIn();
  if (refused) link.value = { ...link.peek(), reason: refused };
  start();
}

begin();
