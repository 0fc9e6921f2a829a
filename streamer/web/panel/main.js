// Puts the page together and keeps it current.
import { effect, html, render, signal, useEffect } from "./vendor/preact.js";
import { signIn } from "./api.js";
import { mode } from "./actions.js";
import { hurry, start } from "./feed.js";
import "./keys.js";
import { Header, Stale, viewLinks } from "./parts/header.js";
import { KillBar } from "./parts/killbar.js";
import { useStyle } from "./parts/common.js";
import { MonitorFrame } from "./parts/hear.js";
import { lineOnAir, link, persona, S } from "./store.js";
import { clean, lang, loadNotices, loadPart, loadTexts, preferred, recall, t } from "./texts.js";
import { go, moves, typing, view } from "./views.js";

const TABS = ["now", "chat", "show"];
const tab = signal("now");

// Views that come when they are asked for, with their style and words; those of the live view are the panel's own. One that was
// opened stays, hidden: what was typed in it is kept. Only the live view is drawn anew.
let writing = () => false;
const LATER = {
  live: async () => { const live = await import("./live.js"); writing = live.writing; return live.Live; },
  setup: async () => (await import("./setup/page.js")).Setup,
  overlays: async () => (await import("./overlays/page.js")).Gallery,
  ear: async () => (await import("./ear/page.js")).Ear,
  night: async () => (await import("./night/page.js")).Night,
};
const arrived = signal({});

async function fetchView(name) {
  if (!LATER[name] || arrived.peek()[name]) return;
  arrived.value = { ...arrived.peek(), [name]: { state: "coming" } };
  try {
    const [View] = await Promise.all([LATER[name](), name !== "live" && useStyle(`${name}/${name}.css`), name !== "live" && loadPart(name)]);
    arrived.value = { ...arrived.peek(), [name]: { state: View ? "here" : "lost", View } };
  } catch (error) {
    arrived.value = { ...arrived.peek(), [name]: { state: "lost", error } };
  }
}
effect(() => { fetchView(view.value); });

function LaterView({ name, shown }) {
  const { state, View } = arrived.value[name];
  if (name === "live" && !shown) return null;
  if (name === "live" && state === "here") return html`<main key="live" data-view="live"><${Stale}/><${View}/></main>`;
  if (name === "live" && state === "coming") return html`<main class="view" data-view="live" aria-busy="true"><${Stale}/></main>`;
  if (state === "here") return html`<main class="view" data-view=${name} hidden=${!shown}>${shown && html`<${Stale}/>`}<${View} shown=${shown}/></main>`;
  if (!shown) return null;
  if (state === "lost") {
    return html`<main class="view" data-view=${name}><${Stale}/><section class="view-lost"><h2 tabindex="-1" data-heading>${t("view.lost")}</h2><p>${t("view.lost.words")}</p>
      <button type="button" class="btn accent" onClick=${() => location.reload()}>${t("view.reload")}</button></section></main>`;
  }
  return html`<main class="view" data-view=${name} aria-busy="true"><${Stale}/><p class="sr" role="status">${t("view.loading")}</p><div class="view-wait" aria-hidden="true"><i></i><i></i><i></i></div></main>`;
}

// Whoever goes to another view goes on there: the focus moves to its heading, as soon as there is one.
function useFocus() {
  const place = `${moves.value} ${arrived.value[view.value]?.state || ""}`;
  useEffect(() => {
    if (moves.peek() === focused) return;
    const heading = document.querySelector("main:not([hidden]) [data-heading]");
    if (!heading) return;
    focused = moves.peek();
    heading.focus({ preventScroll: heading.className === "sr" });
  }, [place]);
}
let focused = 0;

function Views() {
  useFocus();
  const now = view.value;
  if (!now) return html`<main class="view" aria-busy="true"><${Stale}/></main>`;
  return html`${Object.keys(arrived.value).map((name) => html`<${LaterView} key=${name} name=${name} shown=${now === name}/>`)}`;
}

// On a phone the parts of the live view and the other views stand in one row: each is one press away. (Scenes are arranged at a desk:
// the overlays are found there by the links and the set-up.)
function Tabs() {
  const waiting = Object.keys(S.queue.value).length;
  const to = (name) => () => { tab.value = name; go("live"); };
  const current = (name) => (view.value === "live" && tab.value === name ? "true" : undefined);
  return html`<nav class="tabs" aria-label=${t("tabs")}>${TABS.map((name) => html`<button key=${name} type="button" aria-current=${current(name)} onClick=${to(name)}>${t(`tab.${name}`)}${name === "now" && waiting > 0 && html` <span class="count n">${waiting}</span>`}</button>`)}${viewLinks(["setup", "night"])}</nav>`;
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
  return html`<div class=${`app ${stale ? "stale" : ""}`} data-tab=${tab.value} data-view=${view.value || "live"}>
    <${Header}/><${Tabs}/><${KillBar}/><${Views}/><${Announce}/><${MonitorFrame}/></div>`;
}

const PRODUCT = "Showrunner";

/** What this show is called: its title, or, where nobody gave it one, the channel it is for. */
function showName() {
  const { title, demo } = S.show.value;
  if (title && (demo || title !== PRODUCT)) return clean(title);
  const chats = Object.keys(S.health.value).filter((part) => part.startsWith("chat."));
  const channel = chats.map((part) => S.health.value[part].params?.channel).find(Boolean);
  return clean(channel) || PRODUCT;
}

function watchTitle() {
  const line = lineOnAir.value;
  const now = line ? `● ${clean(persona(line.persona).name)}` : t(`mode.${S.show.value.mode}`);
  const here = view.value && view.value !== "live" ? t(`view.${view.value}`) : now;
  document.title = `${link.value.state !== "open" ? t(`link.${link.value.state}`) : here} · ${showName()}`;
}

// A page of another build reloads itself, but not under somebody's fingers.
let build = "";
function watchBuild() {
  const now = S.build.value;
  const free = !writing() && !typing.value && !lineOnAir.value;
  if (!now) return;
  if (!build) build = now;
  else if (now !== build && free) location.reload();
}

async function begin() {
  const arriving = /[#&]code=|^#setup$/.test(location.hash);
  const entering = signIn();
  await loadTexts(preferred());
  render(html`<${App}/>`, document.getElementById("app"));
  effect(watchTitle);
  effect(watchBuild);
  effect(() => { if (link.value.state === "open") loadNotices(lang.value); });
  // The printed link leads to the first run, another address to where this browser was: its view comes while the door is being opened.
  // (They need to know the language.)
  const soon = arriving ? "setup" : location.hash === "#live" || (!location.hash && recall("showrunner.obs")) ? "live" : "";
  if (soon) LATER[soon]().catch(() => {});
  const refused = await entering;
  if (refused) link.value = { ...link.peek(), reason: refused };
  start();
}

begin();
