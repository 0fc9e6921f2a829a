// One person (`persona=`) with the voices of the show; without a name, all of them.

import { Page } from "../lib/page.js";

new Page({ kind: "avatar", root: document.getElementById("page"), sound: true, avatars: true }).start();
