// What the panel sends. Every press has its own key, so that a retry is never a second press.
const API = "/api/v1/";

/** 32 hexadecimal characters. crypto.randomUUID is missing on plain HTTP in a private network. */
export function pressKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * POSTs JSON. Resolves to {ok, status, outcome, code}; never rejects. `within` (ms): network failures and 5xx are tried again
 * with the same key until then.
 */
export async function post(path, body, { within = 0, limit = 4000 } = {}) {
  const key = pressKey();
  const until = performance.now() + within;
  for (let wait = 150; ; wait = Math.min(wait * 2, 1000)) {
    const result = await once(path, body, key, limit);
    if (result.ok || (result.status > 0 && result.status < 500)) return result;
    if (performance.now() + wait > until) return result;
    await new Promise((done) => setTimeout(done, wait));
  }
}

async function once(path, body, key, limit) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), limit);
  try {
    const answer = await fetch(API + path, {
      method: "POST", credentials: "same-origin", cache: "no-store", signal: abort.signal, keepalive: true,
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(body),
    });
    const told = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, outcome: told.outcome || "", code: told.code || "", detail: told.detail || "" };
  } catch {
    return { ok: false, status: 0, outcome: "", code: "offline", detail: "" };
  } finally {
    clearTimeout(timer);
  }
}

/** GETs JSON: {ok, status, body}; status 0 when nobody answered. */
export async function get(path) {
  try {
    const answer = await fetch(API + path, { credentials: "same-origin", cache: "no-store" });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => null) };
  } catch {
    return { ok: false, status: 0, body: null };
  }
}

/** Trades the one-use code of the printed link (#code=...) for the session cookie. Returns "", "used" or "offline". */
export async function signIn() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return "";
  history.replaceState(null, "", location.pathname + location.search);
  const answer = await post("session", { code }, { within: 3000 });
  if (answer.ok) return "";
  return answer.status ? "used" : "offline";
}
