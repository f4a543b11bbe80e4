"""`judge stats` and `judge plan`: how it is going, and what comes next."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from judge.commands.parameters import Flag, Injected, Number, Pager
from judge.console import Streams, shown_path
from judge.practice.clock import local
from judge.records import MOST_PER_WEEK, MOST_WEEKS
from judge.verdict import UsageError

if TYPE_CHECKING:
    from judge.records import Plan, Progress


def stats(*, html: Path | None = None, json: Flag = False, pager: Pager = True, streams: Injected) -> int:
    """Show how it is going: solved, due, times, mistakes.

    Args:
        html: write one self-contained page with plots to this file.
        json: print one JSON object.
        pager: use a pager where it is longer than the terminal.
        streams: where to print.
    """
    from judge.records import done_sessions, due_dates, lines, progress
    from judge.reports.progress import render
    from judge.reports.style import Painter

    with streams.store() as store:
        attempts, done, due = lines(store), done_sessions(store), due_dates(store)
        found = progress(attempts, done, due, streams.catalogue.problems, now=streams.now(), local=local)
    if html is not None:
        _write_page(found, html, streams)
    elif json:
        streams.write_json(found)
    else:
        streams.page(render(found, width=streams.width, local=local, paint=Painter(streams.colour)), pager=pager)
    return 0


def plan(
    *, weeks: Number = None, until: str | None = None, per_week: Number = None, json: Flag = False, streams: Injected
) -> int:
    """Show the study plan, or make one. It follows what you do.

    Args:
        weeks: make a plan for so many weeks from today.
        until: make a plan to this day, as 2027-01-31.
        per_week: sessions a week; 5 where nothing is said.
        json: print one JSON object.
        streams: where to print.
    """
    from judge.records import current_plan, done_sessions, due_dates, keep_plan, outlook
    from judge.reports.progress import plan_text
    from judge.reports.style import Painter

    made = _asked_for(weeks, until, per_week, streams)
    with streams.store() as store:
        if made is not None:
            keep_plan(store, made)
        kept = made or current_plan(store)
        if kept is None:
            raise UsageError("There is no plan yet: `judge plan --weeks 8 --per-week 5` makes one.")
        found = outlook(
            kept,
            streams.catalogue.problems,
            done=done_sessions(store),
            due=due_dates(store),
            solved=store.solved(),
            now=streams.now(),
            local=local,
        )
    if json:
        streams.write_json({"plan": kept, "weeks": found.weeks, "left": found.left})
    else:
        today = local(streams.now()).date()
        streams.write(plan_text(kept, found, today=today, paint=Painter(streams.colour)))
    return 0


def _asked_for(weeks: int | None, until: str | None, per_week: int | None, streams: Streams) -> Plan | None:
    """The plan that is to be made; None where none is."""
    from judge.records import Plan, weeks_until

    if weeks is not None and until is not None:
        raise UsageError("--weeks and --until exclude each other.")
    if weeks is None and until is None:
        if per_week is not None:
            raise UsageError("--per-week makes a plan: say how long with --weeks or --until.")
        return None
    now = streams.now()
    if until is not None:
        try:
            day = date.fromisoformat(until)
        except ValueError:
            raise UsageError(f"--until {until!r} is no day: write it as 2027-01-31.") from None
        if day < local(now).date():
            raise UsageError(f"--until {until} is past.")
        weeks = weeks_until(day, local(now).date())
    if weeks is None or not 1 <= weeks <= MOST_WEEKS:
        raise UsageError(f"A plan is for 1 to {MOST_WEEKS} weeks.")
    each = 5 if per_week is None else per_week
    if not 1 <= each <= MOST_PER_WEEK:
        raise UsageError(f"--per-week must be from 1 to {MOST_PER_WEEK}.")
    return Plan(begun=now, weeks=weeks, per_week=each)


def _write_page(found: Progress, path: Path, streams: Streams) -> None:
    from judge.reports.page import page

    try:
        path.write_text(page(found, local=local), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{shown_path(path)} can't be written: {error.strerror}.") from error
    streams.write(f"{shown_path(path)} is written: open it in a browser.\n")
