"""The decisions in docs/decisions.md are numbered and dated, and replace each other in pairs."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

TEXT = (Path(__file__).parents[1] / "docs" / "decisions.md").read_text(encoding="utf-8")
DECISION = re.compile(
    r"- \*\*D(?P<number>[1-9]\d*)\. (?P<title>.+?\.)\*\* "
    r"\((?P<day>\d{4}-\d\d-\d\d)(?P<replaces>; replaces D\d+(, D\d+)*)?(?P<by>; replaced by D\d+(, D\d+)*)?\) \S"
)
FIRST = date(2026, 11, 21)  # of the project


class Decision(msgspec.Struct, frozen=True):
    """One decision, by its first words."""

    number: int
    title: str
    section: str
    day: str
    replaces: frozenset[int]
    replaced_by: frozenset[int]


def decisions(text: str) -> list[Decision]:
    """Every decision, in the order of the file; a bullet that is none is an error."""
    found = []
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        for paragraph in re.split(r"\n(?=- )|\n\n+", body):
            words = " ".join(paragraph.split())
            if not words.startswith("- "):
                continue
            match = DECISION.match(words)
            assert match, f"no number, sentence and date as in the other decisions: {words[:80]}"
            found.append(
                Decision(
                    int(match["number"]),
                    match["title"],
                    heading,
                    match["day"],
                    numbers(match["replaces"]),
                    numbers(match["by"]),
                )
            )
    return found


def numbers(words: str | None) -> frozenset[int]:
    """The decisions that are named."""
    return frozenset(int(number) for number in re.findall(r"D(\d+)", words or ""))


def check(text: str) -> None:
    """Hold a text to the rules of its first lines."""
    found = decisions(text)
    given = [each.number for each in found]
    assert sorted(given) == list(range(1, len(given) + 1)), "a number is given twice, or one is missing"
    by_number = {each.number: each for each in found}
    for section in {each.section for each in found}:
        inside = [each.number for each in found if each.section == section]
        assert inside == sorted(inside), f"a decision does not stand at the end of its section: {section}"
    for each in found:
        assert date.fromisoformat(each.day) >= FIRST
        for old in each.replaces:
            assert each.number in by_number[old].replaced_by, f"D{old} does not say that D{each.number} replaces it"
            assert by_number[old].day <= each.day
        for new in each.replaced_by:
            assert each.number in by_number[new].replaces, f"D{new} does not say that it replaces D{each.number}"
    assert {int(number) for number in re.findall(r"\(D(\d+)\)", text)} <= by_number.keys()


def test_decisions_are_numbered_dated_and_paired() -> None:
    check(TEXT)
    assert len(decisions(TEXT)) >= 80


GOOD = """
## First

- **D1. It is so.** (2026-11-22; replaced by D3) Text.
- **D3. It is
  otherwise.** (2026-11-23; replaces D1) Text,
  longer.

## Second

- **D2. Another thing.** (2026-11-22) Text.
"""


def test_an_example_keeps_the_rules() -> None:
    check(GOOD)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("D2.", "D3."),
        ("D2.", "D4."),
        ("**D2. Another thing.**", "**Another thing.**"),
        (" (2026-11-22) Text", " Text"),
        ("(2026-11-22)", "(2026-02-30)"),
        ("(2026-11-22)", "(2025-11-22)"),
        ("; replaced by D3", ""),
        ("; replaces D1", ""),
        ("replaces D1", "replaces D2"),
        ("2026-11-23", "2026-11-21"),
        ("- **D1.", "- **D4. Early.** (2026-11-22) Text.\n- **D1."),
    ],
)
def test_a_decision_that_breaks_a_rule_is_found(before: str, after: str) -> None:
    assert before in GOOD
    with pytest.raises((AssertionError, ValueError)):
        check(GOOD.replace(before, after, 1))
