"""What is wrong with a configuration file, said so that the line can be found and mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` counts from 1; `field` is a path such as `schedules.emea.layers[0].rotation`;
    `example` is a good value, empty when none would help."""

    file: str
    line: int
    field: str
    reason: str
    example: str = ""

    def __str__(self) -> str:
        such_as = f" (for example {self.example})" if self.example else ""
        return f"{self.file}:{self.line}: {self.field}: {self.reason}{such_as}"


class ConfigurationError(ValueError):
    """The file cannot be used. `problems` are all that were found, in the order of the file; `str` has one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean …?` when a known word is close, else nothing.

    >>> did_you_mean("layrs", ["layers", "leave"])
    ', did you mean layers?'
    >>> did_you_mean("zzz", ["layers"])
    ''
    """
    # Looked up only when something is wrong: a good file should not pay for the import.
    from difflib import get_close_matches

    known = list(known)
    if len(known) > 2000 or len(word) > 100:
        return ""  # comparing would take longer than a reader's patience
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f", did you mean {by_folded[close[0]]}?" if close else ""
