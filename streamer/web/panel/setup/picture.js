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
  return html`<g><${Box} x=${146} y=${196} w=${128} h=${92} cls="pic-menu" r=${7}/><path d="M160 212h56M160 274h68" class="pic-word"/><${Box} x=${151} y=${224} w=${118} h=${28} cls="pic-hi"/><${Label} x=${162} y=${242} cls="on">${t("setup.obs.browser")}<//><path d="M160 263h40" class="pic-word"/></g>`;
}

function Dialog() {
  return html`<g><${Box} x=${300} y=${64} w=${254} h=${240} cls="pic-menu" r=${9}/><path d="M300 94h254" class="pic-line"/><${Label} x=${316} y=${84} cls="strong">${t("setup.obs.browser")}<//>
    <${Label} x=${316} y=${122}>URL<//><${Box} x=${368} y=${106} w=${172} h=${25} cls="pic-hi soft"/><text x="378" y="122.500" class="pic-text on mono">localhost/overlay/…</text>
    <${Label} x=${316} y=${157}>${t("setup.obs.width")}<//><${Box} x=${368} y=${141} w=${74} h=${25} cls="pic-field"/><${Label} x=${378} y=${158} cls="strong">1920<//>
    <${Label} x=${316} y=${192}>${t("setup.obs.height")}<//><${Box} x=${368} y=${176} w=${74} h=${25} cls="pic-field"/><${Label} x=${378} y=${193} cls="strong">1080<//>
    <${Box} x=${317} y=${214} w=${17} h=${17} cls="pic-hi" r=${4}/><path d="m321 222.500 3.500 3.500 6-7" class="pic-plus"/><${Label} x=${343} y=${227}>${t("setup.obs.audio")}<//>
    <${Box} x=${478} y=${264} w=${62} h=${26} cls="pic-ok"/><${Label} x=${509} y=${281} anchor="middle" cls="strong">OK<//></g>`;
}

export function Picture() {
  return html`<svg class="obs-pic" viewBox="0 0 566 310" role="img" aria-label=${t("setup.obs.alt")}><${Window}/><${Menu}/><${Dialog}/>
    <${Number} x=${112} y=${279} n="1"/><${Number} x=${282} y=${238} n="2"/><${Number} x=${548} y=${118.5} n="3"/><${Number} x=${458} y=${171} n="4"/><${Number} x=${304} y=${222.5} n="5"/></svg>`;
}
