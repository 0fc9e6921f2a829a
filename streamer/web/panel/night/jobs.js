// The rehearsals of this show: what the server knows of them, and sending it a log.
import { signal } from "../vendor/preact.js";
import { get, pressKey } from "../api.js";

export const MOST_MB = 300;
const API = "/api/v1/rehearsals";
const POLL_MS = 500;

/** Newest first: {id, name, state, progress, notice, summary}; null before the first answer. */
export const jobs = signal(null);
/** What is being sent: {name, share} or null. */
export const sending = signal(null);
/** {key, params} of what went wrong last, for the page; null for nothing. */
export const trouble = signal(null);

const BUSY = new Set(["queued", "reading", "rehearsing", "choosing", "voicing"]);
export const busy = (job) => BUSY.has(job.state);

let timer = 0;

export async function refresh() {
  clearTimeout(timer);
  const answer = await get("rehearsals");
  if (answer.ok && answer.body) {
    jobs.value = answer.body.items;
    if (trouble.peek()?.key === "night.offline") trouble.value = null;
  } else if (jobs.peek() === null || !answer.status) trouble.value = { key: "night.offline" };
  if ((jobs.peek() || []).some(busy)) timer = setTimeout(refresh, POLL_MS);
}

export const rest = () => clearTimeout(timer);

/** Sends one file and follows it. Resolves to its id, or "" when it was refused. */
export function send(file) {
  trouble.value = null;
  if (!file.size) {
    trouble.value = { key: "night.empty", params: { name: file.name } };
    return Promise.resolve("");
  }
  if (file.size > MOST_MB * 1e6) {
    trouble.value = { key: "night.too_large", params: { name: file.name, mb: Math.round(file.size / 1e6) } };
    return Promise.resolve("");
  }
  sending.value = { name: file.name, share: 0 };
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${API}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Press", pressKey());
    request.upload.onprogress = (event) => { if (event.total) sending.value = { name: file.name, share: event.loaded / event.total }; };
    request.onloadend = () => {
      sending.value = null;
      const told = (() => { try { return JSON.parse(request.responseText); } catch { return {}; } })();
      if (request.status === 201 || request.status === 200) {
        refresh();
        done(told.id || "");
        return;
      }
      trouble.value = request.status ? { key: "night.failed", params: { name: file.name }, code: told.code, detail: told.detail || told.title } : { key: "night.offline" };
      done("");
    };
    request.send(file);
  });
}

export async function remove(id) {
  jobs.value = (jobs.peek() || []).filter((job) => job.id !== id);
  await fetch(`${API}/${encodeURIComponent(id)}`, { method: "DELETE", credentials: "same-origin" }).catch(() => null);
  refresh();
}

export const reportOf = (id) => get(`rehearsals/${encodeURIComponent(id)}/report`);
export const fileOf = (id, anonymous) => `${API}/${encodeURIComponent(id)}/report.html${anonymous ? "?anonymous=true" : ""}`;
