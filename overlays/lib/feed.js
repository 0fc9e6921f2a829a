// The feed of a show: one snapshot, then changes; a gap or a lost connection is mended by a new snapshot.
// See docs/overlay-protocol.md, "/ws/feed".

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/** The parts of a path: separated by `/`, `~1` is a `/` and `~0` a `~` inside a part (RFC 6901). */
export function parts(path) {
  return path.split("/").map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
}

/** Applies `set` and `del` to a snapshot in place. */
export function apply(snapshot, change) {
  for (const path of change.del ?? []) {
    const keys = parts(path);
    if (keys.some((key) => FORBIDDEN.has(key))) continue;
    const last = keys.pop();
    const at = keys.reduce((node, key) => (isObject(node) ? node[key] : undefined), snapshot);
    if (isObject(at)) delete at[last];
  }
  for (const [path, value] of Object.entries(change.set ?? {})) {
    const keys = parts(path);
    if (keys.some((key) => FORBIDDEN.has(key))) continue;
    const last = keys.pop();
    let at = snapshot;
    for (const key of keys) {
      if (!isObject(at[key])) at[key] = {};
      at = at[key];
    }
    at[last] = value;
  }
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** The address of one of the show's sockets, on the page's own origin. */
export function socketUrl(path, query) {
  const url = new URL(path, location.origin);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return url.href;
}

const POLICY = 1008;
const TOO_BIG = 1009;
const REPLACED = 4000;
const REVOKED = 4403;

/** Waits before the next try: 0.25 s doubling to 4 s, each time a little different so that a restart is not met by everybody at once. */
export class Backoff {
  constructor(first = 250, most = 4000) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  reset() {
    this.next = this.first;
  }

  /** What to do after a close code: milliseconds to wait, or null to stay away. */
  after(code) {
    if (code === REPLACED || code === REVOKED) return null;
    if (code === POLICY || code === TOO_BIG) this.next = this.most;
    return this.delay();
  }

  delay() {
    const now = this.next;
    this.next = Math.min(this.most, now * 2);
    return now * (0.7 + Math.random() * 0.6);
  }
}

/** A show tells its heart beat every 5 s; after so long without a word the connection counts as dead. */
const SILENT_MS = 12_000;
const WATCH_MS = 1_000;

/**
 * Follows the feed. `state` is the snapshot as it is (null before the first), `connected` whether changes arrive.
 * Events: `change` after every message, `snapshot` after a new snapshot, `connection` when `connected` changed.
 */
export class Feed extends EventTarget {
  constructor({ token = "", view = "overlay", build = "", clock = null } = {}) {
    super();
    this.query = { view, token };
    this.build = build;
    this.clock = clock;
    this.state = null;
    this.seq = 0;
    this.connected = false;
    this.gaps = 0;
    this.refreshed = -Infinity;
    this.backoff = new Backoff();
    this.ws = null;
    this.closed = false;
    this.lostAt = performance.now();
    this.heardAt = performance.now();
    this.patience = SILENT_MS;
    this.watch = null;
  }

  open() {
    if (this.closed) return;
    this.heardAt = performance.now();
    this.watch ??= setInterval(() => this.#listen(), WATCH_MS);
    const ws = (this.ws = new WebSocket(socketUrl("/ws/feed", this.query)));
    ws.onmessage = (event) => this.#message(ws, event.data);
    ws.onclose = (event) => this.#lost(ws, event.code);
    ws.onerror = () => ws.close();
  }

  /** Leaves the feed for good. */
  close() {
    this.closed = true;
    clearInterval(this.watch);
    this.ws?.close();
  }

  /**
   * Drops the connection and asks for a snapshot (after a gap, or when a hidden source is shown again): at once, but a second time
   * within a second a little later.
   */
  refresh() {
    this.#detach(this.ws);
    this.#connection(false);
    const wait = performance.now() - this.refreshed < 1000 ? this.backoff.delay() : 0;
    this.refreshed = performance.now();
    if (wait) setTimeout(() => this.ws || this.open(), wait);
    else this.open();
  }

  /** Takes one message of the feed, from the socket or from a script. */
  receive(message) {
    this.heardAt = performance.now();
    if (typeof message.now === "number") this.clock?.sync(message.now);
    if (message.snapshot) {
      this.state = message.snapshot;
      this.seq = message.seq;
      this.backoff.reset();
      this.#connection(true);
      this.dispatchEvent(new Event("snapshot"));
    } else {
      if (!this.state) return false;
      if (message.seq !== this.seq + 1) {
        this.gaps += 1;
        return false;
      }
      this.seq = message.seq;
      apply(this.state, message);
    }
    this.dispatchEvent(new Event("change"));
    this.#reloadWhenOld();
    return true;
  }

  #message(ws, data) {
    if (ws !== this.ws) return;
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      message = null;
    }
    if (!isObject(message) || !this.receive(message)) this.refresh();
  }

  // A link that died without a goodbye brings no close event: a show that beats and then says nothing is asked again.
  #listen() {
    if (this.connected && this.state?.beat !== undefined && performance.now() - this.heardAt > this.patience) this.refresh();
  }

  #detach(ws) {
    if (!ws) return;
    ws.onmessage = ws.onclose = ws.onerror = null;
    ws.close();
    if (this.ws === ws) this.ws = null;
  }

  #lost(ws, code) {
    if (ws !== this.ws) return;
    this.#detach(ws);
    this.#connection(false);
    const wait = this.backoff.after(code);
    if (!this.closed && wait !== null) setTimeout(() => this.ws || this.open(), wait);
  }

  #connection(on) {
    if (this.connected === on) return;
    this.connected = on;
    if (!on) this.lostAt = performance.now();
    this.dispatchEvent(new Event("connection"));
  }

  // A page of another build reloads itself once for that build, and never while a line is on air.
  #reloadWhenOld() {
    const build = this.state.build;
    if (!build || !this.build || build === this.build || this.state.line) return;
    try {
      if (sessionStorage.getItem("showrunner.reloaded") === String(build)) return;
      sessionStorage.setItem("showrunner.reloaded", String(build));
    } catch {
      return;
    }
    this.close();
    location.reload();
  }
}
