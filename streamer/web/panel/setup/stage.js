// The stage as viewers get it, small: the overlay page itself, in a frame, drawn at a stage's own size and scaled down.
import { html, signal, useEffect, useLayoutEffect, useRef } from "../vendor/preact.js";
import { get } from "../api.js";
import { castIds } from "../parts/common.js";
import { hearHere, sounds, wanted } from "../parts/hear.js";
import { persona, S } from "../store.js";
import { clean, lang, t } from "../texts.js";
import { stagePlays } from "../views.js";
import { Glyph } from "./glyphs.js";

/** Below this width the stage is drawn as for a narrower window, so that captions stay readable. */
const SMALL = 560;
const WIDE = 1280;
const NARROW = 960;
/** The stage page makes room for captions in windows that are lower than this. */
const LOW = 645;
const LOOK_MS = 400;
/** So many looks in a row until a silent page counts as silent. */
const STAYS = 8;

/** Address of the stage page with its token; "" until it is known. */
export const stageUrl = signal("");
export const stageTrouble = signal(null);
/** What the framed page says of its sound: waiting | asleep | on | elsewhere. */
export const hearing = signal("waiting");
const muted = signal(false);

export async function findStage() {
  const answer = await get("grants");
  const items = answer.ok && Array.isArray(answer.body?.items) ? answer.body.items : [];
  const stage = items.find((item) => item.kind === "overlay" && /\/overlay\/stage(\?|$)/.test(item.url || ""));
  if (stage) stageUrl.value = new URL(stage.url, location.origin).href;
  stageTrouble.value = stage ? null : { code: answer.status ? "no_stage" : "offline" };
}

/** Names of those on stage, as a sentence has them. */
export function names() {
  const all = castIds().map((id) => clean(persona(id).name)).filter(Boolean);
  if (!all.length) return t("setup.stage.them");
  if (lang.value === "ja") return all.join("と");
  return new Intl.ListFormat(lang.value, { style: "long", type: "conjunction" }).format(all);
}

let frame = null;
let silent = 0;
let dozing = 0;
const player = () => { try { return frame?.contentWindow?.showrunner?.sink || null; } catch { return null; } };

function wake() {
  const sink = player();
  if (sink && sink.audio !== "running") sink.resume();
  look();
}

function look() {
  const sink = player();
  const state = !sink ? "waiting" : sink.audio !== "running" ? "asleep" : sink.plays ? "on" : "elsewhere";
  // A lease that comes late, or a sound that needs a moment to start, is no news: only what stays so is said.
  silent = state === "elsewhere" ? silent + 1 : 0;
  dozing = state === "asleep" ? dozing + 1 : 0;
  const settled = state === "elsewhere" ? silent > STAYS || hearing.peek() !== "on" : state !== "asleep" || dozing > 1;
  if (settled) hearing.value = state;
  stagePlays.value = Boolean(sink?.holder) && sink.audio === "running" && !muted.peek();
  if (sink?.output) sink.output.gain.value = muted.peek() ? 0 : 1;
}

// The page's own hints are for tabs of their own; here this view speaks.
function quietHints() {
  try {
    const sheet = new frame.contentWindow.CSSStyleSheet();
    sheet.replaceSync(".sr-hint { display: none !important; }");
    frame.contentDocument.adoptedStyleSheets = [sheet];
  } catch { /* an older browser shows both */ }
  look();
}

function Sound() {
  const state = hearing.value;
  if (state === "asleep") {
    return html`<button type="button" class="hear" onClick=${wake}><${Glyph} name="sound"/><b>${t("setup.stage.hear")}</b></button>`;
  }
  if (state === "elsewhere") {
    const { where } = S.sound.value;
    if (where !== "obs" && where !== "tab") return null; // nobody, or no page
    if (where === "tab" && sounds.value) return html`<p class="heard"><${Glyph} name="sound"/>${t("setup.stage.on")}</p>`;
    return html`<p class="heard"><${Glyph} name="sound"/>${t(where === "obs" ? "setup.stage.obs" : "setup.stage.other")}
      ${where === "obs" && html` <button type="button" onClick=${() => hearHere(!wanted.value)}>${t(wanted.value ? "setup.stage.apart" : "setup.stage.along")}</button>`}</p>`;
  }
  if (state === "on") {
    return html`<button type="button" class="heard" aria-label=${t(muted.value ? "setup.stage.unmute" : "setup.stage.mute")} title=${t(muted.value ? "setup.stage.unmute" : "setup.stage.mute")} onClick=${() => { muted.value = !muted.value; look(); }}><${Glyph} name=${muted.value ? "mute" : "sound"}/>${t(muted.value ? "setup.stage.muted" : "setup.stage.on")}</button>`;
  }
  return null;
}

export function Stage() {
  const src = stageUrl.value;
  const box = useRef(null);
  const own = useRef(null);
  useEffect(() => {
    if (!stageUrl.peek()) findStage();
    const timer = setInterval(look, LOOK_MS);
    // A browser lets a page sound after the first press on it, whatever was pressed.
    addEventListener("pointerdown", wake, true);
    addEventListener("keydown", wake, true);
    return () => { clearInterval(timer); removeEventListener("pointerdown", wake, true); removeEventListener("keydown", wake, true); };
  }, []);
  useLayoutEffect(() => {
    const fit = () => {
      const { clientWidth: width, clientHeight: height } = box.current;
      if (!width || !own.current) return;
      const w = width < SMALL ? NARROW : WIDE;
      const h = Math.max(LOW, Math.round((w * height) / width));
      Object.assign(own.current.style, { width: `${w}px`, height: `${h}px`, transform: `scale(${width / w})` });
    };
    const watch = new ResizeObserver(fit);
    watch.observe(box.current);
    fit();
    return () => watch.disconnect();
  }, [src]);
  useEffect(() => { frame = own.current; }, [src]);
  return html`<div class="stage-box" ref=${box}>
    <div class="stage-room" aria-hidden="true"></div>
    ${src ? html`<iframe ref=${own} class="stage-frame" src=${src} title=${t("setup.stage.title", { names: names() })} tabindex="-1" scrolling="no" onLoad=${quietHints}></iframe>`
    : html`<p class="stage-wait">${stageTrouble.value ? t("setup.stage.none") : t("setup.stage.wait")}</p>`}
    <${Sound}/></div>`;
}
