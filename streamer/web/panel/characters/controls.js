// Sliders, colour wells and choices, each with its name and its value, made from the table of the rig.
import { html, useEffect, useState } from "../vendor/preact.js";
import { has, number, t } from "../texts.js";
import { fitted } from "./look.js";

const plain = (key) => key.replace(/_/g, " ");
export const paramName = (key) => (has(`character.param.${key}`) ? t(`character.param.${key}`) : plain(key));
export const optionName = (key) => (has(`character.option.${key}`) ? t(`character.option.${key}`) : plain(key));
export const groupName = (key) => (has(`character.group.${key}`) ? t(`character.group.${key}`) : plain(key));

/** How a number is read: in percent of its way where it begins at 0, else as it is. */
function shown(param, value) {
  const lo = param.min ?? 0;
  const hi = param.max ?? 1;
  if (lo < 0) return `${value > 0 ? "+" : ""}${number(Math.round(value * 100))}`;
  return lo === 0 && hi === 1 ? t("character.percent", { n: number(Math.round(value * 100)) }) : t("character.percent", { n: number(Math.round(value * 100)) });
}

function Slider({ id, name, param, value, onInput }) {
  const lo = param.min ?? 0;
  const hi = param.max ?? 1;
  const told = shown(param, value);
  const key = (e) => {
    const far = { PageUp: 10, PageDown: -10 }[e.key];
    if (!far) return;
    e.preventDefault();
    onInput(fitted(param, value + far * (param.step || 0.01)));
  };
  return html`<div class="ctl slider"><label for=${id}>${name}</label><output for=${id} class="n">${told}</output>
    <input id=${id} class="range" type="range" min=${lo} max=${hi} step=${param.step || 0.01} value=${value} aria-valuetext=${told} onKeyDown=${key} onInput=${(e) => onInput(fitted(param, Number(e.currentTarget.value)))}/></div>`;
}

const HEX = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i;
const whole = (text) => { const m = HEX.exec(text.trim()); return m ? `#${(m[1].length === 3 ? m[1].replace(/./g, "$&$&") : m[1]).toLowerCase()}` : null; };

export function Colour({ id, name, value, onInput, onFree }) {
  const [typed, setTyped] = useState(value || "");
  useEffect(() => setTyped(value || ""), [value]);
  const wrong = whole(typed) === null;
  return html`<div class="ctl colour"><label for=${id}>${name}</label>${onFree && html`<button type="button" class="link" onClick=${onFree}>${t("character.look.follow")}</button>`}
    <span class="well"><input type="color" aria-label=${t("character.colour.pick", { name })} value=${value || "#000000"} onInput=${(e) => onInput(e.currentTarget.value)}/>
    <input id=${id} class="field n" type="text" maxlength="7" autocomplete="off" spellcheck=${false} aria-invalid=${wrong ? "true" : undefined} value=${typed}
      onInput=${(e) => { setTyped(e.currentTarget.value); const colour = whole(e.currentTarget.value); if (colour && e.currentTarget.value.length >= 6) onInput(colour); }} onChange=${(e) => { const colour = whole(e.currentTarget.value); if (colour) onInput(colour); else setTyped(value || ""); }}/></span></div>`;
}

function Choice({ id, name, param, value, onInput }) {
  const now = value === true ? param.options.find((each) => each !== "none") : value === false ? "none" : value;
  return html`<fieldset class="ctl choice-of"><legend>${name}</legend><span class="opts">${param.options.map((option) => html`<label key=${option} class="opt"><input type="radio" name=${id} checked=${now === option} onChange=${() => onInput(option)}/><span>${optionName(option)}</span></label>`)}</span></fieldset>`;
}

const Flag = ({ id, name, value, onInput }) => html`<div class="ctl flag"><label for=${id}>${name}</label><input id=${id} class="tg" type="checkbox" role="switch" checked=${value === true} onChange=${(e) => onInput(e.currentTarget.checked)}/></div>`;

const KINDS = { number: Slider, colour: Colour, choice: Choice, flag: Flag };

/** The control of one parameter. */
export function Control({ id, name: key, param, value, onInput, onFree }) {
  const Kind = KINDS[param.kind];
  return Kind ? html`<${Kind} id=${id} name=${paramName(key)} param=${param} value=${value} onInput=${onInput} onFree=${onFree}/>` : null;
}
