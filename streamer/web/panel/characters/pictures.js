// A character of pictures (PNGTuber): drop several, see what each one is taken for, put it right, send them.
import { html, useEffect, useState } from "../vendor/preact.js";
import { clean, t } from "../texts.js";
import { addPicture, aloud, cardPicture, cast, change, dropPicture, guess, LIMIT, worded } from "./desk.js";
import { PICTURES } from "./look.js";

const EXPRESSIONS = ["neutral", "joy", "sad", "angry", "surprised", "shy", "think", "smug", "sleepy"];
const PARTS = ["idle", "talk", "blink", "talk_blink"];
const nameOf = (expression, part) => (expression === "neutral" ? part : part === "idle" ? expression : `${expression}_${part}`);
const says = (expression, part) => t("character.picture.is", { face: t(`character.face.${expression}`), part: t(`character.part.${part}`) });

/** A place where files can be dropped, and a button for those who do not drop. */
export function Drop({ id, accept, several, words, onFiles, busy }) {
  const [over, setOver] = useState(false);
  const take = (list) => { const files = [...list]; if (files.length) onFiles(files); };
  return html`<label class=${`drop ${over ? "over" : ""}`} for=${id} onDragOver=${(e) => { e.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${(e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files); }}>
    <input class="sr" id=${id} type="file" accept=${accept} multiple=${several} disabled=${busy} onChange=${(e) => { take(e.currentTarget.files); e.currentTarget.value = ""; }}/><span>${busy ? t("character.sending") : words}</span></label>`;
}

function Waiting({ row, set, away }) {
  return html`<li class="picrow"><img src=${row.url} alt=""/><div><b class="fname"><bdi>${clean(row.file.name)}</bdi></b>
    ${row.problem ? html`<span class="wrong">${row.problem}</span>` : html`<span class="picks2"><label><span class="sr">${t("character.picture.face")}</span><select value=${row.expression} onChange=${(e) => set({ expression: e.currentTarget.value })}><option value="" disabled>${t("character.picture.choose")}</option>${EXPRESSIONS.map((one) => html`<option key=${one} value=${one}>${t(`character.face.${one}`)}</option>`)}</select></label>
    <label><span class="sr">${t("character.picture.part")}</span><select value=${row.part} onChange=${(e) => set({ part: e.currentTarget.value })}>${PARTS.map((one) => html`<option key=${one} value=${one}>${t(`character.part.${one}`)}</option>`)}</select></label></span>${!row.expression && html`<span class="help">${t("character.picture.unsure")}</span>`}`}</div>
    <button type="button" class="btn quiet" aria-label=${t("character.picture.leave", { name: clean(row.file.name) })} onClick=${away}>${t("character.picture.away")}</button></li>`;
}

function Kept({ item, each }) {
  const [problem, setProblem] = useState(null);
  const away = async () => { const result = await dropPicture(item.id, each.name); setProblem(result.problem); };
  return html`<li class=${`kept ${each.problem ? "bad" : ""}`}>${each.url ? html`<img src=${each.url} alt="" loading="lazy"/>` : html`<span class="nopic" aria-hidden="true"></span>`}<b>${each.expression ? says(each.expression, each.part) : html`<bdi>${clean(each.name)}</bdi>`}</b>${each.problem && html`<span class="wrong">${worded({ code: `picture_${each.code}`, detail: each.problem })}</span>`}${problem && html`<span class="wrong" role="alert">${worded(problem)}</span>`}
    <button type="button" class="btn quiet" aria-label=${t("character.picture.remove", { name: clean(each.name) })} onClick=${away}>${t("character.picture.away")}</button></li>`;
}

export function Pictures({ item }) {
  const [rows, setRows] = useState([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  useEffect(() => () => { for (const row of rows) URL.revokeObjectURL(row.url); }, []);
  const used = item.look.theme === PICTURES;
  const good = item.pictures.filter((each) => each.url);
  const add = async (files) => {
    setProblem(null);
    const told = await guess(files.map((file) => file.name.slice(-200)));
    if (!told.ok) { setProblem(told.problem); return; }
    setRows([...rows, ...files.map((file, at) => ({
      file, url: URL.createObjectURL(file), expression: told.body[at].expression, part: told.body[at].part || "idle",
      problem: file.size > LIMIT.picture ? worded({ code: "picture_too_large", params: { mb: Math.round(file.size / 1e6) } }) : "",
    }))]);
  };
  const drop = (row) => { URL.revokeObjectURL(row.url); setRows((now) => now.filter((each) => each !== row)); };
  const set = (row, more) => setRows(rows.map((each) => (each === row ? { ...each, ...more } : each)));
  const ready = rows.filter((row) => row.expression && !row.problem);
  const send = async () => {
    setBusy(true);
    let sent = 0;
    for (const row of ready) {
      const result = await addPicture(item.id, `${nameOf(row.expression, row.part)}.png`, row.file);
      if (result.ok) { sent += 1; drop(row); } else setRows((now) => now.map((each) => (each === row ? { ...each, problem: worded(result.problem) } : each)));
    }
    if (sent && !used) { const result = await change(item.id, { look: { theme: PICTURES } }); setProblem(result.problem); }
    setBusy(false);
    if (sent) aloud.value = t("character.picture.sent", { name: clean(item.name) });
  };
  const ofCard = async () => { setBusy(true); const result = await cardPicture(item.id); setBusy(false); setProblem(result.problem); };
  return html`<div class="pngs"><p class="help">${t("character.pictures.words")}</p>
    <${Drop} id="picture-files" accept="image/png,image/webp,image/gif,image/jpeg,image/apng" several words=${t("character.pictures.drop")} onFiles=${add} busy=${busy}/>
    ${rows.length > 0 && html`<ul class="picrows">${rows.map((row) => html`<${Waiting} key=${row.url} row=${row} set=${(more) => set(row, more)} away=${() => drop(row)}/>`)}</ul><p class="acts-row"><button type="button" class="btn go" aria-disabled=${busy || !ready.length} onClick=${() => { if (!busy && ready.length) send(); }}>${busy ? t("character.sending") : t("character.pictures.use", { n: ready.length })}</button></p>`}
    ${problem && html`<div class="notice live" role="alert"><p><b>${worded(problem)}</b></p></div>`}
    ${item.pictures.length > 0 && html`<h5>${t("character.pictures.now")}</h5><ul class="kepts">${item.pictures.map((each) => html`<${Kept} key=${each.name} item=${item} each=${each}/>`)}</ul>`}
    <p class="acts-row">${good.length > 0 && html`<button type="button" class="btn" onClick=${() => change(item.id, { look: { theme: used ? Object.keys(cast.value.rig.themes)[0] : PICTURES } })}>${t(used ? "character.pictures.off" : "character.pictures.on")}</button>`}${item.picture && html`<button type="button" class="btn" onClick=${ofCard}>${t("character.pictures.card")}</button>`}</p></div>`;
}
