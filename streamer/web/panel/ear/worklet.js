// In the audio thread: what the microphone gives becomes frames of 20 ms, 16,000 Hz, s16, with their peak and mean power.
// It goes on in a tab in the background, where timers do not. Where the context runs at another rate, a windowed sinc brings it down.
const RATE = 16000;
const FRAME = 320;
const LOBES = 12;

class EarFrames extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Int16Array(FRAME);
    this.fill = 0;
    this.peak = 0;
    this.power = 0;
    this.ratio = sampleRate / RATE;
    this.half = Math.ceil(LOBES * Math.max(1, this.ratio));
    this.line = new Float32Array(8192);
    this.have = 0;
    this.at = this.half;
    this.port.onmessage = () => { this.over = true; };
  }

  take(sample) {
    const size = Math.abs(sample);
    if (size > this.peak) this.peak = size;
    this.power += sample * sample;
    const held = Math.max(-1, Math.min(1, sample));
    this.frame[this.fill++] = held < 0 ? held * 32768 : held * 32767;
    if (this.fill < FRAME) return;
    const { frame, peak } = this;
    this.port.postMessage({ pcm: frame.buffer, peak, power: this.power / FRAME }, [frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.fill = this.peak = this.power = 0;
  }

  resample(input) {
    this.line.set(input, this.have);
    this.have += input.length;
    const cut = Math.min(1, 1 / this.ratio);
    for (; this.at + this.half < this.have; this.at += this.ratio) {
      const middle = Math.floor(this.at);
      let sum = 0;
      for (let k = middle - this.half + 1; k <= middle + this.half; k += 1) {
        const x = this.at - k;
        const u = Math.PI * x * cut;
        const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (this.half + 1));
        sum += (this.line[k] || 0) * window * cut * (Math.abs(u) < 1e-9 ? 1 : Math.sin(u) / u);
      }
      this.take(sum);
    }
    const done = Math.max(0, Math.floor(this.at) - this.half);
    this.line.copyWithin(0, done, this.have);
    this.have -= done;
    this.at -= done;
  }

  process([inputs]) {
    const input = inputs[0];
    if (input && this.ratio === 1) for (let i = 0; i < input.length; i += 1) this.take(input[i]);
    else if (input) this.resample(input);
    return !this.over;
  }
}

registerProcessor("ear-frames", EarFrames);
