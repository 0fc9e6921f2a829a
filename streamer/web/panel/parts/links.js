// Links to hand out. Masked by default: people start this while their screen is on stream.
import { effect, html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { get } from "../api.js";
import { Icon } from "../icons.js";
import { link, S } from "../store.js";
import { clean, has, recall, remember, t } from "../texts.js";
import { outlets } from "../views.js";

const MAIN = "stage";
/** null until the show has told them. */
const items = signal(null);
const SEEN = "showrunner.obs_hint";

export async function loadLinks() {
  const answer = await get("grants");
  if (answer.ok && answer.body && Array.isArray(answer.body.items)) {
    items.value = answer.body.items.filter((item) => item.kind === "overlay" && typeof item.url === "string");
  }
}
effect(() => { if (link.value.state === "open") loadLinks(); });

/** The address with everything secret as dots; the secret itself is not in the page until it is asked for. */
export function masked(url) {
  try {
    const address = new URL(url, location.origin);
    return `${address.host}${address.pathname}${address.search || address.hash ? "?••••••••" : ""}`;
  } catch { return "••••••••"; }
}

const overlayOf = (item) => { try { return new URL(item.url, location.origin).pathname.split("/").filter(Boolean).pop() || item.name; } catch { return item.name; } };
const full = (item) => new URL(item.url, location.origin).href;

/** False where there is no clipboard: outside secure contexts, or refused. */
async function copy(item) {
  try {
    await navigator.clipboard.writeText(full(item));
    return true;
  } catch { return false; }
}

function LinkRow({ item, main }) {
  const [shown, show] = useState(false);
  const [copied, setCopied] = useState("");
  const field = useRef(null);
  const kind = overlayOf(item);
  const label = has(`overlay.${kind}`) ? t(`overlay.${kind}`) : clean(item.name || kind);
  const onCopy = async () => {
    if (await copy(item)) setCopied("yes");
    else { show(true); setCopied("select"); }
    setTimeout(() => setCopied(""), 4000);
  };
  useEffect(() => { if (copied === "select" && field.current) { field.current.focus(); field.current.select(); } }, [copied]);
  return html`<li class=${main ? "main" : ""}><span class="lname">${label}</span>
    <div class="lrow"><input class="field url" readonly aria-label=${label} ref=${field} value=${shown ? full(item) : masked(item.url)} onFocus=${(e) => shown && e.currentTarget.select()}/>
      <button type="button" class="btn ico" aria-label=${t(shown ? "links.hide" : "links.show", { name: label })} title=${t(shown ? "links.hide" : "links.show", { name: label })} aria-pressed=${shown} onClick=${() => show(!shown)}><${Icon} name="eye"/></button>
      <button type="button" class=${`btn ${main ? "accent" : ""}`} aria-label=${t("links.copy", { name: label })} onClick=${onCopy}><${Icon} name=${copied === "yes" ? "check" : "copy"}/>${copied ? t(`links.copied.${copied}`) : t("links.copy.short")}</button></div></li>`;
}

function Hint() {
  const first = recall(SEEN) !== "seen" && !["obs", ...outlets].includes(S.sound.value.where);
  return html`<details class="hint" open=${first} onToggle=${(e) => { if (!e.currentTarget.open) remember(SEEN, "seen"); }}>
    <summary>${t("links.hint.title")}</summary>
    <ol>${["add", "paste", "audio", "check"].map((step) => html`<li key=${step}>${t(`links.hint.${step}`)}</li>`)}</ol></details>`;
}

// As large as the links will be, so that nothing below moves when they come.
function Coming() {
  return html`<div aria-hidden="true"><ul><li><span class="lname"><span class="bone w8"></span></span><div class="lrow"><span class="field url"></span><span class="btn ico"></span><span class="btn"></span></div></li></ul><div class="summary-room"></div></div>`;
}

export function Links() {
  const all = (items.value || []).slice().sort((a, b) => (overlayOf(b) === MAIN) - (overlayOf(a) === MAIN));
  const [first, ...others] = all;
  return html`<section class="card links" aria-labelledby="h-links">
    <header><h2 id="h-links">${t("links.title")}</h2><span class="r">${t("links.masked")}</span></header>
    ${items.value === null ? html`<${Coming}/><${Hint}/>` : !first ? html`<p class="empty">${t("links.none")}</p>` : html`<ul><${LinkRow} key=${`${first.id} ${overlayOf(first)}`} item=${first} main/></ul>
    ${others.length > 0 && html`<details class="others"><summary>${t("links.others")}</summary><p class="help">${t("links.gallery")} <a class="link" href="#overlays">${t("view.overlays")}</a></p><ul>${others.map((item) => html`<${LinkRow} key=${`${item.id} ${overlayOf(item)}`} item=${item}/>`)}</ul></details>`}
    <${Hint}/>`}
  </section>`;
}
