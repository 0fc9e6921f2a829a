// A line cut into pages of captions: two rows, broken where a reader would pause, stable while the line still grows.

import { clauses } from "./playhead.js";
import { pieces, width } from "./text.js";

const SENTENCE_END = /[.!?…。！？]["'”’」』)\]]*\s*$/u;
const PAUSE = /[,;:、，；：—–]["'”’」』)\]]*\s*$/u;
const SPACED = /[\p{L}\p{N}.,!?;:)"'”’%]$/u;

/**
 * The words of a clause with their moments: `[{text, at, end}]`. What no mark tells (yet) is shared out by length between the marks
 * around it, or the ends of the clause.
 */
function timed(clause, columns, measure) {
  const list = pieces(String(clause.text ?? ""), columns, measure);
  const marks = (clause.words ?? []).filter((w) => Array.isArray(w) && w.length === 4);
  const tokens = list.map((piece) => {
    const said = marks.filter(([, , start, stop]) => start < piece.end && stop > piece.start);
    if (!said.length) return { ...piece, at: null, stop: null };
    const [last, length] = said[said.length - 1];
    return { ...piece, at: said[0][0], stop: last + length };
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
  if (last && SPACED.test(last.text) && width(last.text.slice(-1)) === 1) last.text += " ";
  return timedTokens;
}

const textOf = (tokens) => tokens.map((token) => token.text).join("");

/** How good it is to break after a token: the end of a sentence, a pause, any word. */
function rest(token) {
  return SENTENCE_END.test(token.text) ? 2 : PAUSE.test(token.text) ? 1 : 0;
}

class Layout {
  constructor(columns, rows, measure) {
    this.columns = columns;
    this.rows = rows;
    this.measure = measure;
  }

  fits(tokens) {
    return this.measure(textOf(tokens).trimEnd()) <= this.columns;
  }

  /** Rows filled from the front, continuing the row `first`. */
  greedy(tokens, first = []) {
    const rows = [[...first]];
    for (const token of tokens) {
      const row = rows[rows.length - 1];
      if (!row.length || this.fits([...row, token])) row.push(token);
      else rows.push([token]);
    }
    return rows;
  }

  /** One row, or two of about the same length broken at a pause when there is one near. */
  balanced(tokens) {
    if (this.fits(tokens) || this.rows !== 2) return this.greedy(tokens);
    let best = null;
    let least = Infinity;
    for (let i = 1; i < tokens.length; i += 1) {
      const above = tokens.slice(0, i);
      const below = tokens.slice(i);
      if (!this.fits(above) || !this.fits(below)) continue;
      const cost = Math.abs(this.measure(textOf(above)) - this.measure(textOf(below))) - rest(tokens[i - 1]) * this.columns * 0.2;
      if (cost < least) [least, best] = [cost, [above, below]];
    }
    return best ?? this.greedy(tokens);
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
      const cost = Math.abs(this.measure(textOf(head)) - target) - rest(tokens[i - 1]) * this.columns * 0.4;
      if (cost < least) [least, best] = [cost, i];
    }
    if (!best) {
      best = this.greedy(tokens).slice(0, this.rows).reduce((sum, row) => sum + row.length, 0);
    }
    return [tokens.slice(0, best), ...this.shared(tokens.slice(best))];
  }
}

/**
 * A line cut into pages of at most two rows of `columns` units: `[{at, end, rows: [[{text, at, end}]]}]`.
 * `measure` gives the width of a text in units. A clause joins the page before when all of it fits there; so what a
 * later clause adds never moves a word that is already on screen.
 */
export function paginate(line, columns = 40, rows = 2, measure = width) {
  const layout = new Layout(columns, rows, measure);
  const pages = [];
  for (const clause of clauses(line)) {
    const tokens = timed(clause, columns, measure);
    if (!tokens.length) continue;
    const page = pages[pages.length - 1];
    const more = page ? layout.greedy(tokens, page.rows[page.rows.length - 1]) : null;
    if (more && page.rows.length - 1 + more.length <= rows) {
      page.rows.splice(-1, 1, ...more);
      page.end = tokens[tokens.length - 1].end;
      continue;
    }
    for (const part of layout.shared(tokens)) {
      pages.push({ at: part[0].at, end: part[part.length - 1].end, rows: layout.balanced(part) });
    }
  }
  return pages;
}
