// What an address can be told, as small controls; and the variables of the style.
import { html } from "../vendor/preact.js";
import { castIds } from "../parts/common.js";
import { persona } from "../store.js";
import { clean, has, t } from "../texts.js";

/** The words of a parameter, of one kind or of all. */
const label = (kind, name) => { const key = [`overlays.param.${kind}.${name}`, `overlays.param.${name}`].find(has); return key ? t(key) : clean(name); };
const option = (name, value) => { const key = `overlays.option.${name}.${value || "auto"}`; return has(key) ? t(key) : value ? clean(value) : t("overlays.option.auto"); };

/** Only what differs from what counts anyway stands in the address. */
export const told = (params, values) => Object.fromEntries((params || []).filter(({ name, default: usual = "" }) => values[name] !== undefined && values[name] !== "" && values[name] !== usual).map(({ name }) => [name, values[name]]));

function Several({ id, param, value, set }) {
  const on = value ? value.split(",") : [];
  const turn = (one) => set(param.options.filter((each) => (each === one ? !on.includes(each) : on.includes(each))).join(","));
  return html`<span class="several" role="group" aria-labelledby=${id}>${param.options.map((one) => html`<button key=${one} type="button" class="btn" aria-pressed=${on.includes(one)} onClick=${() => turn(one)}>${option(param.name, one)}</button>`)}</span>`;
}

function Control({ id, param, value, set }) {
  const { name, kind, options = [], least = 0, most = 1000000 } = param;
  const typed = (event) => set(event.currentTarget.value);
  if (kind === "several") return html`<${Several} id=${`${id}-l`} param=${param} value=${value} set=${set}/>`;
  if (kind === "switch") return html`<input id=${id} class="tg" type="checkbox" role="switch" checked=${value === "1"} onChange=${(event) => set(event.currentTarget.checked ? "1" : "0")}/>`;
  if (kind === "choice") return html`<select id=${id} value=${value} onChange=${typed}>${options.map((one) => html`<option key=${one} value=${one}>${option(name, one)}</option>`)}</select>`;
  if (kind === "persona") return html`<select id=${id} value=${value} onChange=${typed}><option value="">${t("overlays.option.everybody")}</option>${castIds().map((one) => html`<option key=${one} value=${one}>${clean(persona(one).name)}</option>`)}</select>`;
  const bounds = kind === "number" ? { type: "number", min: least, max: most, step: "any" } : { type: kind === "time" ? "time" : "text", maxlength: 120 };
  return html`<span class="withunit"><input id=${id} class="field" autocomplete="off" value=${value} onInput=${typed} ...${bounds}/>${param.unit ? html`<small>${param.unit}</small>` : ""}</span>`;
}

export function Params({ about, values, set }) {
  return html`<div class="params">${about.params.map((param) => {
    const id = `p-${about.kind}-${param.name}`;
    const value = values[param.name] ?? param.default ?? "";
    return html`<div key=${param.name} class=${`param ${param.kind}`}><label id=${`${id}-l`} for=${param.kind === "several" ? undefined : id}>${label(about.kind, param.name)}</label><${Control} id=${id} param=${param} value=${value} set=${(to) => set(param.name, to)}/></div>`;
  })}</div>`;
}

/** The style sheet of the values: only what was changed, and nothing that could end a declaration. */
export function styleOf(styles, values) {
  const lines = (styles || []).filter(({ name }) => values[name]?.trim()).map(({ name }) => `  ${name}: ${values[name].replace(/[{};@\\<>]/g, "").trim()};`);
  return lines.length ? `:root {\n${lines.join("\n")}\n}` : "";
}

export function Styles({ about, values, set }) {
  return html`<div class="params">${about.styles.map(({ name, kind, default: usual }) => {
    const id = `s-${about.kind}-${name}`;
    const key = `overlays.style.${name.replace("--sr-", "")}`;
    return html`<div key=${name} class=${`param ${kind}`}><label for=${id}>${has(key) ? t(key) : name}<small>${name}</small></label><span class="withunit">${kind === "colour" && html`<i class="swatch" style=${{ background: values[name] || usual }} aria-hidden="true"></i>`}<input id=${id} class="field" autocomplete="off" spellcheck=${false} maxlength="80" placeholder=${usual} value=${values[name] || ""} onInput=${(event) => set(name, event.currentTarget.value)}/></span></div>`;
  })}</div>`;
}
