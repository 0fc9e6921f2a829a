// A request whose answer is read: {ok, status, code, detail, body}. Never rejects.
import { pressKey } from "../api.js";

const LIMIT_MS = 15000;

export async function ask(path, body) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), LIMIT_MS);
  try {
    const answer = await fetch(`/api/v1/${path}`, {
      method: "POST", credentials: "same-origin", cache: "no-store", signal: abort.signal,
      headers: { "Content-Type": "application/json", "Idempotency-Key": pressKey() }, body: JSON.stringify(body),
    });
    const told = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, code: told.code || `status_${answer.status}`, detail: told.detail || "", body: told };
  } catch {
    return { ok: false, status: 0, code: "offline", detail: "", body: null };
  } finally {
    clearTimeout(timer);
  }
}
