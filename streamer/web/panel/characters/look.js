// A look as values: what is asked for, what comes out, and steps back and forth. No drawing, no requests.

/** Keys of people who are shown by pictures. */
export const PICTURES = "pictures";

/** What a look comes to: every parameter has its value. `resolve` is the rig's own; without it the table answers. */
export function resolved(look, table, resolve) {
  if (look.theme === PICTURES) return { ...defaults(table.pictures), ...look };
  if (resolve) return resolve(look);
  return { ...(table.themes[look.theme] || Object.values(table.themes)[0] || {}), ...look };
}

const defaults = (params) => Object.fromEntries(Object.entries(params).map(([key, p]) => [key, p.default]));

/** The look with one thing changed. What the theme says by itself is not repeated, so that files stay short. */
export function changed(look, key, value, table) {
  const next = { ...look, [key]: value };
  const base = look.theme === PICTURES ? defaults(table.pictures) : table.themes[look.theme] || {};
  const param = table.params[key];
  // What follows another colour does so only while it is not asked for itself.
  if (base[key] === value && !(param?.follows && look[param.follows] !== undefined)) delete next[key];
  return next;
}

export const freed = (look, key) => { const next = { ...look }; delete next[key]; return next; };

export const same = (a, b) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** A value within its limits, on its step. */
export function fitted(param, value) {
  const step = param.step || 0.01;
  const lo = param.min ?? 0;
  const rounded = Math.round((Math.min(param.max ?? 1, Math.max(lo, value)) - lo) / step) * step + lo;
  return Number(rounded.toFixed(4));
}

/**
 * Looks in their order, with a place in it: {past, now, next}. Changes of one thing within a second are one step back, so that a
 * slider that is drawn is one step.
 */
export const History = {
  start: (look) => ({ past: [], now: look, next: [], key: "", at: -Infinity }),
  put(h, look, key = "", at = performance.now()) {
    if (same(h.now, look)) return h;
    const joined = key && key === h.key && at - h.at < 1000;
    return { past: joined ? h.past : [...h.past.slice(-99), h.now], now: look, next: [], key, at };
  },
  back: (h) => (h.past.length ? { past: h.past.slice(0, -1), now: h.past[h.past.length - 1], next: [h.now, ...h.next], key: "", at: -Infinity } : h),
  forth: (h) => (h.next.length ? { past: [...h.past, h.now], now: h.next[0], next: h.next.slice(1), key: "", at: -Infinity } : h),
};
