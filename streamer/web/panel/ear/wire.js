// The socket of the microphone, /ws/ear. Connects again by itself, but not after another page took the microphone.
const VERSION = 1;
const HEAD = 8;
const BEHIND_BYTES = 64000; // two seconds: what is later than that is no use to anybody
const HERE_MS = 1000;
const REPLACED = 4000;

/** `onState({state, push_to_talk, pressed})` as the show says it; `onLink(up)`; `onReplaced()`. */
export class Wire {
  constructor({ onState, onLink, onReplaced }) {
    Object.assign(this, { onState, onLink, onReplaced, hello: null, socket: null, sequence: 0, wait: 250, heard: 0 });
    this.beat = setInterval(() => this.here(), HERE_MS);
  }

  /** Says who we are, now and after every interruption. */
  greet(hello) {
    this.hello = { type: "hello", ...hello };
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(this.hello));
    else this.connect();
  }

  connect() {
    clearTimeout(this.retry);
    if (this.socket || !this.hello) return;
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/ear`);
    mine.binaryType = "arraybuffer";
    this.socket = mine;
    mine.onopen = () => { this.sequence = 0; mine.send(JSON.stringify(this.hello)); };
    mine.onmessage = ({ data }) => this.told(mine, data);
    mine.onclose = ({ code }) => {
      if (mine !== this.socket) return;
      this.socket = null;
      this.onLink(false);
      if (code === REPLACED || this.gone) return this.replaced();
      this.retry = setTimeout(() => this.connect(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 1.7, 5000);
    };
  }

  told(mine, data) {
    const message = JSON.parse(data);
    if (mine !== this.socket || message.type !== "state") return;
    if (message.state === "replaced") { this.gone = true; return; }
    this.wait = 250;
    this.onLink(true);
    this.onState(message);
  }

  replaced() {
    this.close();
    this.onReplaced();
  }

  /** Tries now: the show is back. */
  hurry() {
    this.wait = 250;
    if (!this.socket) this.connect();
  }

  /** 20 ms of sound; what cannot be sent in time is lost, and its number tells that it is. */
  frame(pcm, held) {
    const number = this.sequence;
    this.sequence = (number + 1) >>> 0;
    const { socket } = this;
    if (!socket || socket.readyState !== 1 || socket.bufferedAmount > BEHIND_BYTES) return false;
    const whole = new Uint8Array(HEAD + pcm.byteLength);
    const head = new DataView(whole.buffer);
    head.setUint8(0, VERSION);
    head.setUint8(1, held ? 1 : 0);
    head.setUint32(4, number, true);
    whole.set(new Uint8Array(pcm), HEAD);
    socket.send(whole);
    return true;
  }

  /** To be called with every frame that is heard, sent or not: timers are slow in the background. */
  tick(now) {
    this.heard = now;
    if (now - (this.said || 0) >= HERE_MS) this.here();
  }

  here() {
    this.said = performance.now();
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ type: "here", heard: this.said - this.heard < HERE_MS }));
  }

  close() {
    clearTimeout(this.retry);
    clearInterval(this.beat);
    this.hello = null;
    const { socket } = this;
    this.socket = null;
    if (socket) socket.close(1000);
  }
}
