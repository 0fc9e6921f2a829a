// Everything together: the people, their voices, the captions, the message being answered.

import { Bubble } from "../lib/bubble.js";
import { Captions } from "../lib/captions.js";
import { Cast } from "../lib/cast.js";
import { Page } from "../lib/page.js";

const root = document.getElementById("page");
const page = new Page({ kind: "stage", root, sound: true, people: Cast, draw });
page.captions = new Captions(root, { style: page.options.style });
page.bubble = new Bubble(root);
// Asked for in every frame, the window's width would cost a layout each time.
let middle = innerWidth / 2;
addEventListener("resize", () => (middle = innerWidth / 2));
page.start();

function draw() {
  const { line, snapshot, bubble } = page;
  const place = line && page.cast.box(line.persona);
  page.captions.side(place && place.left + place.width / 2 > middle ? "right" : "left");
  page.captions.update(line, page.now, line && page.who(line.persona), snapshot?.erased);
  const speaker = snapshot?.stage?.speaker ?? line?.persona ?? null;
  const answering = page.feed.connected ? (snapshot?.stage?.answering ?? null) : null;
  const box = answering && speaker ? page.cast.box(speaker) : null;
  const side = box && box.left + box.width / 2 < middle ? "left" : "right";
  bubble.update(answering, box, page.who(speaker)?.color, side, Boolean(line?.test));
}
