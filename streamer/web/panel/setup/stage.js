// The stage as viewers get it, small: the overlay page itself, in a frame, drawn at a stage's own size and scaled down.
import { html, signal, useEffect, useLayoutEffect, useRef } from "../vendor/preact.js";
import { get } from "../api.js";
import { castIds } from "../parts/common.js";
import { persona, S } from "../store.js";
import { clean, lang, t } from "../texts.js";
import { Glyph } from "./glyphs.js";

/** Below this width the stage is drawn in 4:3, so that captions stay readable. */
const SMALL = 560;
const WIDE = [1280, 720];
const TALL = [800, 600];
const LOOK_MS = 400;

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
  return new Intl.ListFormat(lang.value, { style: "long", type: "conjunction" }).format(all);
}

let frame = null;
const player = () => { try { return frame?.contentWindow?.showrunner?.sink || null; } catch { return null; } };

function wake() {
  const sink = player();
  if (sink && sink.audio !== "running") sink.resume();
  look();
}

function look() {
  const sink = player();
  if (!sink) hearing.value = "waiting";
  else if (sink.audio !== "running") hearing.value = "asleep";
  else hearing.value = sink.holder || sink.monitor ? "on" : S.sound.peek().where === "nobody" ? "on" : "elsewhere";
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
  if (state === "elsewhere") return html`<p class="heard"><${Glyph} name="sound"/>${t(S.sound.value.where === "obs" ? "setup.stage.obs" : "setup.stage.other")}</p>`;
  if (state === "on") {
    return html`<button type="button" class="heard" aria-pressed=${muted.value} onClick=${() => { muted.value = !muted.value; look(); }}><${Glyph} name=${muted.value ? "mute" : "sound"}/>${t(muted.value ? "setup.stage.muted" : "setup.stage.on")}</button>`;
  }
  return null;
}

export function Stage() {
  const box = useRef(null);
  const own = useRef(null);
  useEffect(() => {
    if (!stageUrl.peek()) findStage();
    const timer = setInterval(look, LOOK_MS);
    // A browser lets a page sound after the first press on it, whatever was pressed.
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
    return () => { clearInterval(timer); removeEventListener("pointerdown", wake); removeEventListener("keydown", wake); };
  }, []);
  useLayoutEffect(() => {
    const fit = () => {
      const width = box.current.clientWidth;
      if (!width || !own.current) return;
      const [w, h] = width < SMALL ? TALL : WIDE;
      Object.assign(own.current.style, { width: `${w}px`, height: `${h}px`, transform: `scale(${width / w})` });
    };
    const watch = new ResizeObserver(fit);
    watch.observe(box.current);
    fit();
    return () => watch.disconnect();
  }, [stageUrl.value]);
  useEffect(() => { frame = own.current; }, [stageUrl.value]);
  return html`<div class="stage-box" ref=${box}>
    <div class="stage-room" aria-hidden="true"></div>
    ${stageUrl.value ? html`<iframe ref=${own} class="stage-frame" src=${stageUrl.value} title=${t("setup.stage.title", { names: names() })} tabindex="-1" scrolling="no" onLoad=${quietHints}></iframe>`
    : html`<p class="stage-wait">${stageTrouble.value ? t("setup.stage.none") : t("setup.stage.wait")}</p>`}
    <${Sound}/></div>`;
}
