// Who is on stage, whatever they are made of: a drawn person or one of pictures, with the same interface.

import { PngRig } from "./png.js";
import { Rig } from "./rig.js";

const isPng = (look) => look?.kind === "png";

/**
 * Makes the person `member` (`{look, ...}` of the feed) in `host`. Options: `theme` (instead of the look's own), `seed`, `reduced`, and
 * `token`, which pictures of the show are asked for with.
 */
export function makeRig(host, member, { theme, ...options } = {}) {
  const look = member?.look ?? {};
  return isPng(look) ? new PngRig(host, { ...options, look }) : new Rig(host, { ...options, theme: theme ?? look.theme, look });
}

/** Whether a rig can take over a look by `relook`, so that the person need not be made anew. */
export function canBecome(rig, look) {
  return rig instanceof PngRig === isPng(look);
}
