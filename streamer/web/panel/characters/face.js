// Faces in the panel, drawn by the very rig that draws them on stage. It is fetched from the overlays' address.
import { html, signal, useEffect, useRef } from "../vendor/preact.js";

const meta = document.querySelector('meta[name="showrunner-overlays"]')?.content || "";
const base = /^\/o\/[\w.-]+\/$/.test(meta) ? meta : "";

/** {makeRig, canBecome, resolve, follow}; null until it is here, false when there is none. */
export const rig = signal(null);
let coming = null;

export function fetchRig() {
  coming ||= (base ? Promise.all([import(`${base}lib/avatar.js`), import(`${base}lib/rig/look.js`)]) : Promise.reject(new Error("no overlays")))
    .then(([avatar, look]) => { rig.value = { makeRig: avatar.makeRig, canBecome: avatar.canBecome, resolve: look.resolve }; })
    .catch(() => { rig.value = false; });
  return coming;
}

function seedOf(id) {
  let seed = 7;
  for (const ch of String(id)) seed = (seed * 31 + ch.codePointAt(0)) % 997;
  return seed / 10;
}

const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/** Numbers that change when a drawn look does; pictures are told apart by their addresses. */
const keyOf = (look) => JSON.stringify(look || {});

/** A face that keeps still. `look` is a look as an overlay gets it. */
export function Face({ id, look, expression = "neutral", label = "" }) {
  const host = useRef(null);
  const drawn = rig.value;
  const key = keyOf(look);
  useEffect(() => { fetchRig(); }, []);
  useEffect(() => {
    if (!drawn) return undefined;
    const one = drawn.makeRig(host.current, { look }, { seed: seedOf(id), reduced: true });
    one.express(expression);
    one.settle(0);
    if (one.ready) one.ready.then(() => one.settle(0));
    return () => { one.destroy?.(); host.current?.replaceChildren(); };
  }, [drawn, key, expression]);
  return html`<span class="face" ref=${host} role=${label ? "img" : undefined} aria-label=${label || undefined} aria-hidden=${label ? undefined : "true"}></span>`;
}

/** A face that lives. `act` gets the rig once it is there, to have it speak or gesture. */
export function LiveFace({ id, look, expression, talking, act, label }) {
  const host = useRef(null);
  const now = useRef({});
  const drawn = rig.value;
  now.current = { ...now.current, look, expression, talking, key: keyOf(look) };
  useEffect(() => { fetchRig(); }, []);
  useEffect(() => {
    if (!drawn) return undefined;
    const state = now.current;
    let one = drawn.makeRig(host.current, { look: state.look }, { seed: seedOf(id), reduced: reduced.matches });
    let key = state.key;
    let last = performance.now();
    let frame = 0;
    act?.(() => one);
    const step = (ms) => {
      frame = requestAnimationFrame(step);
      const here = now.current;
      if (here.key !== key) {
        key = here.key;
        if (drawn.canBecome(one, here.look)) one.relook(here.look?.theme, here.look || {});
        else { one.destroy?.(); host.current.replaceChildren(); one = drawn.makeRig(host.current, { look: here.look }, { seed: seedOf(id), reduced: reduced.matches }); }
      }
      const s = ms / 1000;
      // Speech as it sounds: syllables, words, a breath between sentences.
      const open = here.talking ? Math.max(0, Math.sin(s * 13)) * (0.45 + 0.4 * Math.sin(s * 2.9)) * (Math.sin(s * 0.9) > -0.85 ? 1 : 0) : 0;
      one.express(here.expression || "neutral", 1);
      one.voice(open, null);
      one.speaking(Boolean(here.talking));
      one.tick(s, Math.min(0.1, (ms - last) / 1000));
      last = ms;
    };
    frame = requestAnimationFrame(step);
    return () => { cancelAnimationFrame(frame); act?.(() => null); one.destroy?.(); host.current?.replaceChildren(); };
  }, [drawn]);
  return html`<span class="face live" ref=${host} role="img" aria-label=${label}></span>`;
}
