// What can be done with one message: a menu beside it, opened by its button, by Enter on the row, or by a press on a phone.
import { computed, html, signal, useEffect, useLayoutEffect, useRef } from "../vendor/preact.js";
import { post } from "../api.js";
import { freeze } from "../chatlist.js";
import { Icon } from "../icons.js";
import { S } from "../store.js";
import { clean, has, t } from "../texts.js";
import { cut } from "./common.js";
import { replyTo } from "./send.js";

const TOLD_MS = 6000;
const TIMEOUT_S = 600;

/** The row whose menu is open and where: {row, from, top, bottom, right}, or null. */
const open = signal(null);
/** The last thing that was done: {key, params, bad}. */
const told = signal(null);
let fading = 0;

const acts = (platform) => (S.write.value[platform] || {}).acts || [];
export const platformName = (platform) => (has(`platform.${platform}`) ? t(`platform.${platform}`) : clean(platform));
const why = (code) => t(has(`reason.${code}`) ? `reason.${code}` : "reason.other");

function tell(key, params, bad = false) {
  clearTimeout(fading);
  told.value = { key, params, bad };
  fading = setTimeout(() => { told.value = null; }, bad ? TOLD_MS * 2 : TOLD_MS);
}

/** Presses a route of the chat and says what became of it. `done` is worded under `act.<done>`. */
export async function act(path, body, done, params) {
  const result = await post(`chat/${path}`, body);
  if (!result.ok) tell("act.failed", { reason: result.status ? (has(`act.${result.code}`) ? t(`act.${result.code}`) : why(result.code)) : t("trouble.offline") }, true);
  else if (result.outcome === "here" && result.code !== "not_signed_in") tell("act.here", { platform: params.platform, reason: why(result.code) }, true);
  else tell(result.outcome === "here" ? "act.gone_here" : `act.${done}`, params);
}

function choices(row) {
  const { data, uid, chip } = row;
  const name = cut(data.name, 30) || t("someone");
  const params = { name, platform: platformName(data.platform) };
  const may = data.test ? [] : acts(data.platform); // the platform knows nothing of a test
  const ignored = chip.value && chip.value.reason === "ignored";
  const list = [];
  if (may.includes("send") && !row.gone.value) list.push({ key: "reply", run: () => { replyTo.value = { uid, name, platform: data.platform }; } });
  if (!row.gone.value) list.push({ key: may.includes("delete") ? "delete" : "remove", run: () => act("delete", { uid }, "deleted", params) });
  list.push(ignored ? { key: "unignore", run: () => act("unignore", { uid }, "heard", params) } : { key: "ignore", run: () => act("ignore", { uid }, "ignored", params) });
  if (may.includes("timeout")) list.push({ key: "timeout", run: () => act("timeout", { uid, seconds: TIMEOUT_S }, "timed_out", params) });
  if (may.includes("ban")) list.push({ key: "ban", sure: true, run: () => act("ban", { uid }, "banned", params) });
  return list.map((one) => ({ ...one, params }));
}

function show(row, from) {
  const box = from.getBoundingClientRect();
  open.value = { row, from, top: box.bottom, bottom: box.top, right: box.right };
}

/** The button of a row. Tab goes past it, or it would stop four hundred times: the keyboard opens the menu from the row. */
export function MenuButton({ row }) {
  return html`<button type="button" class="msgdots" tabindex="-1" aria-haspopup="menu" aria-label=${t("menu.of", { name: cut(row.data.name, 40) || t("someone") })}
    onClick=${(event) => show(row, event.currentTarget)}><${Icon} name="dots"/></button>`;
}

/** Keys in the list: arrows go through the messages, Enter opens the menu of the one with the focus. True when it was for us. */
export function menuKey(event, move, rows) {
  const li = event.target.closest("li[data-uid]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (step && li) move(step);
  else if ((event.key === "Enter" || event.key === "ContextMenu") && event.target === event.currentTarget) move(1);
  else if ((event.key === "Enter" || event.key === " " || event.key === "ContextMenu") && event.target === li) {
    const row = rows().find((one) => one.uid === li.dataset.uid);
    if (row) show(row, li.querySelector(".msgdots") || li);
  } else return;
  event.preventDefault();
}

const sure = signal("");
const shownWords = computed(() => told.value && t(told.value.key, told.value.params));

function Menu({ place }) {
  const box = useRef(null);
  const { row, from } = place;
  const close = (back = true) => {
    open.value = null;
    const li = from.closest("li");
    if (back && li && li.isConnected) li.focus();
    else freeze("focus", false);
  };
  useLayoutEffect(() => {
    const el = box.current;
    const { height, width } = el.getBoundingClientRect();
    el.style.top = `${place.top + 4 + height < innerHeight ? place.top + 4 : Math.max(8, place.bottom - height - 4)}px`;
    el.style.left = `${Math.max(8, place.right - width)}px`;
    sure.value = "";
    el.querySelector("button").focus();
    freeze("focus", true);
  }, [place]);
  useEffect(() => {
    const away = (event) => { if (box.current && !box.current.contains(event.target)) close(false); };
    const gone = () => close(false);
    addEventListener("pointerdown", away);
    addEventListener("resize", gone);
    return () => { removeEventListener("pointerdown", away); removeEventListener("resize", gone); };
  }, [place]);
  const onKey = (event) => {
    const all = [...box.current.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all[(to + all.length) % all.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const press = (one) => {
    if (one.sure && sure.peek() !== one.key) { sure.value = one.key; return; }
    close(one.key !== "reply");
    one.run();
  };
  const name = cut(row.data.name, 40) || t("someone");
  return html`<div class="msgmenu" role="menu" aria-label=${t("menu.of", { name })} ref=${box} onKeyDown=${onKey}>
    ${choices(row).map((one) => html`<button key=${one.key} type="button" role="menuitem" tabindex="-1" class=${`item ${one.sure ? "grave" : ""}`} onClick=${() => press(one)}>${sure.value === one.key ? t("menu.sure", one.params) : t(`menu.${one.key}`, one.params)}</button>`)}</div>`;
}

/** The open menu, and a line that says what became of the last press. */
export function MessageMenu() {
  return html`${open.value && html`<${Menu} place=${open.value}/>`}
    <div class="acted" role="status">${told.value && html`<p class=${told.value.bad ? "bad" : ""}>${shownWords.value}</p>`}</div>`;
}
