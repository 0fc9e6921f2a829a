// A drawing of where the link goes in OBS. Its words are those OBS itself shows in the language of the page.
import { html } from "../vendor/preact.js";
import { t } from "../texts.js";

const Label = ({ x, y, cls = "", anchor, children }) => html`<text x=${x} y=${y} class=${`pic-text ${cls}`} text-anchor=${anchor}>${children}</text>`;
const Number = ({ x, y, n }) => html`<g><circle cx=${x} cy=${y} r="10.5" class="pic-num"/><text x=${x} y=${y + 4.2} class="pic-n" text-anchor="middle">${n}</text></g>`;
const Box = ({ x, y, w, h, cls, r = 5 }) => html`<rect x=${x} y=${y} width=${w} height=${h} rx=${r} class=${cls}/>`;

function Person({ x, y, cls }) {
  return html`<g class=${cls}><path d=${`M${x - 26} ${y + 44}c0-19 11-27 26-27s26 8 26 27z`}/><circle cx=${x} cy=${y} r="17"/></g>`;
}

// The main window: the preview, and the list of sources with its plus.
function Window() {
  return html`<g><${Box} x=${6} y=${6} w=${330} h=${298} cls="pic-win" r=${9}/><path d="M6 30h330" class="pic-line"/>
    <circle cx="21" cy="18" r="4" class="pic-dot"/><circle cx="34" cy="18" r="4" class="pic-dot"/><circle cx="47" cy="18" r="4" class="pic-dot"/><${Label} x=${171} y=${22} anchor="middle" cls="soft">OBS<//>
    <${Box} x=${18} y=${40} w=${306} h=${130} cls="pic-view"/><${Person} x=${135} y=${112} cls="pic-one"/><${Person} x=${207} y=${112} cls="pic-two"/>
    <${Box} x=${18} y=${182} w=${88} h=${110} cls="pic-dock"/><path d="M30 214h56M30 232h44" class="pic-word"/><path d="M30 198h38" class="pic-word strong"/>
    <${Box} x=${114} y=${182} w=${122} h=${110} cls="pic-dock"/><${Label} x=${124} y=${200} cls="strong">${t("setup.obs.sources")}<//><path d="M126 218h70M126 236h52" class="pic-word"/><path d="M114 266h122" class="pic-line"/>
    <${Box} x=${119} y=${269} w=${22} h=${20} cls="pic-hi"/><path d="M130 273.500v11M124.500 279h11" class="pic-plus"/><path d="M154 279h12M178 275v8" class="pic-word"/>
    <${Box} x=${244} y=${182} w=${80} h=${110} cls="pic-dock"/><path d="M256 198h38" class="pic-word strong"/><path d="M256 220h56M256 238h56M256 256h56" class="pic-word"/></g>`;
}

function Menu() {
  return html`<g><${Box} x=${146} y=${208} w=${134} h=${90} cls="pic-menu" r=${7}/><path d="M160 222h56M160 284h68" class="pic-word"/><${Box} x=${151} y=${232} w=${124} h=${28} cls="pic-hi"/><${Label} x=${162} y=${250} cls="on">${t("setup.obs.browser")}<//><path d="M160 272h40" class="pic-word"/></g>`;
}

function Dialog() {
  return html`<g><${Box} x=${6} y=${34} w=${254} h=${240} cls="pic-win" r=${9}/><path d="M6 64h254" class="pic-line"/><${Label} x=${22} y=${54} cls="strong">${t("setup.obs.browser")}<//>
    <${Label} x=${22} y=${92}>URL<//><${Box} x=${74} y=${76} w=${168} h=${25} cls="pic-hi soft"/><text x="84" y="92.500" class="pic-text on mono">localhost/overlay/…</text>
    <${Label} x=${22} y=${127}>${t("setup.obs.width")}<//><${Box} x=${74} y=${111} w=${74} h=${25} cls="pic-field"/><${Label} x=${84} y=${128} cls="strong">1920<//>
    <${Label} x=${22} y=${162}>${t("setup.obs.height")}<//><${Box} x=${74} y=${146} w=${74} h=${25} cls="pic-field"/><${Label} x=${84} y=${163} cls="strong">1080<//>
    <${Box} x=${23} y=${186} w=${17} h=${17} cls="pic-hi" r=${4}/><path d="m27 194.500 3.500 3.500 6-7" class="pic-plus"/><${Label} x=${49} y=${199}>${t("setup.obs.audio")}<//>
    <${Box} x=${184} y=${234} w=${62} h=${26} cls="pic-ok"/><${Label} x=${215} y=${251} anchor="middle" cls="strong">OK<//></g>`;
}

/** Two drawings: the sources with their plus, then what the browser source asks for. */
export function Picture() {
  return html`<div class="obs-pics" role="img" aria-label=${t("setup.obs.alt")}>
    <svg class="obs-pic" viewBox="0 0 342 310" aria-hidden="true"><${Window}/><${Menu}/><${Number} x=${112} y=${279} n="1"/><${Number} x=${288} y=${246} n="2"/></svg>
    <svg class="obs-pic" viewBox="0 0 272 310" aria-hidden="true"><${Dialog}/><${Number} x=${252} y=${88.5} n="3"/><${Number} x=${164} y=${141} n="4"/><${Number} x=${10} y=${194.5} n="5"/></svg></div>`;
}
