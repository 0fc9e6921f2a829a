// Step: the link for OBS, masked until asked for, and a drawing of where it goes.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { tone } from "../actions.js";
import { Icon } from "../icons.js";
import { useStyle } from "../parts/common.js";
import { masked } from "../parts/links.js";
import { S } from "../store.js";
import { loadPart, t } from "../texts.js";
import { desk, mark, stepState } from "./desk.js";
import { Picture } from "./picture.js";
import { Act, aloud, isOpen, Problem, Saved, Step } from "./pieces.js";
import { findStage, stageTrouble, stageUrl } from "./stage.js";

const inObs = () => S.sound.value.where === "obs";

function Link() {
  const [shown, show] = useState(false);
  const [copied, setCopied] = useState("");
  const [saved, setSaved] = useState("");
  const field = useRef(null);
  useEffect(() => { if (copied === "select" && field.current) { field.current.focus(); field.current.select(); } }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(stageUrl.value);
      setCopied("yes");
      aloud.value = t("setup.overlay.copied");
      if (stepState("overlay") !== "done") {
        await mark("overlay", "done");
        setSaved(t("setup.overlay.saved"));
      }
    } catch {
      show(true);
      setCopied("select");
    }
    setTimeout(() => setCopied(""), 5000);
  };
  const url = stageUrl.value;
  return html`<div class="form"><div class="entry wide"><label class="label" for="overlay-url">${t("setup.overlay.label")}</label>
    <span class="entry-row"><input id="overlay-url" class="field url" readonly ref=${field} value=${shown ? url : url ? masked(url) : ""} aria-describedby="overlay-warn" onFocus=${(e) => shown && e.currentTarget.select()}/>
      <button type="button" class="btn ico" disabled=${!url} aria-label=${t(shown ? "setup.overlay.hide" : "setup.overlay.show")} title=${t(shown ? "setup.overlay.hide" : "setup.overlay.show")} aria-pressed=${shown} onClick=${() => show(!shown)}><${Icon} name="eye"/></button>
      <button type="button" class="btn go copy" disabled=${!url} onClick=${copy}><${Icon} name=${copied === "yes" ? "check" : "copy"}/>${t(copied ? `setup.overlay.copy.${copied}` : "setup.overlay.copy")}</button></span>
    <p class="help" id="overlay-warn">${t("setup.overlay.warn")}</p><${Problem} problem=${stageTrouble.value}>${stageTrouble.value && html`<p><button type="button" class="link" onClick=${findStage}>${t("setup.again")}</button></p>`}<//></div>
    <${Saved} name="overlay" words=${saved}/></div>`;
}

function Seen() {
  const [sent, setSent] = useState(false);
  const test = async () => { setSent(await tone()); setTimeout(() => setSent(false), 4000); };
  if (!inObs()) return html`<p class="obs-state wait"><span class="dot off" aria-hidden="true"></span>${t("setup.overlay.waiting")}</p>`;
  return html`<p class="obs-state"><span class="dot" aria-hidden="true"></span><b>${t("setup.overlay.seen")}</b> <${Act} words=${t("setup.overlay.tone")} onClick=${test}/>${sent && html` <span role="status">${t("setup.overlay.tone.sent")}</span>`}</p>`;
}

// What brings it into OBS by itself comes when the step is opened.
const putter = signal(null);
async function fetchPutter() {
  if (putter.peek()) return;
  try {
    const [loaded] = await Promise.all([import("../obs/step.js"), useStyle("obs/obs.css"), loadPart("obs")]);
    putter.value = loaded.PutIntoObs;
  } catch { /* by hand it works without; the next time it is opened it is tried again */ }
}

export function OverlayStep() {
  const open = isOpen("overlay");
  useEffect(() => { if (open) fetchPutter(); }, [open]);
  const Putter = putter.value;
  useEffect(() => { if (!stageUrl.peek()) findStage(); }, []);
  const done = desk.value?.steps.overlay === "done";
  const what = done ? t(inObs() ? "setup.overlay.now.seen" : "setup.overlay.now") : "";
  return html`<${Step} name="overlay" what=${what}>${Putter && html`<${Putter}/>`}<${Link}/>
    <div class="obs-how"><${Picture}/><div><h4>${t("setup.overlay.how")}</h4><ol class="obs-steps">${["sources", "browser", "url", "size", "audio"].map((each) => html`<li key=${each}>${t(`setup.overlay.how.${each}`)}</li>`)}</ol>
      <${Seen}/><p class="help">${t("setup.overlay.second")} <code>python3 run.py --lan</code></p><p class="help">${t("setup.overlay.more")} <a class="link" href="#overlays">${t("view.overlays")}</a></p></div></div><//>`;
}
