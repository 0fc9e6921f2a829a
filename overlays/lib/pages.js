// A line cut into pages of captions: two rows, broken where a reader would pause, stable while the line still grows.
// streamer/speech/pages.py does the same; tests/speech/test_pages.py holds the two together.

import { clauses } from "./playhead.js";
import { pieces, trimEnd } from "./breaks.js";
import { measured, width } from "./text.js";

const SENTENCE_END = /[.!?…。！？]["'”’」』)\]]*$/u;
const PAUSE = /[,;:、，；：—–]["'”’」』)\]]*$/u;
const OPEN_END = /[\u2e80-\u303e\u3041-\u312f\u31f0-\u4dbf\u4e00-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3ffff}([{“‘「『（]$/u;
const AROUND = /^["'“‘«„(\[{¿¡]+|["'”’»)\]},;:.!?…]+$/gu;
const NAME = /^\p{Lu}\p{Ll}/u;
const TITLES = new Set(["Mr.", "Mrs.", "Ms.", "Dr.", "St."]);
/** Words that belong to what follows them: no row ends with one. English, German, French, Spanish, Italian, Portuguese. */
const GLUED = new Set(
  (
    "a an the my your his her its our their this that these those some any no every each another which whose and " +
    "but or nor so yet because although though while when where if unless until since as than who of in on at to " +
    "for from with by about into onto over under between through after before during against without mr mrs ms dr " +
    "st der die das den dem des ein eine einen einem einer eines kein keine keinen mein meine meinen dein deine " +
    "sein seine seinen ihr ihre ihren unser unsere euer eure dieser diese dieses diesen jeder jede jedes und oder " +
    "aber denn weil dass wenn als ob obwohl während im auf aus bei mit nach von vom zu zum zur für über vor " +
    "zwischen durch gegen ohne le la les l un une du mon ma mes ton ta tes sa ses notre nos votre vos leur leurs ce " +
    "cet cette ces et ou mais donc car que qui quand si comme de dans en sur sous avec pour par sans chez entre " +
    "vers à au aux el los las una unos unas mi mis tu tus su sus este esta estos estas ese esa y e o u pero porque " +
    "cuando con por para sin sobre hasta desde al del il lo gli uno di da nel nella per tra fra perché che os um " +
    "uma do na em com mas"
  ).split(" "),
);
/** Words that begin a part of a sentence: a good place to break before. */
const STARTS = new Set(
  (
    "and but or nor yet because although though while when where which who if unless until since than of in on at " +
    "to for from with by about into onto over under between through after before during against without und oder " +
    "aber denn weil dass wenn als ob obwohl während im auf aus bei mit nach von vom zu zum zur für über vor " +
    "zwischen durch gegen ohne et ou mais donc car que qui quand comme dans sur sous avec pour par sans chez entre " +
    "vers y pero porque cuando con por para sin hasta desde perché che per tra fra com mas"
  ).split(" "),
);

const EARLY_MS = 80;
const LEAD_MS = 1500;
const HANG_MS = 1500;
const LINGER_MS = 800;
const LEAST_MS = 833;
const MOST_MS = 7000;
const NARROW_PER_S = 17;
const WIDE_PER_S = 5;

/** When a place in a marked word is heard: a long word stands in more than one piece. */
function within([at, length, start, stop], place) {
  return at + (length * (Math.min(Math.max(place, start), stop) - start)) / Math.max(1, stop - start);
}

/**
 * The words of a clause with their moments: `[{text, at, end}]`. What no mark tells (yet) is shared out by length between the marks
 * around it, or the ends of the clause.
 */
function timed(clause, columns, measure) {
  const list = pieces(String(clause.text ?? ""), columns, measure).filter((piece) => trimEnd(piece.text));
  const marks = (clause.words ?? []).filter((w) => Array.isArray(w) && w.length === 4);
  const tokens = list.map((piece) => {
    const said = marks.filter(([, , start, stop]) => start < piece.end && stop > piece.start);
    if (!said.length) return { ...piece, at: null, stop: null };
    return { ...piece, at: within(said[0], piece.start), stop: within(said[said.length - 1], piece.end) };
  });
  for (let i = 0; i < tokens.length; i += 1) {
    if (tokens[i].at !== null) continue;
    let next = i;
    while (next < tokens.length && tokens[next].at === null) next += 1;
    const from = i ? tokens[i - 1].stop : clause.at;
    const until = Math.max(from, next < tokens.length ? tokens[next].at : (clause.end ?? from));
    const first = tokens[i].start;
    const length = Math.max(1, tokens[next - 1].end - first);
    for (; i < next; i += 1) {
      tokens[i].at = from + ((until - from) * (tokens[i].start - first)) / length;
      tokens[i].stop = from + ((until - from) * (tokens[i].end - first)) / length;
    }
  }
  const timedTokens = tokens.map(({ text, at, stop }) => ({ text, at, end: stop }));
  const last = timedTokens[timedTokens.length - 1];
  if (last && trimEnd(last.text) === last.text && !OPEN_END.test(last.text)) last.text += " ";
  return timedTokens;
}

const textOf = (tokens) => tokens.map((token) => token.text).join("");

/** How good it is to break between two tokens: the end of a sentence 2, a pause 1, any words 0, inside what belongs together less. */
function rest(token, next) {
  const text = trimEnd(token.text);
  if (TITLES.has(text)) return -1;
  if (SENTENCE_END.test(text)) return 2;
  if (PAUSE.test(text)) return 1;
  const word = text.replace(AROUND, "");
  if (GLUED.has(word.toLowerCase())) return -1;
  const following = next ? trimEnd(next.text).replace(AROUND, "") : "";
  if (STARTS.has(following.toLowerCase())) return 0.5;
  return NAME.test(word) && NAME.test(following) ? -0.5 : 0;
}

class Layout {
  constructor(columns, rows, measure) {
    this.columns = columns;
    this.rows = rows;
    this.measure = measure;
  }

  fits(tokens) {
    return this.measure(trimEnd(textOf(tokens))) <= this.columns;
  }

  /** Rows filled from the front, continuing the row `first`; what belongs to the next row goes down with it. */
  greedy(tokens, first = []) {
    const rows = [[...first]];
    for (const token of tokens) {
      const row = rows[rows.length - 1];
      if (!row.length || this.fits([...row, token])) row.push(token);
      else rows.push([...this.#down(row, token, rows.length === 1 ? first.length : 0), token]);
    }
    return rows;
  }

  #down(row, token, fixed) {
    const moved = [];
    while (moved.length < 2 && row.length > Math.max(1, fixed)) {
      const last = row[row.length - 1];
      if (rest(last, moved[0] ?? token) >= 0 || !this.fits([last, ...moved, token])) break;
      moved.unshift(row.pop());
    }
    return moved;
  }

  /** One row, or two of about the same length broken at a pause when there is one near; the first `fixed` tokens stay in the first row. */
  balanced(tokens, fixed = 0) {
    const greedy = () => this.greedy(tokens.slice(fixed), tokens.slice(0, fixed));
    if (this.fits(tokens) || this.rows !== 2) return greedy();
    let best = null;
    let least = Infinity;
    for (let i = Math.max(1, fixed); i < tokens.length; i += 1) {
      const above = tokens.slice(0, i);
      const below = tokens.slice(i);
      if (!this.fits(above)) break;
      if (!this.fits(below)) continue;
      const cost = Math.abs(this.measure(textOf(above)) - this.measure(textOf(below))) - rest(tokens[i - 1], tokens[i]) * this.columns * 0.2;
      if (cost < least) [least, best] = [cost, [above, below]];
    }
    return best ?? greedy();
  }

  /** Tokens shared out over as few pages as they need, none of them nearly empty. */
  shared(tokens) {
    const needed = Math.ceil(this.greedy(tokens).length / this.rows);
    if (needed <= 1) return tokens.length ? [tokens] : [];
    const target = this.measure(textOf(tokens)) / needed;
    let best = 0;
    let least = Infinity;
    for (let i = 1; i < tokens.length; i += 1) {
      const head = tokens.slice(0, i);
      if (this.greedy(head).length > this.rows) break;
      if (Math.ceil(this.greedy(tokens.slice(i)).length / this.rows) > needed - 1) continue;
      const cost = Math.abs(this.measure(textOf(head)) - target) - rest(tokens[i - 1], tokens[i]) * this.columns * 0.4;
      if (cost < least) [least, best] = [cost, i];
    }
    if (!best) {
      best = this.greedy(tokens).slice(0, this.rows).reduce((sum, row) => sum + row.length, 0);
    }
    return [tokens.slice(0, best), ...this.shared(tokens.slice(best))];
  }

  /** The rows of `page` with `tokens` behind them, nothing that is there moved; null when they do not fit. */
  joined(page, tokens) {
    const last = page.rows[page.rows.length - 1];
    const more = page.rows.length === 1 ? this.balanced([...last, ...tokens], last.length) : this.greedy(tokens, last);
    return page.rows.length - 1 + more.length <= this.rows ? [...page.rows.slice(0, -1), ...more] : null;
  }
}

/** How long it takes to read a page: 17 letters or 5 full-width characters a second, 5/6 s at least. */
function readingMs(page) {
  let ms = 0;
  for (const row of page.rows) {
    const [narrow, wide] = measured(trimEnd(textOf(row)));
    ms += (narrow * 1000) / NARROW_PER_S + (wide * 1000) / WIDE_PER_S;
  }
  return Math.max(LEAST_MS, ms);
}

/** `until` of each page: as long as it takes to read, no more than 1.5 s after its last word, not into the next page; small gaps are closed. */
function held(pages) {
  pages.forEach((page, i) => {
    const next = pages[i + 1]?.at ?? Infinity;
    page.end = Math.min(page.end, next); // the next page may begin within the last word, or a rounding before its end
    const wanted = Math.min(page.end + HANG_MS, Math.max(page.end + LINGER_MS, page.at + readingMs(page)));
    page.until = next <= page.end + HANG_MS ? next : wanted;
  });
  return pages;
}

/**
 * A line cut into pages of at most two rows of `columns` units: `[{at, end, until, rows: [[{text, at, end}]]}]`, ms of the line.
 * `measure` gives the width of a text in units. A clause joins the page before when all of it fits there and is heard soon after; so what a
 * later clause adds never moves a word that is already on screen.
 */
export function paginate(line, columns = 40, rows = 2, measure = width) {
  const layout = new Layout(columns, rows, measure);
  const pages = [];
  for (const clause of clauses(line)) {
    const tokens = timed(clause, columns, measure);
    if (!tokens.length) continue;
    const page = pages[pages.length - 1];
    const last = tokens[tokens.length - 1];
    const soon = page && tokens[0].at - page.end <= LEAD_MS && last.end - page.at <= MOST_MS;
    const more = soon ? layout.joined(page, tokens) : null;
    if (more) {
      page.rows = more;
      page.end = last.end;
      continue;
    }
    for (const part of layout.shared(tokens)) {
      pages.push({ at: part[0].at, end: part[part.length - 1].end, rows: layout.balanced(part) });
    }
  }
  return held(pages);
}

/** The page of a moment: shown a little before its first word, until the next one or until it could be read. */
export function pageAt(pages, ms) {
  let found = null;
  for (const page of pages) if (ms >= page.at - EARLY_MS) found = page;
  return found && ms < found.until ? found : null;
}
