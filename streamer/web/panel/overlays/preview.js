// An overlay as it looks in OBS: the page itself in a frame of its own size, scaled down. It runs only while it can be seen.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { t } from "../texts.js";

const FPS = 30;
const SETTLED_MS = 500;
const NEAR = "80px";

function dress(frame, css) {
  try {
    const sheet = new frame.contentWindow.CSSStyleSheet();
    sheet.replaceSync(css);
    frame.contentDocument.adoptedStyleSheets = [sheet];
  } catch { /* an older browser shows it undressed */ }
}

// Something under it that looks like a game, drawn here.
function Game() {
  return html`<svg class="shot-game" viewBox="0 0 320 180" preserveAspectRatio="xMidYMid slice" aria-hidden="true"><rect width="320" height="180" class="g-sky"/><circle cx="254" cy="42" r="17" class="g-moon"/>
    <path d="M0 118 50 76l38 30 46-52 62 62 44-30 80 56v58H0z" class="g-far"/><path d="M0 140 62 112l58 24 74-30 66 30 60-18v62H0z" class="g-near"/><path d="M0 156h320v24H0z" class="g-floor"/>
    <path d="M34 140h30v16H34zM196 124h44v8h-44zM262 106h34v8h-34z" class="g-block"/><path d="M96 138h12v18H96zM98 130h8v8h-8z" class="g-hero"/></svg>`;
}

function useSeen(box, shown) {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => setSeen(entries[entries.length - 1].isIntersecting), { rootMargin: NEAR });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return shown && seen;
}

/** `search`: parameters of the address without a token; `css`: custom style; `name`: what it shows. */
export function Preview({ about, search, css, name, ground, shown }) {
  const box = useRef(null);
  const frame = useRef(null);
  const runs = useSeen(box, shown) && about.picture !== false;
  const [settled, setSettled] = useState(search);
  const { width = 1920, height = 1080 } = about;
  useEffect(() => { const wait = setTimeout(() => setSettled(search), SETTLED_MS); return () => clearTimeout(wait); }, [search]);
  useLayoutEffect(() => {
    if (!runs) return undefined;
    const fit = () => {
      const { clientWidth: w, clientHeight: h } = box.current;
      const scale = Math.min(w / width, h / height);
      if (scale && frame.current) Object.assign(frame.current.style, { width: `${width}px`, height: `${height}px`, left: `${(w - width * scale) / 2}px`, top: `${(h - height * scale) / 2}px`, transform: `scale(${scale})` });
    };
    const watch = new ResizeObserver(fit);
    watch.observe(box.current);
    fit();
    return () => watch.disconnect();
  }, [runs, width, height]);
  useEffect(() => { if (runs && frame.current) dress(frame.current, css); }, [css, runs]);
  const src = `/overlay/${encodeURIComponent(about.kind)}?demo=1&fps=${FPS}${settled ? `&${settled}` : ""}`;
  return html`<div class=${`shot on-${ground}`} ref=${box}>${ground === "game" && html`<${Game}/>`}
    ${about.picture === false ? html`<p class="shot-none">${t("overlays.silent")}</p>` : runs && html`<iframe ref=${frame} src=${src} title=${t("overlays.preview", { name })} tabindex="-1" scrolling="no" onLoad=${() => dress(frame.current, css)}></iframe>`}</div>`;
}
