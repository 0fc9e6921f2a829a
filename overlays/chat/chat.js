// The chat alone: of the stream's own platform, unless the address names others (`platform=all`).

import { Chat } from "../lib/chat.js";
import { Page } from "../lib/page.js";
import { params, shows } from "../lib/widget.js";

const root = document.getElementById("page");
const page = new Page({ kind: "chat", root });
const { platform } = params();
const only = (one) => shows(platform, page.snapshot?.show?.platforms, one);
const named = platform === "all" || platform.includes(",");
const chat = new Chat(root, { most: page.options.rows, seconds: page.options.seconds, only, named });
page.feed.addEventListener("change", () => chat.update(page.snapshot.chat));
page.start();
