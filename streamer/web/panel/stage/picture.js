// A small picture of the scene on air, fetched only while somebody can see it.
import { html, signal, useEffect, useRef, useState } from "../vendor/preact.js";
import { Icon } from "../icons.js";
import { recall, remember, t } from "../texts.js";

const EVERY_MS = 2000;
const KEPT = "showrunner.stage_picture";
const wanted = signal(recall(KEPT) !== "off");

export function PictureSwitch() {
  const words = t(wanted.value ? "stage.picture.off" : "stage.picture.on");
  const turn = () => { wanted.value = !wanted.value; remember(KEPT, wanted.value ? "on" : "off"); };
  return html`<button type="button" class="btn quiet ico" aria-pressed=${wanted.value} aria-label=${words} title=${words} onClick=${turn}><${Icon} name="eye"/></button>`;
}

async function fetched() {
  try {
    const answer = await fetch("/api/v1/obs/screenshot", { credentials: "same-origin", cache: "no-store" });
    return answer.ok ? URL.createObjectURL(await answer.blob()) : "";
  } catch { return ""; }
}

export function Picture({ scene }) {
  const [src, setSrc] = useState("");
  const box = useRef(null);
  const on = wanted.value;
  useEffect(() => {
    if (!on) return undefined;
    let gone = false;
    let seen = false;
    let waits = 0;
    let last = "";
    let going = false;
    const shoot = async () => {
      clearTimeout(waits);
      if (gone || going || !seen || document.hidden) return;
      going = true;
      const url = await fetched();
      going = false;
      if (gone) { URL.revokeObjectURL(url); return; }
      if (last) URL.revokeObjectURL(last);
      last = url;
      setSrc(url);
      waits = setTimeout(shoot, EVERY_MS);
    };
    const watch = new IntersectionObserver((entries) => { seen = entries[entries.length - 1].isIntersecting; if (seen) shoot(); });
    watch.observe(box.current);
    document.addEventListener("visibilitychange", shoot);
    return () => {
      gone = true;
      clearTimeout(waits);
      watch.disconnect();
      document.removeEventListener("visibilitychange", shoot);
      if (last) URL.revokeObjectURL(last);
    };
  }, [on]);
  if (!on) return null;
  return html`<div class="scenepic" ref=${box}>${src ? html`<img src=${src} alt=${t("stage.picture", { scene })}/>` : html`<span>${t("stage.picture.none")}</span>`}</div>`;
}
