// The voices alone: a source for OBS, or a page that plays along (`?monitor=1`, `?monitor=auto`).

import { browserId, options, ownBuild, words } from "../lib/address.js";
import { Sink } from "../lib/sink.js";

const RELOADED = "showrunner.reloaded.sound";
const { token, monitor } = options();
const obs = Boolean(window.obsstudio);
const sink = new Sink({ token, kind: "sound", obs, monitor, browser: browserId() });
const state = () => ({ connected: sink.connected, holder: sink.holder, monitor: sink.monitor, audio: sink.audio, page: sink.page });
window.showrunner = { sink, state };
document.documentElement.dataset.overlay = "sound";
document.documentElement.lang = navigator.language.slice(0, 2) === "ja" ? "ja" : "en";

// Of another build: load that one, once, and never within a line.
sink.addEventListener("build", () => {
  const mine = ownBuild();
  if (!mine || !sink.build || sink.build === mine || sink.voices.length) return;
  try {
    if (sessionStorage.getItem(RELOADED) === sink.build) return;
    sessionStorage.setItem(RELOADED, sink.build);
  } catch {
    return;
  }
  location.reload();
});

if (!obs && window.parent === window) {
  const box = document.createElement("div");
  box.className = "sr-sound";
  const name = document.createElement("h1");
  name.textContent = "Showrunner";
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words("click");
  button.addEventListener("click", () => sink.resume());
  box.append(name, said, button);
  document.getElementById("page").append(box);
  const update = () => {
    button.hidden = sink.audio === "running";
    said.textContent = words(!sink.connected ? "waiting" : sink.holder ? "playing" : sink.monitor ? "along" : "silent");
    said.hidden = !button.hidden && sink.connected;
  };
  for (const event of ["audio", "lease", "connection"]) sink.addEventListener(event, update);
  update();
}
for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => sink.audio !== "running" && sink.resume());
sink.open();
