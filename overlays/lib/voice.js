// One line being played: its frames one after the other on the audio clock.

const FRESH = 0.02;
const MOST_LEAD = 0.12;

export class Voice {
  constructor(ctx, out, { line, generation, lead }) {
    this.ctx = ctx;
    this.line = line;
    this.generation = generation;
    this.lead = lead;
    this.gain = ctx.createGain();
    this.gain.connect(out);
    this.nodes = new Set();
    this.runs = [];
    this.next = 0;
    this.seq = -1;
    /** Milliseconds of silence because frames came too late. */
    this.under = 0;
    this.most = 0;
    this.total = null;
    this.stopped = false;
    this.reported = -Infinity;
  }

  /**
   * Schedules a frame after the one before, or `lead` seconds from the present when that moment has passed (an underrun, and the
   * next one is met with more lead). `after` is when the line before this one ends. A frame seen before is refused.
   */
  play(frame, rate, after) {
    if (this.stopped || frame.seq <= this.seq) return false;
    this.seq = frame.seq;
    const now = this.ctx.currentTime;
    let start = this.next;
    if (!this.runs.length) {
      start = Math.max(now + this.lead, after);
    } else if (start < now + FRESH / 4) {
      this.lead = Math.min(MOST_LEAD, this.lead * 1.5);
      start = now + Math.max(FRESH, this.lead);
      this.under += Math.round((start - this.next) * 1000);
    }
    start = Math.round(start * rate) / rate;
    const buffer = this.ctx.createBuffer(1, frame.samples.length, rate);
    const data = buffer.getChannelData(0);
    for (let i = 0; i < data.length; i += 1) data[i] = frame.samples[i] / 32768;
    const node = this.ctx.createBufferSource();
    node.buffer = buffer;
    node.connect(this.gain);
    node.onended = () => {
      node.disconnect();
      this.nodes.delete(node);
    };
    node.start(start);
    this.nodes.add(node);
    const length = frame.samples.length / rate;
    const run = this.runs[this.runs.length - 1];
    if (run && Math.abs(run.end - start) < 1e-4 && Math.abs(run.at + (run.end - run.start) * 1000 - frame.at) < 1) run.end = start + length;
    else this.runs.push({ start, end: start + length, at: frame.at });
    this.next = start + length;
    return true;
  }

  finish(total) {
    this.total = total;
  }

  /** Whether the first sample has been heard at the audio time `time`. */
  begun(time) {
    return this.runs.length > 0 && time >= this.runs[0].start;
  }

  /** Milliseconds of the line heard at the audio time `time`; never falls. */
  heard(time) {
    let ms = 0;
    for (const run of this.runs) {
      if (time < run.start) break;
      ms = run.at + (Math.min(time, run.end) - run.start) * 1000;
    }
    if (this.total !== null) ms = Math.min(ms, this.total);
    this.most = Math.max(this.most, Math.floor(ms + 0.01));
    return this.most;
  }

  /** Whether everything up to the end of the line has been heard. */
  over(time) {
    if (this.total === null || this.stopped) return false;
    return !this.runs.length || time >= this.runs[this.runs.length - 1].end;
  }

  /** Silence within `fade` seconds; nothing of this line sounds again. */
  stop(fade) {
    if (this.stopped) return;
    this.stopped = true;
    const now = this.ctx.currentTime;
    this.gain.gain.setValueAtTime(1, now);
    this.gain.gain.linearRampToValueAtTime(0, now + fade);
    for (const node of this.nodes) {
      try {
        node.stop(now + fade + 0.005);
      } catch {
        node.disconnect();
      }
    }
    setTimeout(() => this.gain.disconnect(), fade * 1000 + 40);
  }
}
