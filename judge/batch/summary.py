"""What a batch comes to: verdicts and mistakes, by frequency."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from judge.batch.results import Seen
from judge.verdict import escaped

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NOT_JUDGED = "not judged"
MOST_MISTAKES = 15


class Tally:
    """Counts results."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()
        self.mistakes: Counter[str] = Counter()
        self.copies = 0

    @property
    def total(self) -> int:
        """How many results there are."""
        return self.verdicts.total()

    @property
    def failures(self) -> int:
        """How many submissions the judge itself failed on."""
        return self.verdicts["internal_error"]

    @property
    def refused(self) -> int:
        """How many could not be judged for a reason of their own."""
        return self.verdicts[NOT_JUDGED]

    def add(self, seen: Seen, *, copy: bool = False) -> None:
        """Count one result."""
        self.verdicts[seen.verdict or NOT_JUDGED] += 1
        self.copies += copy
        if seen.title:
            self.mistakes.update(dict.fromkeys(seen.title.split("; "), 1))  # two at once count for each


def print_summary(tally: Tally, console: Console) -> None:
    """Two tables: verdicts, and the mistakes that were recognised."""
    from rich.text import Text

    console.print(_table("verdict", tally.verdicts.most_common(), tally.total))
    if tally.mistakes:
        shown = tally.mistakes.most_common(MOST_MISTAKES)
        console.print()
        console.print(_table("mistake", shown, tally.total))
        if more := len(tally.mistakes) - len(shown):
            console.print(Text(f"and {more} rarer ones"))


def _table(heading: str, counts: list[tuple[str, int]], total: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(heading, overflow="fold")
    table.add_column("count", justify="right")
    table.add_column("of all", justify="right")
    for name, count in counts:
        table.add_row(Text(escaped(name)), str(count), f"{count / total:.0%}")
    return table
