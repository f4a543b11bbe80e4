"""A report as a picture: an SVG that needs nothing from the network.

judge run attention.py --json > verdict.json
python -m judge.reports.screenshot verdict.json attention.py > rejection.svg
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from judge.reports.terminal import Layout, render
from judge.verdict import Verdict, from_json

# rich's own template fetches a web font; this one takes what the reader's system has.
TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
    font-variant-east-asian: full-width;
}}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def screenshot(verdict: Verdict, *, file: str, repeat: str, width: int = 100) -> str:
    """The coloured report as SVG.

    Args:
        verdict: what was found.
        file: the solution's name.
        repeat: the command that gives the same verdict again.
        width: columns.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, file=io.StringIO(), width=width, force_terminal=True, highlight=False)
    report = render(verdict, file=file, repeat=repeat, hints="ladder", layout=Layout(width=width, colour=True))
    console.print(Text.from_ansi(f"$ judge run {file}\n{report}".rstrip("\n")))
    return console.export_svg(title=f"judge run {file}", code_format=TEMPLATE, unique_id="judge")


def main(arguments: list[str]) -> int:
    """Write the picture of a verdict's JSON to standard output."""
    if len(arguments) != 2:
        sys.stderr.write("Usage: python -m judge.reports.screenshot VERDICT.json NAME.py > PICTURE.svg\n")
        return 2
    path, file = arguments
    verdict = from_json(Path(path).read_bytes())
    sys.stdout.write(screenshot(verdict, file=file, repeat=f"judge run {file} --seed {verdict.seed}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
