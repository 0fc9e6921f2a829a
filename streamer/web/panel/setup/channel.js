// Step: the channel whose chat is read.
import { html, useEffect, useState } from "../vendor/preact.js";
import { clean, t } from "../texts.js";
import { typing } from "../views.js";
import { ask, change, desk } from "./desk.js";
import { Act, aloud, Problem, Saved, Step, Text } from "./pieces.js";
import { SignIn } from "./signin.js";

/** A channel as people write it. */
export function channelName({ platform, name } = {}) {
  const own = clean(name);
  if (!own) return "";
  if (platform === "twitch") return `twitch.tv/${own.replace(/^#/, "")}`;
  return platform === "youtube" ? t("setup.channel.youtube", { name: own }) : own;
}

/** What the test could not tell for sure: the channel may be right all the same. */
const DOUBTFUL = new Set(["no_such_channel", "chat_unreachable", "chat_refused", "channel_silent", "timeout"]);

const places = () => desk.value.channel?.places || [];
/** What is read, as a list. */
export const read = () => (places().length ? places() : [desk.value.channel]).map(channelName).join(t("setup.channel.and"));
const real = () => Boolean(desk.value.channel?.name) && desk.value.channel.platform !== "demo" && !desk.value.demo;
const present = () => (real() ? t("setup.channel.still", { name: read() }) : t("setup.channel.still.demo"));

function Form() {
  const [text, setText] = useState(real() && places().length < 2 ? channelName(desk.value.channel).replace(/^YouTube: /, "") : "");
  const [busy, setBusy] = useState("");
  const [tried, setTried] = useState(null);
  const [problem, setProblem] = useState(null);
  const [saved, setSaved] = useState("");
  const wanted = text.trim();
  useEffect(() => { setTried(null); setProblem(null); }, [text]);

  const attempt = async () => {
    const result = await ask("POST", "setup/channel/try", { text: wanted });
    const ok = result.ok && result.body?.ok;
    setTried(ok ? result.body : null);
    setProblem(ok ? null : result.problem || result.body?.notice || { code: "channel_silent" });
    if (ok) aloud.value = t("setup.channel.connected", { name: channelName(result.body) });
    return ok;
  };
  const test = async () => { setSaved(""); setBusy("test"); await attempt(); setBusy(""); };
  const take = async (anyway) => {
    setSaved("");
    setBusy("use");
    if (anyway || tried || await attempt()) {
      const result = await change("/channel", { text: wanted });
      setProblem(result.problem);
      if (result.ok) {
        setTried(null);
        setSaved(t("setup.channel.saved", { name: read() || wanted }));
        aloud.value = t("setup.channel.saved", { name: read() || wanted });
      }
    }
    setBusy("");
  };
  const leave = async (place) => {
    setBusy(place.platform);
    const result = await change(`/channel?platform=${place.platform}`, undefined, "DELETE");
    setBusy("");
    setProblem(result.problem);
    if (result.ok) { setText(""); setTried(null); setSaved(t("setup.channel.left", { name: channelName(place) })); }
  };
  const back = async () => {
    setBusy("back");
    const result = await change("/channel", undefined, "DELETE");
    setBusy("");
    setProblem(result.problem);
    if (result.ok) { setText(""); setTried(null); setSaved(t("setup.channel.demo_again")); }
  };
  const empty = !wanted;
  const several = places().length > 1;
  return html`<form class="form" onSubmit=${(e) => { e.preventDefault(); if (!empty && !busy) take(false); }}>
    ${several && html`<ul class="read-places">${places().map((place) => html`<li key=${place.platform}><b>${channelName(place)}</b>
      <${Act} cls="quiet" busy=${busy === place.platform} off=${Boolean(busy)} words=${t("setup.channel.leave")} aria-label=${t("setup.channel.leave.what", { name: channelName(place) })} onClick=${() => leave(place)}/></li>`)}</ul>`}
    <${Text} id="channel-text" label=${t("setup.channel.label")} help=${t("setup.channel.help")} placeholder=${t("setup.channel.placeholder")} value=${text} maxlength="200" inputmode="url" problem=${problem} kept=${problem && present()} onInput=${(e) => { typing.value = true; setSaved(""); setText(e.currentTarget.value); }}>
      <${Act} busy=${busy === "test"} off=${empty || busy} words=${t("setup.test")} working=${t("setup.channel.testing")} onClick=${test}/><//>
    ${tried && html`<div class="notice ready"><p><b>${t("setup.channel.connected", { name: channelName(tried) })}</b></p></div>`}
    <p class="step-row"><${Act} cls="go" busy=${busy === "use"} off=${empty || busy} words=${t("setup.channel.use")} working=${t("setup.channel.joining")} onClick=${() => take(false)}/>
      ${problem && !empty && DOUBTFUL.has(problem.code) && html`<${Act} off=${Boolean(busy)} words=${t("setup.channel.anyway")} onClick=${() => take(true)}/>`}
      ${real() && html`<${Act} cls="quiet" busy=${busy === "back"} off=${Boolean(busy)} words=${t("setup.channel.back")} onClick=${back}/>`}</p>
    <${Saved} name="channel" words=${saved}/></form>`;
}

export function ChannelStep() {
  const words = desk.value && real() ? t("setup.channel.reads", { name: read() }) : "";
  const trouble = desk.value && real() && desk.value.channel.words && desk.value.channel.words.fix ? desk.value.channel.words : null;
  return html`<${Step} name="channel" what=${words}><${Problem} problem=${trouble}/><${Form}/><${SignIn}/><//>`;
}
