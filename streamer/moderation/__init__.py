"""The offline moderation layers: pure functions from words to verdicts.

Used at ingress (`judge`, `judge_name`), at the guard (`judge_line`) and by `moderate`.
"""

from streamer.moderation.judge import Before, Said, apply, judge, judge_line, judge_name, text_out
from streamer.moderation.lists import Lists, Term, load_standard, parse_terms
from streamer.moderation.rules import Rules

__all__ = [
    "Before", "Lists", "Rules", "Said", "Term",
    "apply", "judge", "judge_line", "judge_name", "load_standard", "parse_terms", "text_out",
]  # fmt: skip
