"""How it is going, as one page for a browser: everything is in it, nothing is fetched and nothing runs."""

from __future__ import annotations

import sys
from datetime import timedelta
from html import escape
from typing import Any

from judge.practice.view import minutes
from judge.records import Local, Progress
from judge.reports.practice import when
from judge.verdict import escaped, shortened

GOOD, BAD, QUIET, LINE = "#2f7d4f", "#b3432b", "#9aa3ad", "#3b6ea5"
TEXT = "#1f2933"
RULE = "#e1e5ea"
SERIES = ("#3b6ea5", "#2f7d4f", "#c77d18", "#7b5aa6", "#148f8b", "#8a6d3b", "#5b6770", "#a34a7c")
MOST_SESSIONS = 40
MOST_MISTAKES = 10
MOST_NAME = 60
MOST_TITLE = 120
DAYS = 56

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>judge: how it is going</title>
<style>
:root {{ color-scheme: light; }}
body {{ margin: 0 auto; max-width: 68rem; padding: 1.5rem; background: #f6f7f9; color: {text};
  font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }}
h1 {{ font-size: 1.5rem; margin: 0; }}
h2 {{ font-size: 1.05rem; margin: 0 0 .6rem; }}
p {{ margin: .2rem 0 1.2rem; color: #52606d; }}
.tiles, .charts {{ display: grid; gap: 1rem; margin-bottom: 1rem; }}
.tiles {{ grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }}
.charts {{ grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); }}
section, .tile {{ background: #fff; border: 1px solid #e1e5ea; border-radius: .5rem; padding: 1rem; overflow-x: auto; }}
.tile b {{ display: block; font-size: 1.7rem; line-height: 1.2; }}
svg {{ width: 100%; height: auto; display: block; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid #e1e5ea; white-space: nowrap; }}
td.number, th.number {{ text-align: right; }}
.due {{ color: {bad}; font-weight: 600; }}
</style>
</head>
<body>
<h1>How it is going</h1>
<p>{at}</p>
<div class="tiles">{tiles}</div>
<div class="charts">
{charts}
</div>
<section><h2>Problems</h2>
<table>
<tr><th>Problem</th><th class="number">Judged</th><th class="number">Until accepted</th>
<th class="number">Best time</th><th>Due</th></tr>
{rows}
</table></section>
</body>
</html>
"""


def page(progress: Progress, *, local: Local) -> str:
    """The whole page."""
    tiles = [
        (f"{progress.solved} of {len(progress.problems)}", "solved"),
        (str(len(progress.due)), "due"),
        (str(len(progress.done)), "sessions to the end"),
        (str(progress.streak), "days in a row"),
    ]
    charts = [
        ("Time to acceptance, session by session", _times(progress, local)),
        ("Topics", _topics(progress)),
        ("Mistakes made most often", _mistakes(progress)),
        (f"Judged on each of the last {DAYS} days", _days(progress, local)),
    ]
    return PAGE.format(
        text=TEXT,
        bad=BAD,
        at=f"{local(progress.at):%A} {local(progress.at).day} {local(progress.at):%B %Y, %H:%M}",
        tiles="".join(f'<div class="tile"><b>{escape(value)}</b>{escape(name)}</div>' for value, name in tiles),
        charts="\n".join(f"<section><h2>{escape(title)}</h2>{chart}</section>" for title, chart in charts),
        rows="\n".join(_row(progress, place, local) for place in range(len(progress.problems))),
    )


def _row(progress: Progress, place: int, local: Local) -> str:
    each = progress.problems[place]
    due = "" if each.due is None else "today" if each.is_due else when(local(each.due), local(progress.at))
    cells = [
        ("", each.problem),
        ("number", str(each.attempts)),
        ("number", "" if each.until_accepted is None else str(each.until_accepted)),
        ("number", "" if each.best_seconds is None else minutes(each.best_seconds)),
        ("due" if each.is_due else "", due),
    ]
    return "<tr>" + "".join(f'<td class="{name}">{escape(escaped(text))}</td>' for name, text in cells) + "</tr>"


def _times(progress: Progress, local: Local) -> str:
    """Minutes to the acceptance: a line a problem, and what was not solved as points."""
    shown = progress.done[-MOST_SESSIONS:]
    if not shown:
        return _nothing("No session has come to its end yet.")
    names = {each.problem: shortened(escaped(each.problem), MOST_NAME) for each in shown}
    problems = list(names)
    colours = (*(SERIES[place % len(SERIES)] for place in range(len(problems))), BAD)
    first, last = local(shown[0].at), local(shown[-1].at)
    chart = _chart("DateTimeLine", colours, height=360, y_title="minutes", dots_size=4, print_values=False)
    chart.x_value_formatter = lambda moment: f"{moment:%d %b}"
    chart.x_labels = [first + (last - first) * place / 5 for place in range(6)] if last > first else [first]
    chart.range = (0, max(max(each.seconds / 60, each.minutes) for each in shown))
    for problem in problems:
        done = [each for each in shown if each.problem == problem and each.solved]
        chart.add(names[problem], [(local(each.at), round(each.seconds / 60, 1)) for each in done])
    failed = [(local(each.at), round(each.seconds / 60, 1)) for each in shown if not each.solved]
    if failed:
        chart.add("not solved", failed, stroke=False, dots_size=6)
    return _svg(chart)


def _topics(progress: Progress) -> str:
    rows = list(reversed(progress.topics))
    chart = _chart("HorizontalStackedBar", (GOOD, "#d5dae0"), height=60 + 26 * len(rows), print_values=False)
    chart.x_labels = [each.topic for each in rows]
    chart.y_labels = _whole(max(each.problems for each in rows))
    chart.add("solved", [each.solved for each in rows])
    chart.add("open", [each.problems - each.solved for each in rows])
    return _svg(chart)


def _mistakes(progress: Progress) -> str:
    shown = list(reversed(progress.mistakes[:MOST_MISTAKES]))
    if not shown:
        return _nothing("No mistake was recognised yet.")
    chart = _chart("HorizontalBar", (BAD,), height=60 + 30 * len(shown), show_legend=False)
    chart.x_labels = [shortened(escaped(each.title or each.mistake), MOST_TITLE) for each in shown]
    chart.y_labels = _whole(shown[-1].times)
    chart.add("times", [each.times for each in shown])
    return _svg(chart)


def _days(progress: Progress, local: Local) -> str:
    today = local(progress.at).date()
    counts = {each.day: each.attempts for each in progress.days}
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    chart = _chart("Bar", (LINE,), height=240, show_legend=False, show_minor_x_labels=False, print_values=False)
    chart.x_labels = [f"{day:%d %b}" for day in days]
    chart.x_labels_major = [f"{day:%d %b}" for day in days[::-7]]
    chart.y_labels = _whole(max(counts.values(), default=1))
    chart.add("judged", [counts.get(day) for day in days])
    return _svg(chart)


def _whole(most: int) -> list[int]:
    """Labels of an axis that counts: whole numbers from 0, not many."""
    step = -(-most // 6) or 1
    return list(range(0, most + step, step))


def _chart(kind: str, colours: tuple[str, ...], **options: Any) -> Any:
    pygal = _pygal()
    style = pygal.style.Style(
        background="transparent",
        plot_background="transparent",
        foreground=TEXT,
        foreground_strong=TEXT,
        foreground_subtle=QUIET,
        colors=colours,
        opacity="1",
        opacity_hover="1",
        transition="0s",
        font_family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=13,
        title_font_size=13,
        value_font_size=12,
        value_colors=(TEXT,) * len(colours),
        guide_stroke_color=RULE,
        major_guide_stroke_color=RULE,
        guide_stroke_dasharray="none",
        major_guide_stroke_dasharray="none",
    )
    settings: dict[str, Any] = {
        "js": (),
        "style": style,
        "width": 640,
        "disable_xml_declaration": True,
        "legend_at_bottom": True,
        "truncate_label": -1,
        "truncate_legend": -1,
        "print_values": True,
        "print_zeroes": False,
        "include_x_axis": True,
        "margin": 6,
        "margin_right": 26,
        "value_formatter": lambda value: "" if value is None else f"{value:g}",
    }
    return getattr(pygal, kind)(**(settings | options))


def _pygal() -> Any:
    """The library, without the hook that it leaves in the import system: made for plugins of an old Python, it warns on a new one."""
    import pygal
    import pygal.style

    sys.meta_path[:] = [finder for finder in sys.meta_path if not type(finder).__module__.startswith("pygal")]
    return pygal


def _svg(chart: Any) -> str:
    chart.add_xml_filter(_without_scripts)
    return str(chart.render(is_unicode=True))


def _nothing(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>"


def _without_scripts(root: Any) -> Any:
    """A chart as a picture: its settings for scripts that are not there go."""
    for parent in list(root.iter()):
        for child in list(parent):
            if str(child.tag).endswith("script"):
                parent.remove(child)
    return root
