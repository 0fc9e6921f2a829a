// The characters: who is on stage, a new one, a card from elsewhere, and everything that can be changed about one.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { personaStyle } from "../colour.js";
import { useStyle } from "../parts/common.js";
import { clean, loadPart, t } from "../texts.js";
import { aloud, bring, cast, follow, remove, reread, stage, undo, unread, worded } from "./desk.js";
import { LookEditor, themeName } from "./editor.js";
import { Face, fetchRig } from "./face.js";
import { PICTURES } from "./look.js";
import { Drop, Pictures } from "./pictures.js";
import { NewCharacter, Words } from "./words.js";

export { LookEditor } from "./editor.js";

/** Resolves when the words and the style of this part are there. */
export const ready = Promise.all([useStyle("characters/characters.css"), loadPart("characters")]);

const TABS = ["look", "words", "pictures"];
/** {id, tab} of who is being changed, "new", or null. */
const doing = signal(null);
const trouble = signal(null);
const imported = signal(null);

function Card({ item }) {
  const [busy, setBusy] = useState(false);
  const name = clean(item.name);
  const chosen = doing.value?.id === item.id;
  const turn = async (on) => { setBusy(true); trouble.value = null; const result = await stage(item.id, on); setBusy(false); trouble.value = result.problem; if (result.ok) aloud.value = t(on ? "character.stage.on" : "character.stage.off", { name }); };
  const open = () => { doing.value = chosen ? null : { id: item.id, tab: "look" }; };
  const look = item.look.theme === PICTURES ? t("character.look.pictures") : themeName(item.look.theme || "");
  return html`<li class=${`char ${chosen ? "chosen" : ""}`} style=${personaStyle(item.colour, 0)}>
    <span class="pic">${item.usable ? html`<${Face} id=${item.id} look=${item.shown}/>` : html`<i class="broken" aria-hidden="true">?</i>`}</span>
    <div class="about"><b class="who">${name}</b><small>${item.usable ? look : t("character.broken")}</small></div>
    <label class="stage"><input class="tg" type="checkbox" role="switch" checked=${item.on_stage} disabled=${busy || (!item.usable && !item.on_stage)} aria-label=${t("character.stage.of", { name })} onChange=${(e) => { const on = e.currentTarget.checked; e.currentTarget.checked = item.on_stage; turn(on); }}/><span>${t(item.on_stage ? "character.stage.is" : "character.stage.not")}</span></label>
    ${item.usable ? html`<button type="button" class=${`btn ${chosen ? "accent" : ""}`} aria-expanded=${chosen} aria-controls="char-open" aria-label=${t(chosen ? "character.close.of" : "character.edit.of", { name })} onClick=${open}>${t(chosen ? "character.close" : "character.edit")}</button>` : null}
    ${item.problems.length > 0 && html`<ul class="wrongs">${item.problems.slice(0, 4).map((each, at) => html`<li key=${at}><code>${clean(each.file)}${each.line ? `:${each.line}` : ""}</code> ${each.where ? `${clean(each.where)}: ` : ""}${clean(each.message)}</li>`)}</ul>`}</li>`;
}

function Removal({ item }) {
  const [sure, setSure] = useState(false);
  const name = clean(item.name);
  if (!item.own) return html`<p class="help">${t("character.shipped", { name })}</p>`;
  const away = async () => { trouble.value = null; const result = await remove(item.id); trouble.value = result.problem; if (result.ok) { doing.value = null; aloud.value = t("character.removed", { name }); } };
  return html`<p class="acts-row">${sure ? html`<span>${t("character.remove.sure", { name })}</span><button type="button" class="btn" onClick=${away}>${t("character.remove.yes")}</button><button type="button" class="btn" onClick=${() => setSure(false)}>${t("character.cancel")}</button>` : html`<button type="button" class="btn quiet" onClick=${() => setSure(true)}>${t("character.remove", { name })}</button>`}</p>`;
}

function Open({ item, tab }) {
  const head = useRef(null);
  const name = clean(item.name);
  useEffect(() => { head.current?.scrollIntoView?.({ block: "start" }); }, [item.id]);
  const go = (one) => { doing.value = { id: item.id, tab: one }; };
  const turn = (e) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return;
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length];
    go(next);
    document.getElementById(`char-tab-${next}`)?.focus();
  };
  return html`<section class="charopen" id="char-open" aria-labelledby="char-open-title" style=${personaStyle(item.colour, 0)}><header ref=${head}><h4 id="char-open-title"><span class="who">${name}</span></h4>
    <div class="tabs3" role="tablist" aria-label=${t("character.tabs", { name })}>${TABS.map((one) => html`<button key=${one} type="button" role="tab" id=${`char-tab-${one}`} aria-selected=${tab === one} aria-controls="char-part" tabindex=${tab === one ? 0 : -1} onClick=${() => go(one)} onKeyDown=${turn}>${t(`character.tab.${one}`)}</button>`)}</div></header>
    <div id="char-part" role="tabpanel" aria-labelledby=${`char-tab-${tab}`}>${tab === "look" ? html`<${LookEditor} key=${item.id} item=${item}/>` : tab === "words" ? html`<${Words} key=${item.id} item=${item}/>` : html`<${Pictures} key=${item.id} item=${item}/>`}</div>
    <footer><${Removal} key=${item.id} item=${item}/></footer></section>`;
}

function Import() {
  const [busy, setBusy] = useState(false);
  const take = async ([file]) => {
    setBusy(true); trouble.value = null; imported.value = null;
    const result = await bring(file);
    setBusy(false);
    trouble.value = result.problem;
    if (result.ok) { imported.value = result.body; doing.value = { id: result.body.item.id, tab: "look" }; aloud.value = t("character.imported", { name: clean(result.body.item.name) }); }
  };
  return html`<${Drop} id="card-file" accept=".png,.json,.charx,.apng,.jpg,.jpeg,image/png,application/json" words=${t("character.import.drop")} onFiles=${take} busy=${busy}/>`;
}

function Came() {
  const now = imported.value;
  if (!now) return null;
  return html`<div class="notice ready"><p><b>${t("character.imported", { name: clean(now.item.name) })}</b></p>${now.notes.map((note) => html`<p key=${note}>${clean(note)}</p>`)}${now.kept.length > 0 && html`<p>${t("character.kept", { fields: now.kept.map(clean).join(t("list.comma")) })}</p>`}</div>`;
}

function Undo() {
  const last = cast.value.undo;
  // Words and looks have their own steps back; here is what was made, removed or put on stage.
  if (!last || last.what === "changed") return null;
  const back = async () => { trouble.value = null; const result = await undo(); trouble.value = result.problem; if (result.ok) aloud.value = t("character.undone"); };
  return html`<p class="lastdone"><span>${t(`character.did.${last.what}`, { name: clean(last.name) })}</span> <button type="button" class="link" onClick=${back}>${t("character.undo")}</button></p>`;
}

function Waiting() {
  if (!unread.value) return html`<ul class="chars" aria-busy="true">${[1, 2, 3].map((n) => html`<li key=${n} class="char"><span class="pic"></span><div class="about"><span class="bone"></span></div></li>`)}</ul>`;
  return html`<div class="notice live" role="alert"><p><b>${worded(unread.value)}</b></p><p><button type="button" class="link" onClick=${reread}>${t("character.again")}</button></p></div>`;
}

/** What was refused last, brought into sight: the press may have been far below. */
function Trouble() {
  const box = useRef(null);
  const wrong = trouble.value;
  useEffect(() => { box.current?.scrollIntoView({ block: "nearest" }); }, [wrong]);
  return wrong && html`<div class="notice live" role="alert" ref=${box}><p><b>${worded(wrong)}</b></p></div>`;
}

export function CharacterStep() {
  useEffect(() => { fetchRig(); return follow(); }, []);
  const now = cast.value;
  if (!now) return html`<div class="characters"><${Waiting}/></div>`;
  const open = doing.value;
  const item = open && open !== "new" ? now.items.find((each) => each.id === open.id) : null;
  const on = now.items.filter((each) => each.on_stage).length;
  return html`<div class="characters"><p class="help">${t("character.words", { n: on, most: now.max_on_stage })}</p>
    <ul class="chars" aria-label=${t("character.list")}>${now.items.map((each) => html`<${Card} key=${each.id} item=${each}/>`)}
      <li class="char more"><button type="button" class="btn go large" aria-expanded=${open === "new"} onClick=${() => { imported.value = null; doing.value = open === "new" ? null : "new"; }}>${t("character.new")}</button><${Import}/></li></ul>
    <${Trouble}/><${Came}/><${Undo}/>
    ${open === "new" ? html`<${NewCharacter} onDone=${(made) => { doing.value = { id: made.id, tab: "look" }; }} onAway=${() => { doing.value = null; }}/>` : item ? html`<${Open} item=${item} tab=${open.tab}/>` : null}
    <p class="sr" role="status">${aloud.value}</p></div>`;
}
