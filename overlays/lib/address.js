// What a page knows about itself: the parameters of its address, its build, its browser, and the few words it may say.

const BROWSER = "showrunner.browser";

/** Parameters of the page's address. `monitor`: false, true, or "auto" (plays along when another page holds). */
export function options(search = location.search) {
  const q = new URLSearchParams(search);
  const number = (name, fallback) => (Number.isFinite(parseFloat(q.get(name))) ? parseFloat(q.get(name)) : fallback);
  const monitor = q.get("monitor");
  return {
    token: q.get("token") ?? "",
    persona: q.get("persona"),
    theme: q.get("theme"),
    demo: q.has("demo"),
    sound: q.get("sound") !== "0",
    monitor: monitor === "auto" ? "auto" : monitor !== null && monitor !== "0",
    style: q.get("captions") ?? "box",
    layout: q.get("layout") ?? "center",
    host: q.get("host") ?? (q.get("layout") === "right" ? "left" : "right"),
    rows: number("rows", 12),
    seconds: number("seconds", 0),
    fps: number("fps", 60),
    lead: number("lead", 40),
  };
}

/** The build this page was loaded from, "" when the page was not served by a show. */
export function ownBuild() {
  const build = document.querySelector('meta[name="showrunner-build"]')?.content ?? "";
  return build.startsWith("__") ? "" : build;
}

/** A random word that all pages of this browser profile share, so that the show lets only one of them sound; "" without a store. */
export function browserId() {
  try {
    const known = localStorage.getItem(BROWSER);
    if (known) return known.slice(0, 64);
    const made = Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
    localStorage.setItem(BROWSER, made);
    return made;
  } catch {
    return "";
  }
}

const WORDS = {
  en: { waiting: "Waiting for the show …", click: "Click to hear the show", playing: "This page plays the voices", along: "You hear the show through this page", silent: "Another page plays the voices" },
  ja: { waiting: "番組につながるのを待っています…", click: "クリックすると音が出ます", playing: "声はこのページから出ています", along: "このページで番組の音が聞こえます", silent: "声は別のページから出ています" },
};

/** What pages say outside OBS, in the language of the browser. */
export const words = (key) => (WORDS[navigator.language.slice(0, 2)] ?? WORDS.en)[key];
