"""What went wrong in a set-up, as values: a notice in an answer, or a problem instead of one.

The words of both stand in `texts/<language>.yaml` under `setup.problem.<code>`, what to do under `...<code>.fix`.
"""

from streamer.app.yamlfile import BadFiles
from streamer.ports import Notice
from streamer.texts import fill, texts
from streamer.web.rest import Problem


def notice(code: str, **params: str | float) -> Notice:
    """`code` without its prefix, as programs and the panel compare it."""
    fix = f"setup.problem.{code}.fix"
    return Notice(code, params, fix if fix in texts("en") else "")


def problem(status: int, code: str, *, path: str = "", **params: str | float) -> Problem:
    """The same as a refusal, with its sentence in English for whoever has no texts."""
    table = texts("en")
    words = fill(table[f"setup.problem.{code}"], params)
    fix = table.get(f"setup.problem.{code}.fix")
    out = Problem(status, code, f"{words} {fill(fix, params)}" if fix else words, path=path)
    out.params = dict(params)
    return out


def bad_files(bad: BadFiles) -> Problem:
    """Files that cannot be used: the first problem with its place, and how many more there are."""
    first, *more = bad.problems
    rest = f" (and {len(more)} more)" if more else ""
    return Problem(422, "bad_files", f"{first}{rest}")
