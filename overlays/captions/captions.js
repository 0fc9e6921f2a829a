// The captions alone.

import { Captions } from "../lib/captions.js";
import { Page } from "../lib/page.js";

const root = document.getElementById("page");
const page = new Page({ kind: "captions", root, draw });
page.captions = new Captions(root, { style: page.options.style });
page.start();

function draw() {
  const { line } = page;
  const wanted = !page.options.persona || page.options.persona === line?.persona;
  page.captions.update(wanted ? line : null, page.now, line && page.who(line.persona), page.snapshot?.erased);
}
