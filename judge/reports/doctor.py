"""The report of `judge doctor` as text."""

from __future__ import annotations

import textwrap

from judge.isolation import Found, Report
from judge.verdict import escaped

HELD, THROUGH, NOT_TRIED = "held", "GOT THROUGH", "-"


def render(report: Report, *, width: int) -> str:
    """The headline first, then layers, kinds, attacks, advice."""
    lines = [_headline(report), "", f"  {report.machine}", ""]
    if report.layers:
        lines.append("  Layers of the linux sandbox, each tried:")
        for layer in report.layers:
            lines += _wrapped(
                f"    {'no ' if layer.why else 'yes'}  {layer.name}{': ' if layer.why else ''}", layer.why, width
            )
        lines.append("")
    lines.append("  Kinds, strongest first:")
    for found in report.kinds:
        lines += _wrapped(f"    {found.kind:<8}  {found.level or 'no':<9}", found.why, width)
    lines += ["", *_attacks(report.kinds, width)]
    if report.advice:
        lines += ["", "  What would raise the level:"]
    for paragraph in report.advice:
        lines += ["", *(part for line in paragraph.split("\n") for part in _body(line, width))]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _headline(report: Report) -> str:
    if report.escaped:
        through = [found.kind for found in report.kinds if found.escaped]
        return f"An attack got through: do not run code that you don't trust in {' or '.join(through)} here. Please report it."
    chosen = report.chosen
    if chosen is None:
        return "No sandbox works here: nothing can be judged."
    words = {
        "full": "code of others can be judged",
        "reduced": "code of others can be judged, behind fewer walls",
        "none": "no isolation: judge code that you trust",
    }
    return f"`judge run` takes {chosen.kind}, {chosen.level}: {words[chosen.level]}."


def _attacks(kinds: tuple[Found, ...], width: int) -> list[str]:
    """A line each: what the file tries, and what became of it in every kind."""
    tried = [found for found in kinds if found.attacks]
    if not tried:
        return []
    names = list(dict.fromkeys(attack.name for found in tried for attack in found.attacks))
    first = max(len(name) for name in names) + 2
    lines = [f"  {'Attacks: a file that':<{first + 2}}" + "".join(f"{found.kind:<13}" for found in tried)]
    for name in names:
        cells = []
        for found in tried:
            attack = next((attack for attack in found.attacks if attack.name == name), None)
            cells.append(f"{NOT_TRIED if attack is None else HELD if attack.held else THROUGH:<13}")
        lines.append(f"    {name:<{first}}" + "".join(cells))
        for found in tried:
            for attack in found.attacks:
                if attack.name == name and not attack.held:
                    lines += _wrapped(f"      {found.kind}: ", attack.seen, width)
    if any(found.level == "none" for found in tried):
        lines.append(
            f"    ({NOT_TRIED} is not tried: what goes around Python is not held by a kind that isolates nothing)"
        )
    return lines


def _body(line: str, width: int) -> list[str]:
    if line.startswith("    "):  # a command: not to be broken
        return [f"    {line}"]
    return textwrap.wrap(line, width - 4, initial_indent="    ", subsequent_indent="    ") or [""]


def _wrapped(head: str, text: str, width: int) -> list[str]:
    return textwrap.wrap(head + escaped(text), width, subsequent_indent=" " * 10, drop_whitespace=True) or [head]
