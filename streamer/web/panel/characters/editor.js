// The look of a character beside her face: what is changed is seen at once and saved as one goes.
import { html, useEffect, useMemo, useRef, useState } from "../vendor/preact.js";
import { clean, has, t } from "../texts.js";
import { Control, groupName } from "./controls.js";
import { aloud, cast, change, worded } from "./desk.js";
import { Face, LiveFace, rig } from "./face.js";
import { changed, freed, History, PICTURES, resolved, same } from "./look.js";
import { Saver } from "./saver.js";

const EXPRESSIONS = ["neutral", "joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy"];
/** What is alike stands together, the boldest first. */
const KINDS = ["choice", "colour", "number", "flag"];
const GESTURES = ["nod", "tilt", "shrug", "wave"];

export const themeName = (theme) => (has(`character.theme.${theme}`) ? t(`character.theme.${theme}`) : theme);

/** Faces to choose from, by theme. `onPick(theme)`. */
export function Themes({ name, value, onPick, pictures }) {
  const { themes } = cast.value.rig;
  return html`<fieldset class="themes"><legend class="label">${t("character.look.theme")}</legend><div class="faces">${Object.keys(themes).map((theme) => html`<label key=${theme} class="facepick"><input type="radio" name=${name} checked=${value === theme} onChange=${() => onPick(theme)}/>
    <span class="pic"><${Face} id=${theme} look=${{ theme }}/></span><b>${themeName(theme)}</b></label>`)}
    ${pictures && html`<label class="facepick"><input type="radio" name=${name} checked=${value === PICTURES} onChange=${() => onPick(PICTURES)}/><span class="pic own"><i aria-hidden="true"></i><i aria-hidden="true"></i></span><b>${t("character.look.pictures")}</b></label>`}</div></fieldset>`;
}

function Acts({ face, set, faceOf }) {
  return html`<div class="tries"><fieldset><legend class="sr">${t("character.try.face")}</legend><span class="opts">${EXPRESSIONS.map((one) => html`<label key=${one} class="opt"><input type="radio" name="try-face" checked=${face.expression === one} onChange=${() => set({ expression: one })}/><span>${t(`character.face.${one}`)}</span></label>`)}</span></fieldset>
    <p class="acts-row"><button type="button" class=${`btn ${face.talking ? "accent" : ""}`} aria-pressed=${face.talking} onClick=${() => set({ talking: !face.talking })}>${t(face.talking ? "character.try.hush" : "character.try.talk")}</button>
    <button type="button" class="btn" onClick=${() => faceOf()?.blink?.now?.()}>${t("character.try.blink")}</button>
    ${GESTURES.map((one) => html`<button key=${one} type="button" class="btn" onClick=${() => faceOf()?.gesture(one)}>${t(`character.try.${one}`)}</button>`)}</p></div>`;
}

function Groups({ table, params, look, full, put }) {
  const groups = look.theme === PICTURES ? [PICTURES] : table.groups.length ? table.groups : [...new Set(Object.values(params).map((p) => p.group))];
  const [open, setOpen] = useState(groups[0]);
  const now = groups.includes(open) ? open : groups[0];
  const turn = (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    const next = groups[(groups.indexOf(now) + by + groups.length) % groups.length];
    setOpen(next);
    document.getElementById(`look-tab-${next}`)?.focus();
  };
  const kinds = KINDS.map((kind) => Object.entries(params).filter(([, p]) => p.group === now && p.kind === kind)).filter((some) => some.length);
  return html`<div class="groups">${groups.length > 1 && html`<div class="grouptabs" role="tablist" aria-label=${t("character.look.parts")}>${groups.map((group) => html`<button key=${group} id=${`look-tab-${group}`} type="button" role="tab" aria-selected=${group === now} aria-controls="look-part" tabindex=${group === now ? 0 : -1} onClick=${() => setOpen(group)} onKeyDown=${turn}>${groupName(group)}</button>`)}</div>`}
    <div class="ctls" id="look-part" role=${groups.length > 1 ? "tabpanel" : undefined} aria-labelledby=${groups.length > 1 ? `look-tab-${now}` : undefined}>${kinds.map((some) => html`<div key=${some[0][1].kind} class="kind">${some.map(([key, param]) => html`<${Control} key=${key} id=${`look-${key}`} name=${key} param=${param} value=${full[key]} onInput=${(value) => put(key, value)} onFree=${param.follows && look[key] !== undefined ? () => put(key) : undefined}/>`)}</div>`)}</div></div>`;
}

function State({ saver, name }) {
  const state = saver.state.value;
  const problem = saver.problem.value;
  if (problem) return html`<div class="notice live" role="alert"><p><b>${worded(problem)}</b></p><p>${t("character.save.kept")}</p><p><button type="button" class="link" onClick=${() => saver.again()}>${t("character.save.again")}</button></p></div>`;
  const words = state === "saved" ? t("character.save.live", { name }) : state === "idle" ? t("character.save.idle") : t("character.save.saving");
  return html`<p class=${`savestate ${state}`} role="status">${words}</p>`;
}

/** The editor of one character's look. `item` is a character of the desk. */
export function LookEditor({ item }) {
  const table = cast.value.rig;
  const [history, setHistory] = useState(() => History.start({ ...item.look }));
  const [face, setFace] = useState({ expression: "neutral", talking: false });
  const living = useRef(() => null);
  const saver = useMemo(() => new Saver((wanted) => change(item.id, { look: wanted })), [item.id]);
  const look = history.now;
  const name = clean(item.name);
  // Somebody else changed the file: theirs is shown, as a step that can be taken back.
  useEffect(() => { if (!saver.pending) setHistory((h) => History.put(h, { ...item.look })); }, [JSON.stringify(item.look)]);
  useEffect(() => () => { saver.flush(); }, [saver]);
  const to = (next) => { if (!same(next.now, look)) saver.put(next.now); setHistory(next); };
  const put = (key, value) => to(History.put(history, value === undefined ? freed(look, key) : changed(look, key, value, table), key));
  const wear = (theme) => { if (theme !== look.theme) to(History.put(history, { theme })); };
  const full = resolved(look, table, rig.value?.resolve);
  const params = look.theme === PICTURES ? table.pictures : table.params;
  const asShown = look.theme === PICTURES ? { ...item.shown, ...(item.shown?.kind === "png" ? full : {}), theme: undefined } : look;
  const keys = (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.altKey || e.target.closest("input[type=text], textarea")) return;
    const forth = e.key.toLowerCase() === "y" || (e.shiftKey && e.key.toLowerCase() === "z");
    if (!forth && e.key.toLowerCase() !== "z") return;
    e.preventDefault();
    to(forth ? History.forth(history) : History.back(history));
  };
  const more = Object.keys(look).length > 1;
  return html`<div class="lookedit" onKeyDown=${keys}>
    <div class="sight"><div class="mirror"><${LiveFace} id=${item.id} look=${asShown} expression=${face.expression} talking=${face.talking} act=${(get) => { living.current = get; }} label=${t("character.look.face", { name })}/>${rig.value === false && html`<p class="help">${t("character.look.norig")}</p>`}</div>
      <${Acts} face=${face} set=${(next) => setFace({ ...face, ...next })} faceOf=${() => living.current()}/></div>
    <div class="wishes"><div class="looktools"><button type="button" class="btn" aria-disabled=${!history.past.length} onClick=${() => to(History.back(history))}>${t("character.look.undo")}</button><button type="button" class="btn" aria-disabled=${!history.next.length} onClick=${() => to(History.forth(history))}>${t("character.look.redo")}</button>
      <button type="button" class="btn" aria-disabled=${!more} onClick=${() => { if (more) { to(History.put(history, { theme: look.theme })); aloud.value = t("character.look.reset.done"); } }}>${t(look.theme === PICTURES ? "character.look.reset.pictures" : "character.look.reset")}</button><${State} saver=${saver} name=${name}/></div>
      <${Themes} name="look-theme" value=${look.theme} onPick=${wear} pictures=${item.pictures.some((each) => each.url)}/>
      <${Groups} table=${table} params=${params} look=${look} full=${full} put=${put}/></div></div>`;
}
