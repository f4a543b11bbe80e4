"""The report of `judge verify` as text."""

from __future__ import annotations

from judge.authoring.proof import Proof
from judge.verdict import counted, escaped, wrapped


def render(proof: Proof, *, width: int) -> str:
    """The headline, each part with what is not as it must be, and the table of mistakes by property."""
    bad = sum(not note.good for section in proof.sections for note in section.notes)
    proved = f"is proved with {counted(proof.seeds, 'seed')}"
    told = proved if proof.good else f"is not good yet: {counted(bad, 'thing')} to mend"
    lines = [f"{proof.problem} {told}", ""]
    for section in proof.sections:
        lines.append(f"  {'yes' if section.good else 'NO '}  {section.title} ({section.seconds:.1f} s)")
        for note in section.notes:
            mark = "" if note.good else "- "
            lines += [f"       {part}" for part in wrapped(mark + escaped(note.text), width - 7)]
    if proof.table:
        lines += ["", *_table(proof, width)]
    if proof.recorded is not None:
        lines += [
            "",
            f"  {counted(proof.recorded, 'case')} {'is' if proof.recorded == 1 else 'are'} recorded in corpus.json.",
        ]
    if proof.kept:
        lines += ["", *wrapped(f"  {escaped(proof.kept)}.", width)]
    return "\n".join(lines) + "\n"


def _table(proof: Proof, width: int) -> list[str]:
    """A line a mistake, a column a property: an x where it catches it. Properties that catch nothing are named below.

    Where only a few cases were asked, that a property catches nothing there says nothing.
    """
    table, checks = proof.table, proof.checks
    longest = max(len(each.mistake) for each in table)
    among = f" on {counted(proof.cases, 'case')} of each (without --quick: on all)" if proof.cases else ""
    lines = [f"  Which property catches which mistake{among}:", ""]
    for number, check in enumerate(checks):
        caught = sum(check in each.checks for each in table)
        lines.append(f"    {_letter(number)}  {check} ({caught})")
    letters = "".join(_letter(number) for number in range(len(checks)))
    lines += ["", f"    {'':<{longest}}  {letters}"]
    for each in table:
        cells = "".join("x" if check in each.checks else "." for check in checks)
        lines.append(f"    {each.mistake:<{longest}}  {cells}")
    idle = [check for check in checks if not any(check in each.checks for each in table)]
    if idle and not proof.cases:
        lines += ["", *wrapped(f"  Catching no mistake: {', '.join(idle)}.", width)]
    return lines


def _letter(number: int) -> str:
    return "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 52]
