// Mode and time, how every part does, and the page's own settings.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { Icon } from "../icons.js";
import { letters, setLetters } from "../keys.js";
import { link, persona, S, showNow, tick } from "../store.js";
import { chooseLanguage, clean, has, lang, LANGUAGES, latency, notice, number, span, stopwatch, t, tn } from "../texts.js";
import { VIEWS, view } from "../views.js";
import { Dot } from "./common.js";
import { Mic } from "./mic.js";

const DOTS = { ok: "", degraded: "warn", broken: "bad", off: "off", starting: "start" };
const RANK = { broken: 0, degraded: 1, starting: 2, ok: 3, off: 4 };

/** "voice.mika" -> "Mika's voice": a known name, the persona's, or as it is. A second one: (2). */
export function partName(part) {
  if (has(`part.${part}`)) return t(`part.${part}`);
  const nth = /^(.+)\.(\d+)$/.exec(part);
  if (nth && has(`part.${nth[1]}`)) return `${t(`part.${nth[1]}`)} (${nth[2]})`;
  const [group, ...rest] = part.split(".");
  const id = rest.join(".").replace(/\.\d+$/, "");
  const [who, engine] = rest;
  if (engine && S.cast.value[who] && has(`part.${group}.of`)) {
    const several = Object.keys(S.health.value).filter((one) => one.startsWith(`${group}.${who}.`)).length > 1;
    return t(`part.${group}.of`, { name: persona(who).name }) + (several ? ` (${clean(engine)})` : "");
  }
  if (id && S.cast.value[id] && has(`part.${group}.of`)) return t(`part.${group}.of`, { name: persona(id).name });
  if (has(`part.${group}`)) return id ? `${t(`part.${group}`)} ${clean(id)}` : t(`part.${group}`);
  return clean(part);
}

const sorted = () => Object.entries(S.health.value)
  .map(([part, health]) => ({ part, ...health }))
  .sort((a, b) => (a.order ?? 99) - (b.order ?? 99) || (a.part < b.part ? -1 : 1));

/** Parts that nobody looks for while they are well. */
const SILENT = /^(chat\.(inject|write|twitch\.spare)|account|webhook)\b/;
const worrying = (h) => h.state === "broken" || h.state === "degraded";
const brief = (h) => {
  if (h.state === "ok") return !h.part.startsWith("chat.") && h.latency_ms !== null && h.latency_ms !== undefined ? latency(h.latency_ms) : t("health.ok");
  return t(`health.${h.state}`);
};

function Pill({ h, open, onOpen }) {
  const cls = h.state === "broken" ? "broken" : h.state === "degraded" ? "bad" : "";
  return html`<button type="button" class=${`pill ${cls}`} aria-expanded=${open} aria-haspopup="dialog" onClick=${onOpen}>
    <${Dot} kind=${DOTS[h.state] ?? "off"}/><b>${partName(h.part)}</b> <span class="n">${brief(h)}</span></button>`;
}

function Part({ h }) {
  return html`<li class=${`part ${h.state}`}>
    <p class="what"><${Dot} kind=${DOTS[h.state] ?? "off"}/><b>${partName(h.part)}</b> <span class="n">${brief(h)}</span></p>
    <p class="words">${notice(h.code, h.params || {})}</p>
    ${h.fix && html`<p class="fix"><b>${t("health.fix")}</b> ${has(h.fix) ? t(h.fix, h.params || {}) : clean(h.fix)}</p>`}
  </li>`;
}

/** A box under its button. Closes on Escape, on a press elsewhere, and gives the focus back. */
export function Popover({ label, onClose, children, cls = "" }) {
  const box = useRef(null);
  const opener = useRef(null); // taken while it is drawn: by the time of an effect a quick Tab may have moved on
  if (!opener.current) opener.current = document.activeElement;
  useLayoutEffect(() => {
    const before = opener.current;
    if (!box.current.contains(document.activeElement)) box.current.focus();
    const away = (event) => { if (box.current && !box.current.contains(event.target) && !before.contains(event.target)) onClose(); };
    const escape = (event) => { if (event.key === "Escape") { event.stopPropagation(); onClose(); } };
    addEventListener("pointerdown", away);
    addEventListener("keydown", escape, true);
    return () => {
      removeEventListener("pointerdown", away);
      removeEventListener("keydown", escape, true);
      const now = document.activeElement;
      if (before && before.focus && (!now || now === document.body || (box.current && box.current.contains(now)))) before.focus();
    };
  }, []);
  return html`<div class=${`pop ${cls}`} role="dialog" aria-label=${label} tabindex="-1" ref=${box}>${children}</div>`;
}

const PILLS_MAX = 6;
const TITLE_PX = 90;

/** How many parts have room: fewer as long as the bar is too full. Counted anew when the window or `parts` changes. */
function useRoom(parts) {
  const box = useRef(null);
  const [most, setMost] = useState(PILLS_MAX);
  const again = () => setMost(PILLS_MAX);
  useLayoutEffect(again, [parts, lang.value]);
  useEffect(() => { addEventListener("resize", again); return () => removeEventListener("resize", again); }, []);
  useLayoutEffect(() => {
    const bar = box.current.parentElement;
    const title = bar.querySelector("h1");
    if (most && (bar.scrollWidth > bar.clientWidth || (title.scrollWidth > title.clientWidth && title.clientWidth < TITLE_PX))) setMost(most - 1);
  });
  return [box, most];
}

function Health() {
  const [open, setOpen] = useState("");
  const all = sorted();
  const troubled = all.filter(worrying).sort((a, b) => RANK[a.state] - RANK[b.state]);
  const on = all.filter((h) => h.state !== "off");
  const quiet = on.filter((h) => !worrying(h) && !SILENT.test(h.part));
  const [box, most] = useRoom(all.map((h) => h.part + h.state).join());
  const pills = troubled.concat(quiet).slice(0, most).sort((a, b) => all.indexOf(a) - all.indexOf(b));
  const shown = open === "*" ? troubled.concat(all.filter((h) => !worrying(h))) : all.filter((h) => h.part === open);
  const summary = troubled.length ? tn("health.problems", troubled.length) : t("health.all_ok");
  const toggle = (what) => () => setOpen(open === what ? "" : what);
  const rest = all.length - pills.length;
  return html`<div class="health" role="group" aria-label=${t("health.title")} ref=${box}>
    ${pills.map((h) => html`<${Pill} key=${h.part} h=${h} open=${open === h.part} onOpen=${toggle(h.part)}/>`)}
    ${rest > 0 && html`<button type="button" class="pill more" aria-expanded=${open === "*"} aria-haspopup="dialog" onClick=${toggle("*")}>${t("health.more", { n: number(rest) })}</button>`}
    ${all.length > 0 && html`<button type="button" class=${`pill summary ${troubled.length ? "bad" : ""}`} aria-expanded=${open === "*"} aria-haspopup="dialog" onClick=${toggle("*")}>
      <${Dot} kind=${troubled.length ? DOTS[troubled[0].state] : ""}/><b>${summary}</b></button>`}
    ${open && html`<${Popover} label=${t("health.title")} onClose=${() => setOpen("")}>
      <ul class="partlist">${shown.map((h) => html`<${Part} key=${h.part} h=${h}/>`)}</ul>
      ${open !== "*" && all.length > 1 && html`<button type="button" class="link" onClick=${() => setOpen("*")}>${t("health.show_all")}</button>`}<//>`}
  </div>`;
}

// Keys that mean something only beside OBS, or where the show listens for the host.
const staged = () => [S.obs.value && ["F9", "keys.emergency"], S.ear.value && ["M", "keys.mic"], S.stage.value?.host && ["H", "keys.host"], S.obs.value && ["A", "keys.auto"]].filter(Boolean);

function Settings() {
  const [open, setOpen] = useState(false);
  return html`<div class="settings"><button type="button" class="btn quiet ico" aria-label=${t("settings.title")} aria-expanded=${open} aria-haspopup="dialog" onClick=${() => setOpen(!open)}><${Icon} name="gear"/></button>
    ${open && html`<${Popover} label=${t("settings.title")} onClose=${() => setOpen(false)} cls="small">
      ${S.ear.value && html`<a class="link voicelink" href="#ear" onClick=${() => setOpen(false)}>${t("mic.more")}</a>`}
      <label class="field-row"><span>${t("settings.language")}</span><select value=${lang.value} onChange=${(e) => chooseLanguage(e.currentTarget.value)}>
        ${Object.entries(LANGUAGES).map(([code, name]) => html`<option key=${code} value=${code}>${name}</option>`)}</select></label>
      <label class="field-row"><span>${t("settings.letters")}</span><input class="tg" type="checkbox" role="switch" checked=${letters.value} onChange=${(e) => setLetters(e.currentTarget.checked)}/></label>
      <dl class="keys"><div><dt><kbd>F8</kbd></dt><dd>${t("keys.stop")}</dd></div>${staged().map(([key, words]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}<div><dt><kbd>S</kbd></dt><dd>${t("keys.skip")}</dd></div><div><dt><kbd>J</kbd> <kbd>K</kbd></dt><dd>${t("keys.move")}</dd></div></dl><//>`}
  </div>`;
}

const TALLY = { running: "live", paused: "held", stopped: "stopped", starting: "wait", closing: "wait", closed: "wait" };

function Tally() {
  tick.value;
  const { mode, demo, started } = S.show.value;
  const state = link.value.state;
  if (state !== "open") {
    return html`<span class="tally wait n"><i aria-hidden="true"></i>${t(`link.${state}`)}</span>`;
  }
  const playing = mode === "running" && demo;
  const word = playing ? t("mode.demo") : t(`mode.${mode}`);
  return html`<span class=${`tally n ${playing ? "demo" : TALLY[mode] || "wait"}`}><i aria-hidden="true"></i>${word} <span>${stopwatch(showNow() - started)}</span></span>`;
}

/** The way to the other views, as links: the browser's own keys and buttons work on them. */
export const viewLinks = (names = VIEWS) => names.filter((name) => name !== "ear" || S.ear.value).map((name) => html`<a key=${name} href=${`#${name}`} aria-current=${view.value === name ? "page" : undefined}>${t(`view.${name}`)}</a>`);

export function Header() {
  const show = S.show.value;
  return html`<header class="top">
    <span class="mark" aria-hidden="true">S</span>
    <${Tally}/>
    <h1><bdi>${clean(show.title) || "Showrunner"}</bdi></h1>
    <nav class="views" aria-label=${t("view.title")}>${viewLinks()}</nav>
    ${show.scripted && html`<span class="chip held scripted" title=${t("scripted.why")}>${t("scripted")}</span>`}
    <${Health}/><${Mic}/><${Settings}/>
  </header>`;
}

/** Shown while what is on the page may be old. */
export function Stale() {
  tick.value;
  const { state, at } = link.value;
  if (state === "open" || state === "signed_out") return null;
  const words = at ? t("link.stale", { span: span(performance.now() - at) }) : t("link.first");
  return html`<p class="stale-bar" role="status">${words}</p>`;
}
