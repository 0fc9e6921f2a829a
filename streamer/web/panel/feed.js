// The socket behind everything on the page. Reconnects by itself and at once when the page comes back.
import { get } from "./api.js";
import { link, takeChange, takeSnapshot } from "./store.js";

const SILENCE_MS = 12000;
let socket = null;
let seq = 0;
let beats = false;
let wait = 250;
let retry = 0;

const say = (state) => {
  const open = state === "open";
  link.value = { state, at: open ? performance.now() : link.peek().at, reason: open ? "" : link.peek().reason };
};

let started = false;

/** To be called once, when signing in is over: a socket asked for earlier would be turned away. */
export function start() {
  started = true;
  connect();
}

function connect() {
  clearTimeout(retry);
  if (socket) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = new WebSocket(`${scheme}://${location.host}/ws/feed?view=panel`);
  socket = mine;
  let opened = false;
  mine.onmessage = (message) => {
    if (mine !== socket) return;
    opened = true;
    if (!take(JSON.parse(message.data))) mine.close(4000, "gap");
  };
  mine.onclose = (event) => {
    if (mine !== socket) return;
    socket = null;
    lost(event.code, opened);
  };
}

function take(frame) {
  if (frame.snapshot) {
    seq = frame.seq;
    wait = 250;
    beats = frame.snapshot.beat !== undefined;
    takeSnapshot(frame.now, frame.snapshot);
    say("open");
    return true;
  }
  if (frame.seq !== seq + 1) return false;
  seq = frame.seq;
  takeChange(frame.now, frame.set, frame.del);
  link.peek().at = performance.now();
  return true;
}

async function lost(code, opened) {
  if (link.peek().state !== "signed_out") say(link.peek().at ? "lost" : "connecting");
  // A refused upgrade looks like any other failure to a page: ask over HTTP whether we are known at all.
  if (code === 4401 || code === 4403 || !opened) {
    const known = await get("grants");
    if (known.status === 401 || known.status === 403) {
      say("signed_out");
      return;
    }
  }
  retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 1.7, 5000);
}

/** Tries now, also from the signed-out page. */
export function hurry() {
  if (!started || (socket && socket.readyState <= 1)) return;
  wait = 250;
  if (link.peek().state === "signed_out") say("connecting");
  connect();
}

addEventListener("online", hurry);
addEventListener("pageshow", hurry);
document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
setInterval(() => {
  if (beats && socket && socket.readyState === 1 && performance.now() - link.peek().at > SILENCE_MS) {
    const dead = socket;
    socket = null;
    dead.close();
    lost(0, true);
  }
}, 1000);
