// Saves as one goes: the newest value, a moment after the last change, one request at a time.
import { signal } from "../vendor/preact.js";
import { typing } from "../views.js";

const PAUSE_MS = 450;

/**
 * `send(value)` resolves to {ok, problem}. `state` is idle | waiting | saving | saved | failed, `problem` what went wrong.
 * A value that could not be saved is kept and goes along with the next one.
 */
export class Saver {
  constructor(send) {
    this.send = send;
    this.state = signal("idle");
    this.problem = signal(null);
    this.value = undefined;
    this.failed = undefined;
    this.timer = 0;
    this.busy = null;
  }

  /** Tries once more what could not be saved. */
  again() {
    this.value ??= this.failed;
    return this.flush();
  }

  put(value) {
    this.value = value;
    typing.value = true;
    this.state.value = "waiting";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Whether something is on its way: what the show tells meanwhile is older than what is on screen. */
  get pending() {
    return this.value !== undefined || this.busy !== null;
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.busy) return this.busy;
    if (this.value === undefined) return undefined;
    this.busy = this.#go();
    await this.busy;
    this.busy = null;
    typing.value = this.value !== undefined;
    return undefined;
  }

  async #go() {
    while (this.value !== undefined) {
      const { value } = this;
      this.value = undefined;
      this.state.value = "saving";
      const result = await this.send(value);
      this.problem.value = result.problem;
      this.state.value = result.ok ? "saved" : "failed";
      this.failed = result.ok ? undefined : value;
      if (!result.ok) return;
    }
  }
}
