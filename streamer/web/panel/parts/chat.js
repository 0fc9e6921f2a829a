// The chat. Rows are drawn once and never again; only their chip and their strike-through change.
import { Component, computed, html, signal, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { freeze, frozen, frozenWhy, held, shown, thaw } from "../chatlist.js";
import { Icon } from "../icons.js";
import { nameStyle } from "../colour.js";
import { persona, S, wall } from "../store.js";
import { clean, has, money, number, parts, t, timeOfDay, tn } from "../texts.js";
import { Name, ruleWords, Test, what } from "./common.js";
import { MenuButton, menuKey, MessageMenu } from "./message-menu.js";
import { Ignored, SendBox } from "./send.js";

const DRAWN_MAX = 500;
const BOTTOM_PX = 24;
const HANDS_MS = 1500; // a scroll so soon after the wheel, a finger or a key was meant by somebody
const FILTERS = ["all", "questions", "paid"];
const filter = signal("all");
const PLATFORMS = { twitch: ["T", "tw"], youtube: ["Y", "yt"] };
const MARKED = ["broadcaster", "moderator", "vip", "subscriber", "member", "verified"];
const TELLING = new Set(["member_new", "milestone", "resub"]); // their words say it already
const UNTOLD = MARKED.filter((role) => role !== "subscriber" && role !== "member");
const MARKS_MAX = 2; // the weightiest; more would push the words away
const DECKED = new Set(["cheer", "superchat", "sticker"]); // the amount stands there as a chip

/** `source`: by which way it came, for the tooltip. */
export function Platform({ name, source }) {
  const by = source && has(`source.${source}`) ? t("chat.by", { source: t(`source.${source}`) }) : undefined;
  const [letter, cls] = PLATFORMS[name] || [Array.from(clean(name))[0]?.toUpperCase() || "·", ""];
  return html`<span class=${`pf ${cls}`} role="img" title=${by} aria-label=${has(`platform.${name}`) ? t(`platform.${name}`) : clean(name)}>${letter}</span>`;
}

const STATES = {
  waiting: ["pick"], picked: ["pick"], on_air: ["live"], answered: ["ready", "check"], cut_short: ["held", "skip"], dropped: [""], blocked: ["block", "bar"],
  held: ["held", "hold"], deleted: ["block", "bar"],
};
const UNSAID = new Set(["not_for_us", "verdict", "taken_back"]);

function Chip({ row }) {
  const state = row.chip.value;
  const shape = state && STATES[state.code];
  if (!shape || (state.code === "dropped" && UNSAID.has(state.reason))) return null;
  const who = state.persona ? clean(persona(state.persona).name) : "";
  let words = state.code === "dropped" ? t(`drop.${state.reason}`) : t(`state.${state.code}`);
  if (who) words = t("state.by", { state: words, name: who });
  const rule = state.reason && (state.code === "blocked" || state.code === "held");
  if (rule) words = t("state.because", { state: words, reason: ruleWords(state.reason) });
  return html`<span class=${`chip ${shape[0]}`}>${shape[1] && html`<${Icon} name=${shape[1]}/>`}${words}</span>`;
}

function Text({ row }) {
  const [all, setAll] = useState(false);
  if (row.data.text === null) return html`<span class="m takenback">${t("words.taken_back")}</span>`;
  const text = clean(row.data.text);
  if (!text) return null;
  const points = text.length > DRAWN_MAX ? Array.from(text) : null;
  if (!points || points.length <= DRAWN_MAX || all) return html`<bdi class="m" dir="auto">${text}</bdi>`;
  return html`<bdi class="m" dir="auto">${points.slice(0, DRAWN_MAX).join("")}…</bdi> <button type="button" class="link" onClick=${() => setAll(true)}>${t("chat.show_all")}</button>`;
}

/** Who somebody is here: the host, a moderator, how long a subscriber. */
function Roles({ data }) {
  const told = TELLING.has(data.kind) ? UNTOLD : MARKED;
  const shown = told.filter((role) => (data.roles || []).includes(role)).slice(0, MARKS_MAX);
  return shown.map((role) => html` <span class=${`role r-${role}`}>${data.months > 1 && (role === "subscriber" || role === "member") ? tn(`role.${role}.for`, data.months) : t(`role.${role}`)}</span>`);
}

function Marks({ data }) {
  const answered = data.reply_name && data.kind !== "gift_received" && html` <span class="re"><${Icon} name="reply"/>${parts("chat.reply", { who: html`<${Name} name=${data.reply_name}/>` })}</span>`;
  return html`${data.test && html` <${Test}/>`}${data.guest && html` <span class="role">${t("chat.guest")}</span>`}${data.first && html` <span class="chip pick">${t("chat.first")}</span>`}${answered}`;
}

// What somebody did beside writing: a raid, a gift. Money has its own mark.
function Deed({ data }) {
  const words = data.kind !== "message" && !(DECKED.has(data.kind) && data.amount && clean(data.text)) ? what(data) : "";
  return words && html` <span class="deed">${words}</span>`;
}

class Row extends Component {
  shouldComponentUpdate() { return false; }

  render({ row }) {
    const { data } = row;
    const cls = computed(() => `row ${row.gone.value ? "gone" : ""} ${data.question ? "is-q" : ""} ${data.amount ? "is-paid" : ""} ${data.kind !== "message" ? "is-deed" : ""} ${data.kind === "gift_received" ? "is-given" : data.kind === "gift_batch" && data.count > 1 ? "is-many" : ""} ${data.test ? "is-test" : ""}`);
    const paid = data.amount && DECKED.has(data.kind) && clean(data.text);
    return html`<li class=${cls} tabindex="-1" data-uid=${row.uid}><${Platform} name=${data.platform} source=${data.source}/><p>
      <time class="n">${timeOfDay(wall(data.at))}</time><b class="vn" style=${nameStyle(data.color)}><${Name} name=${data.name}/></b><${Roles} data=${data}/><${Marks} data=${data}/>${paid && html` <span class="chip held">${money(data.amount)}</span>`}<${Deed} data=${data}/> <${Text} row=${row}/> <${Chip} row=${row}/></p><${MenuButton} row=${row}/></li>`;
  }
}

let list = null;

/** J and K: the row below or above gets the focus; from outside the newest one does. */
export function moveFocus(step) {
  if (!list) return;
  const rows = Array.from(list.children).filter((li) => li.offsetParent !== null);
  const at = rows.indexOf(document.activeElement);
  const to = at < 0 ? rows[rows.length - 1] : rows[Math.max(0, Math.min(rows.length - 1, at + step))];
  if (to) to.focus();
}

function useSticking(box) {
  const hands = useRef(-HANDS_MS);
  const stick = () => { const el = box.current; if (el && !frozen.peek()) el.scrollTop = el.scrollHeight; };
  // The times of the events, not of their handling: a busy page handles both late.
  const touched = (event) => { hands.current = event.timeStamp; };
  const scrolled = (event) => {
    const el = box.current;
    if (!el) return; // the event of a list that left with its view comes a frame later
    const below = el.scrollHeight - el.scrollTop - el.clientHeight;
    if (event.timeStamp - hands.current < HANDS_MS) {
      hands.current = event.timeStamp;
      freeze("scroll", below > BOTTOM_PX);
    } else if (below > BOTTOM_PX) stick();
  };
  useLayoutEffect(stick, [shown.value, frozen.value]);
  useEffect(() => {
    const seen = new ResizeObserver(stick);
    seen.observe(box.current);
    const grown = new MutationObserver(stick); // a chip of the newest row may take a line of its own
    grown.observe(box.current, { childList: true, subtree: true });
    return () => { seen.disconnect(); grown.disconnect(); };
  }, []);
  return { onScroll: scrolled, onWheel: touched, onTouchMove: touched, onPointerDown: touched, onKeyDown: touched };
}

const byMouse = (on) => (event) => { if (event.pointerType === "mouse") freeze("pointer", on); };

function List() {
  const box = useRef(null);
  const handlers = useSticking(box);
  useEffect(() => { list = box.current; return () => { list = null; }; }, []);
  const onKey = (event) => {
    handlers.onKeyDown(event);
    if (event.key === "Escape") { document.activeElement.blur(); thaw(); }
    menuKey(event, moveFocus, () => shown.peek());
  };
  return html`<ol class=${`chat show-${filter.value}`} tabindex="0" aria-label=${t("chat.list")} ref=${box} ...${handlers} onKeyDown=${onKey}
    onPointerEnter=${byMouse(true)} onPointerMove=${byMouse(true)} onPointerLeave=${byMouse(false)}
    onFocusIn=${(e) => freeze("focus", e.target !== box.current)} onFocusOut=${() => freeze("focus", false)}>
    ${shown.value.map((row) => html`<${Row} key=${row.uid} row=${row}/>`)}</ol>`;
}

// Always there and always of one height, so that nothing moves when the list is held.
function Foot() {
  const { count, lost } = held.value;
  if (!frozen.value) return html`<p class="foot">${t("chat.following")}</p>`;
  if (!count) return html`<p class="foot">${t(`chat.still.${frozenWhy.value}`)}</p>`;
  const words = t(`chat.frozen.${frozenWhy.value}`, { count: tn("chat.new", count) });
  return html`<button type="button" class="foot frozen" onClick=${thaw}><${Icon} name="snow"/>${words}${lost ? ` · ${tn("chat.lost", lost)}` : ""}</button>`;
}

export function Chat() {
  return html`<section class="card chatc grow" aria-labelledby="h-chat">
    <header><h2 id="h-chat">${t("chat.title")}</h2><span class="chip n">${t("chat.rate", { n: number(S.chat_rate.value) })}</span><${Ignored}/>
      <span class="r" role="group" aria-label=${t("chat.filter")}>${FILTERS.map((f) => html`<button key=${f} type="button" class="btn quiet" aria-pressed=${filter.value === f} onClick=${() => { filter.value = f; thaw(); }}>${t(`chat.filter.${f}`)}</button>`)}</span></header>
    <${List}/>
    ${!shown.value.length && html`<p class="empty over">${t("chat.empty")}</p>`}
    <${Foot}/>
    <div class="chatend"><${MessageMenu}/><${SendBox}/></div>
  </section>`;
}
