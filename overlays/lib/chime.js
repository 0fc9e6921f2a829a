// Two short notes for an alert, made here: nothing is loaded. `sound=chime` or `sound=bell`.

const NOTES = { chime: [[0, 784, 0.5], [0.13, 1175, 0.7]], bell: [[0, 988, 1.1], [0.01, 1976, 0.6]] };
const LEVEL = 0.16;

let context = null;

/** Plays it where the browser lets a page sound (OBS does, with "Control audio via OBS" in its mixer). */
export function chime(name) {
  const notes = Object.prototype.hasOwnProperty.call(NOTES, name) ? NOTES[name] : NOTES.chime;
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().catch(() => {});
    const start = context.currentTime + 0.03;
    for (const [at, hz, length] of notes) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      tone.frequency.value = hz;
      gain.gain.setValueAtTime(0, start + at);
      gain.gain.linearRampToValueAtTime(LEVEL, start + at + 0.012);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + at + length);
      tone.connect(gain).connect(context.destination);
      tone.start(start + at);
      tone.stop(start + at + length + 0.05);
    }
  } catch {
    // A page without sound is an alert all the same.
  }
}
