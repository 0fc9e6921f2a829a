// The chat alone.

import { Chat } from "../lib/chat.js";
import { Page } from "../lib/page.js";

const root = document.getElementById("page");
const page = new Page({ kind: "chat", root });
const chat = new Chat(root, { most: page.options.rows, seconds: page.options.seconds });
page.feed.addEventListener("change", () => chat.update(page.snapshot.chat));
page.start();
