// The level of this browser's microphone, drawn from what the worklet measured: also while the ear is closed.
import { html, useEffect, useRef } from "../vendor/preact.js";
import { number, t } from "../texts.js";
import { level } from "./ear.js";

const FLOOR_DB = -60;
const FALL = 0.9;
const OLD_MS = 300;
const CLIP_MS = 1500;

export const db = (value) => (value > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(value)) : FLOOR_DB);
const part = (value) => 1 - db(value) / FLOOR_DB;

/** `compact`: the bar alone. */
export function Meter({ compact }) {
  const box = useRef(null);
  useEffect(() => {
    const meter = box.current; // the last frame may come after the box has gone
    const [bar, peak, floor] = ["i", "b", "u"].map((name) => meter.querySelector(name));
    let shown = 0;
    let top = 0;
    let frame = 0;
    let told = -1;
    const draw = () => {
      frame = requestAnimationFrame(draw);
      const now = performance.now();
      const fresh = now - level.at < OLD_MS;
      shown = Math.max(fresh ? part(level.rms) : 0, shown * FALL);
      top = Math.max(fresh ? part(level.peak) : 0, top - 0.006);
      bar.style.clipPath = `inset(0 ${((1 - shown) * 100).toFixed(1)}% 0 0)`;
      peak.style.left = `${(top * 100).toFixed(1)}%`;
      if (floor) floor.style.width = `${(fresh ? part(level.floor) * 100 : 0).toFixed(1)}%`;
      meter.classList.toggle("clipped", now - level.clipped < CLIP_MS && level.clipped > 0);
      const whole = Math.round(db(fresh ? level.rms : 0) / 3) * 3;
      if (whole !== told) {
        told = whole;
        meter.setAttribute("aria-valuenow", String(whole));
        meter.setAttribute("aria-valuetext", t("ear.meter.db", { n: number(whole) }));
      }
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, []);
  return html`<div class=${`ear-meter ${compact ? "compact" : ""}`} ref=${box} role="meter" aria-label=${t("ear.meter")} aria-valuemin=${FLOOR_DB} aria-valuemax="0" aria-valuenow=${FLOOR_DB}>
    ${!compact && html`<u title=${t("ear.meter.floor")}></u>`}<i></i><b></b>${!compact && html`<em>${t("ear.meter.clip")}</em>`}</div>`;
}
