// Small pieces every step is made of.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { t } from "../texts.js";
import { change, desk, mark, STEPS, stepState, worded } from "./desk.js";
import { Glyph } from "./glyphs.js";

/** Names of the steps whose card is open. */
export const opened = signal([]);
/** The last thing done, said once to screen readers. */
export const aloud = signal("");

export const isOpen = (name) => opened.value.includes(name);
const turn = (name) => { opened.value = isOpen(name) ? opened.value.filter((one) => one !== name) : [...opened.value, name]; };

/** Opens a card and moves there, as somebody asked for. */
export function openStep(name) {
  if (!isOpen(name)) turn(name);
  requestAnimationFrame(() => {
    const button = document.getElementById(`step-turn-${name}`);
    button.focus({ preventScroll: true });
    button.closest(".step").scrollIntoView({ block: "start", behavior: "auto" });
  });
}

/** What went wrong and what can be done, beside what caused it. `kept` says what still holds. */
export function Problem({ problem, kept, id, children }) {
  if (!problem) return null;
  const { what, fix } = worded(problem);
  return html`<div class="notice live problem" role="alert" id=${id}><p><b>${what}</b></p>${fix && html`<p class="fix">${fix}</p>`}${kept && html`<p class="as-before">${kept}</p>`}${children}</div>`;
}

/** A button that says what it is doing. It keeps its place and its focus meanwhile. */
export function Act({ busy, off, cls = "", words, working, onClick, children, ...more }) {
  const idle = !busy && !off;
  return html`<button type="button" class=${`btn ${cls}`} aria-disabled=${!idle} onClick=${(e) => (idle ? onClick(e) : undefined)} ...${more}>${busy && html`<span class="spin" aria-hidden="true"></span>`}${children}<span>${busy ? working || t("setup.working") : words}</span></button>`;
}

/** A labelled text field with its help and its error, which it names to screen readers. */
export function Text({ id, label, help, problem, kept, wide = true, children, ...more }) {
  const notes = [help && `${id}-help`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return html`<div class=${wide ? "entry wide" : "entry"}><label class="label" for=${id}>${label}</label>
    <span class="entry-row"><input id=${id} class="field" autocomplete="off" spellcheck=${false} aria-describedby=${notes || undefined} aria-invalid=${problem ? "true" : undefined} ...${more}/>${children}</span>
    ${help && html`<p class="help" id=${`${id}-help`}>${help}</p>`}<${Problem} id=${`${id}-problem`} problem=${problem} kept=${kept}/></div>`;
}

function Undo({ name, onDone }) {
  const undo = desk.value?.undo;
  if (!undo || undo.what !== name) return null;
  return html`<button type="button" class="link" onClick=${async () => { const done = await change("/undo", {}); if (done.ok) { aloud.value = t("setup.undone"); onDone(); } }}>${t("setup.undo")}</button>`;
}

/** What was just saved, how to take it back, and what could come next. */
export function Saved({ name, words }) {
  const [undone, setUndone] = useState(false);
  useEffect(() => { if (!words) setUndone(false); }, [words]);
  if (!words) return null;
  const next = STEPS.slice(STEPS.indexOf(name) + 1).concat(STEPS).find((one) => one !== name && stepState(one) === "todo");
  return html`<div class="notice ready just-saved"><p><b>${undone ? t("setup.undone") : words}</b></p><p class="just-acts"><${Undo} name=${name} onDone=${() => setUndone(true)}/>
    ${next ? html`<button type="button" class="link" onClick=${() => { turn(name); openStep(next); }}>${t("setup.next", { step: t(`setup.${next}.title`) })}</button>`
    : html`<button type="button" class="link" onClick=${() => { turn(name); const end = document.getElementById("setup-end"); end.focus({ preventScroll: true }); end.scrollIntoView({ block: "center" }); }}>${t("setup.next.end")}</button>`}</p></div>`;
}

const CHIP = { todo: "", done: "ready", skipped: "" };

export function Step({ name, what, children }) {
  const state = stepState(name);
  const open = isOpen(name);
  const known = desk.value !== null;
  const title = t(`setup.${name}.title`);
  const body = useRef(false);
  if (open) body.current = true;
  useEffect(() => { if (open && known && state === "skipped") mark(name, "todo"); }, [open]);
  const skip = async () => { const done = await mark(name, "skipped"); if (done.ok) { aloud.value = t("setup.skipped.aloud", { step: title }); if (isOpen(name)) turn(name); } };
  return html`<section class=${`card step is-${state} ${open ? "is-open" : ""}`} aria-labelledby=${`step-h-${name}`}>
    <header><span class="step-pic" aria-hidden="true"><${Glyph} name=${state === "done" ? "done" : name}/></span>
      <div class="step-words"><h3 id=${`step-h-${name}`}>${title}</h3><p>${known ? what || t(`setup.${name}.what`) : t(`setup.${name}.what`)}</p></div>
      <span class=${`chip ${CHIP[state]}`}>${known ? t(`setup.state.${state}`) : html`<span class="bone"></span>`}</span>
      <span class="step-acts">${state === "todo" && html`<button type="button" class="btn quiet" aria-label=${t("setup.skip.one", { step: title })} onClick=${skip}>${t("setup.skip")}</button>`}
        <button type="button" id=${`step-turn-${name}`} class=${`btn ${state === "todo" && !open ? "accent" : ""}`} aria-expanded=${open} aria-controls=${`step-body-${name}`} aria-label=${`${t(open ? "setup.close" : state === "done" ? "setup.change" : "setup.open")}: ${title}`} onClick=${() => turn(name)}>${t(open ? "setup.close" : state === "done" ? "setup.change" : "setup.open")}</button></span></header>
    <div class="step-body" id=${`step-body-${name}`} hidden=${!open}>${body.current && known && children}</div></section>`;
}
