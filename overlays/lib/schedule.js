// When each alert is shown. A pure function of what the feed holds and of the show's clock: every page, also one that was
// just loaded, is at the same alert, and nothing is played twice.

/** Milliseconds an alert stays at least while others wait, and at most. */
export const LEAST_MS = 4000;
export const MOST_MS = 8000;
/** Two alerts are never less than this apart: nothing flashes. */
const FLOOR_MS = 1500;

/**
 * `[{alert, from, until}]` in order of `n`, in milliseconds of the show's clock: one after another, each for `least` to `most`.
 * One that was taken back (`gone`) ends there, and those after it move up.
 */
export function schedule(alerts, least = LEAST_MS, most = MOST_MS) {
  const shortest = Math.max(FLOOR_MS, least);
  const longest = Math.max(shortest, most);
  const list = [...alerts].sort((a, b) => a.n - b.n);
  let free = -Infinity;
  return list.map((alert, i) => {
    const from = Math.max(alert.at, free);
    const next = list[i + 1];
    let until = from + longest;
    if (next) until = Math.min(until, Math.max(from + shortest, next.at));
    if (Number.isFinite(alert.gone)) until = Math.min(until, Math.max(from, alert.gone));
    free = until;
    return { alert, from, until };
  });
}

/** The one shown at `now`, or null. */
export function shownAt(alerts, now, least, most) {
  if (now === null) return null;
  return schedule(alerts, least, most).find(({ alert, from, until }) => !("gone" in alert) && now >= from && now < until) ?? null;
}
