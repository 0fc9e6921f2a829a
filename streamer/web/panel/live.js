// The live view. It comes with the first look at it: a first run begins elsewhere.
import { html } from "./vendor/preact.js";
import { rows } from "./keys.js";
import { Chat, moveFocus } from "./parts/chat.js";
import { Events } from "./parts/events.js";
import { Said } from "./parts/said.js";
import { Links } from "./parts/links.js";
import { Log } from "./parts/log.js";
import { OnAir } from "./parts/onair.js";
import { Queue } from "./parts/queue.js";
import { draft, Say } from "./parts/say.js";
import { draft as message } from "./parts/send.js";
import { Sound } from "./parts/sound.js";
import { linked, Stage } from "./parts/stage.js";
import { t } from "./texts.js";

rows.move = moveFocus;

/** Whether something typed here would be lost by a reload. */
export const writing = () => Boolean(draft.value || message.value);

/** What stands in the view. */
export function Live() {
  // Where OBS is at hand, its card is the first; else a line about it, after what can be used at once.
  const first = linked.value;
  return html`<h2 class="sr" tabindex="-1" data-heading>${t("view.live")}</h2><div class="col c-chat"><${Chat}/><${Say}/></div><div class="col c-now"><${OnAir}/><${Queue}/></div>
      <div class="col c-show"><${Said}/>${first && html`<${Stage} key="stage"/>`}<${Sound}/><${Events}/><${Links}/>${!first && html`<${Stage} key="stage"/>`}<${Log}/></div>`;
}
