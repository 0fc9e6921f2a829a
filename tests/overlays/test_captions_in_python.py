"""The overlay cuts lines into the same pages as `streamer.speech.pages`, which the other captions use."""

from typing import Any

import msgspec

from streamer.speech.pages import page_at, paginate
from tests.speech.caption_vectors import vectors

IN_PAGE = """async (lines) => {
 const {paginate, pageAt, prepareAll} = await import('/o/b1/lib/captions.js');
 await prepareAll();
 return lines.map((clauses) => {
  const pages = paginate({clauses: Object.fromEntries(clauses.map((one, i) => [i, one]))});
  const shown = (ms) => pages.indexOf(pageAt(pages, ms));
  const last = clauses[clauses.length - 1].end;
  return {
    pages: pages.map(({at, end, until, rows}) =>
      [at, end, until, rows.map((row) => row.map((token) => token.text).join("").trim())]),
    shown: Array.from({length: 41}, (_, i) => shown(Math.floor(last * i / 37) + 7)),
  };
 });
}"""


def test_both_make_the_same_pages_of_the_same_lines(workshop: Any) -> None:
    lines = vectors()
    found = workshop.evaluate(IN_PAGE, [msgspec.to_builtins(clauses) for clauses in lines])
    for clauses, theirs in zip(lines, found, strict=True):
        pages = paginate(clauses)
        said = [each.text for each in clauses]
        assert [[*page.rows] for page in pages] == [rows for *_, rows in theirs["pages"]], said
        for page, (at, end, until, _) in zip(pages, theirs["pages"], strict=True):
            assert abs(page.at - at) <= 1, said
            assert abs(page.end - end) <= 1, said
            assert abs(page.until - until) <= 1, said
        last = clauses[-1].end
        for i, shown in enumerate(theirs["shown"]):
            ms = last * i // 37 + 7
            page = page_at(pages, ms)
            near = any(abs(ms - edge) <= 1 for each in pages for edge in (each.at - 80, each.until))
            assert near or (pages.index(page) if page is not None else -1) == shown, (said, ms)
