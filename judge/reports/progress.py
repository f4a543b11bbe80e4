"""How it is going, and the plan, as text."""

from __future__ import annotations

from datetime import date

from judge.practice.view import minutes
from judge.records import Done, Local, MistakeMade, Outlook, Plan, Progress, Why
from judge.reports.practice import when
from judge.reports.style import Painter, Style
from judge.verdict import escaped, shortened, wrapped

BAR = 30
WIDTH = 80
MOST_SESSIONS = 15
MOST_MISTAKES = 8
MOST_NAME = 60
MOST_TITLE = 300
MOST_PROBLEMS = 20


def render(progress: Progress, *, width: int, local: Local, paint: Painter) -> str:
    """Everything, one block below the other."""
    total = len(progress.problems)
    due = progress.due
    head = f"{progress.solved} of {total} solved, {len(due)} due"
    lines = [paint(head, Style.HEADING), f"Days in a row: {progress.streak}", ""]
    lines += [*_problems(progress, local), "", *_topics(progress), ""]
    lines += [*_times(progress.done, local, paint), *_mistakes(progress.mistakes, width)]
    if due:
        lines.append(f"`judge practice` takes {due[0].problem}, which is due.")
    else:
        lines.append("Nothing is due. `judge practice` takes what comes next.")
    return "\n".join(lines) + "\n"


def _problems(progress: Progress, local: Local) -> list[str]:
    wide = max(len(each.problem) for each in progress.problems)
    lines = [f"  {'Problem':<{wide}}  judged  until accepted  best time  due"]
    for each in progress.problems:
        until = "" if each.until_accepted is None else str(each.until_accepted)
        best = "" if each.best_seconds is None else minutes(each.best_seconds)
        due = "" if each.due is None else "today" if each.is_due else when(local(each.due), local(progress.at))
        lines.append(f"  {each.problem:<{wide}}  {each.attempts:>6}  {until:>14}  {best:>9}  {due}".rstrip())
    return lines


def _topics(progress: Progress) -> list[str]:
    wide = max(len(each.topic) for each in progress.topics)
    lines = [f"  {'Topic':<{wide}}  solved  due"]
    for each in progress.topics:
        solved = f"{each.solved} of {each.problems}"
        lines.append(f"  {each.topic:<{wide}}  {solved:>6}  {each.due or '':>3}".rstrip())
    return lines


def _times(done: tuple[Done, ...], local: Local, paint: Painter) -> list[str]:
    """A bar a session: how long it took to the acceptance; | is what an interview gives."""
    if not done:
        return []
    shown = done[-MOST_SESSIONS:]
    longest = max(max(each.seconds, each.minutes * 60) for each in shown)
    names = [shortened(escaped(each.problem), MOST_NAME) for each in shown]
    wide = max(map(len, names))
    more = f", the last {len(shown)} of {len(done)}" if len(done) > len(shown) else ""
    lines = [f"  Time to acceptance, session by session{more}; | is what an interview gives", ""]
    for each, name in zip(shown, names, strict=True):
        filled = round(BAR * each.seconds / longest)
        mark = min(round(BAR * each.minutes * 60 / longest), BAR)
        bar = "".join("|" if place == mark else "#" if place < filled else " " for place in range(BAR + 1))
        told = minutes(each.seconds) if each.solved else f"{minutes(each.seconds)}, {escaped(each.outcome)}"
        style = Style.GOOD if each.solved else Style.BAD
        lines.append(f"  {local(each.at):%d %b}  {name:<{wide}}  {paint(bar, style)}  {told}")
    return [*lines, ""]


def _mistakes(mistakes: tuple[MistakeMade, ...], width: int) -> list[str]:
    if not mistakes:
        return []
    lines = ["  Mistakes made most often", ""]
    for each in mistakes[:MOST_MISTAKES]:
        times = "once" if each.times == 1 else f"{each.times} times"
        told = f"{shortened(each.title or each.mistake, MOST_TITLE)} ({', '.join(each.problems[:MOST_PROBLEMS])})"
        text = wrapped(escaped(told), width - 14)
        lines.append(f"  {times:>9}   {text[0]}")
        lines += [f"  {'':>9}   {part}" for part in text[1:]]
    return [*lines, ""]


def plan_text(plan: Plan, outlook: Outlook, *, today: date, paint: Painter) -> str:
    """The plan: a block a week, a line a session to come."""
    weeks = outlook.weeks
    last = weeks[-1].last
    now = next((week for week in weeks if week.first <= today <= week.last), None)
    head = f"{plan.weeks} week{'s' if plan.weeks > 1 else ''}, {plan.per_week} sessions a week, to {_day(last)}."
    if now is None:
        return f"{head} That is over: `judge plan --weeks N --per-week N` makes a new one.\n"
    lines = [paint(head, Style.HEADING), f"This is week {now.number}: {now.done} of {plan.per_week} done.", ""]
    wide = max((len(", ".join(slot.problems)) for week in weeks for slot in week.slots), default=0)
    for week in weeks:
        past = week.last < today
        told = f"{week.done} of {plan.per_week} done" if past or week.done else ""
        lines.append(f"  Week {week.number}, {_day(week.first)} to {_day(week.last)}  {told}".rstrip())
        for slot in week.slots:
            names = ", ".join(slot.problems)
            lines.append(f"    {slot.day:%a %d %b}  {names:<{wide}}  {slot.why.value}, {slot.minutes} min")
        if week.slots or past:
            lines.append("")
    if outlook.left:
        words = (
            f"{len(outlook.left)} problems do not fit, since each session holds one new problem; they are those that interviews "
            f"ask least: {', '.join(outlook.left)}. More weeks or more sessions a week make room for them."
        )
        lines += [*wrapped(escaped(words), WIDTH), ""]
    following = next((slot for week in weeks for slot in week.slots), None)
    lines.append(_next(following.problems, following.why) if following else "Nothing is left to do in this plan.")
    return "\n".join(lines) + "\n"


def _next(problems: tuple[str, ...], why: Why) -> str:
    if why is Why.MOCK:
        return f"Next: `judge practice --mode interview --problems {','.join(problems)}`"
    return f"Next: `judge practice {problems[0]}`"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B}"
