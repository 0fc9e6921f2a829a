// Moments a countdown runs to.

const STORE = "showrunner.countdown";
const DAY_MS = 86_400_000;
/** A time of day so long ago is tomorrow's. */
const PAST_MS = 6 * 3_600_000;

/** Milliseconds of the wall clock at which it is `hh:mm` again, or was less than six hours ago; null when that is no time. */
export function timeOfDay(text, now = new Date()) {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text ?? "");
  if (!found) return null;
  const at = new Date(now);
  at.setHours(Number(found[1]), Number(found[2]), 0, 0);
  if (now - at > PAST_MS) at.setDate(at.getDate() + 1);
  else if (at - now > DAY_MS - PAST_MS) at.setDate(at.getDate() - 1);
  return at.getTime();
}

/** When `minutes` that begin with this page are over. A page that is loaded again goes on; one whose time is over begins anew. */
export function minutesFrom(minutes, now = Date.now(), store = null) {
  const end = now + minutes * 60_000;
  try {
    const kept = store ?? localStorage;
    const known = Number(kept.getItem(`${STORE}.${minutes}`));
    if (known > now && known <= end) return known;
    kept.setItem(`${STORE}.${minutes}`, String(end));
  } catch {
    // Without a store it begins with the page.
  }
  return end;
}
