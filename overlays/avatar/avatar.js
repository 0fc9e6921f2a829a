// One person (`persona=`) with the voices of the show; without a name, all of them.

import { Cast } from "../lib/cast.js";
import { Page } from "../lib/page.js";

new Page({ kind: "avatar", root: document.getElementById("page"), sound: true, people: Cast }).start();
