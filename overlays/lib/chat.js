// The chat as the audience sees it: newest at the bottom, removed messages gone at once.

import { readable } from "./text.js";

const HOSTS = new Set(["static-cdn.jtvnw.net", "yt3.ggpht.com"]);
const ROLES = ["broadcaster", "moderator", "vip", "subscriber", "member", "verified"];
/** Luminance at which a name can be read on the ground of the chat, even over a white picture. */
const BRIGHT = 0.46;
const NAME = /^[a-z0-9_-]{1,24}$/i;

/** The address of an emote picture when it is on a host the page may load from, else null. */
export function emoteUrl(url) {
  try {
    const parsed = new URL(url);
    return parsed.protocol === "https:" && HOSTS.has(parsed.hostname) ? parsed.href : null;
  } catch {
    return null;
  }
}

function node(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The parts of a message as nodes: text as text, emotes as pictures of an allowed host or their name. */
export function spans(message) {
  const list = Array.isArray(message.spans) && message.spans.length ? message.spans : [{ text: message.text ?? "" }];
  return list.map((span) => {
    if (!span.emote) return document.createTextNode(String(span.text ?? ""));
    const url = emoteUrl(span.emote.url);
    const alt = String(span.emote.alt ?? "");
    if (!url) return document.createTextNode(alt);
    const img = document.createElement("img");
    img.className = "sr-chat__emote";
    img.alt = alt;
    img.loading = "lazy";
    img.decoding = "async";
    img.referrerPolicy = "no-referrer";
    img.src = url;
    img.onerror = () => img.replaceWith(document.createTextNode(alt));
    return img;
  });
}

const PLATFORMS = { twitch: "Twitch", youtube: "YouTube", kick: "Kick" };

/**
 * Draws the chat into `host`; `most` rows, each shown for `seconds` (0: until it is pushed out). `only(platform)` says whose messages are
 * shown; `named` writes the platform before each.
 */
export class Chat {
  constructor(host, { most = 12, seconds = 0, only = () => true, named = false } = {}) {
    this.root = node("div", "sr-chat");
    this.root.setAttribute("role", "log");
    host.append(this.root);
    this.most = most;
    this.seconds = seconds;
    this.only = only;
    this.named = named;
    this.rows = new Map();
  }

  /** Shows the messages of `chat`: an object by message id, ordered by `n`. */
  update(chat) {
    const wanted = Object.entries(chat ?? {})
      .filter(([, message]) => this.only(message.platform))
      .sort(([, a], [, b]) => a.n - b.n)
      .slice(-this.most);
    const keep = new Set(wanted.map(([id]) => id));
    for (const [id, row] of this.rows) {
      if (keep.has(id)) continue;
      row.remove();
      this.rows.delete(id);
    }
    for (const [id, message] of wanted) {
      if (this.rows.has(id)) continue;
      const row = this.#row(message);
      this.rows.set(id, row);
      const after = [...this.rows.values()].find((other) => Number(other.dataset.n) > message.n);
      this.root.insertBefore(row, after ?? null);
      if (this.seconds > 0) setTimeout(() => row.classList.add("is-old"), this.seconds * 1000);
    }
  }

  #row(message) {
    const row = node("div", "sr-chat__row");
    row.dataset.n = String(message.n);
    if (NAME.test(message.kind ?? "")) row.classList.add(`sr-chat__row--${message.kind}`);
    if (NAME.test(message.platform ?? "")) row.dataset.platform = message.platform;
    if (message.test) row.classList.add("is-test");
    for (const role of message.roles ?? []) if (ROLES.includes(role)) row.classList.add(`is-${role}`);
    const name = node("bdi", "sr-chat__name", String(message.name ?? ""));
    name.style.color = readable(message.color, "", BRIGHT);
    const text = node("bdi", "sr-chat__text");
    text.append(...spans(message));
    if (this.named && message.platform) row.append(node("span", "sr-chat__platform", PLATFORMS[message.platform] ?? String(message.platform)));
    row.append(name, text);
    return row;
  }
}
