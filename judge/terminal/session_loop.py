"""A session as it goes on: saves, keys and verdicts come in, events go to the log, words go to the person.

What was decided is in `state`, what is kept in `records`, what is said in `judge.reports.practice`: here they meet.
"""

from __future__ import annotations

from pathlib import Path
from subprocess import Popen

from judge.practice.clock import Stopwatch, between, moved
from judge.practice.events import (
    Began,
    ClockMoved,
    Ended,
    Ending,
    Feeling,
    FirstFailureShown,
    Hinted,
    Mode,
    Occasion,
    Rated,
    Resumed,
    Retried,
    Switched,
    TimeUp,
)
from judge.practice.schedule import outcome_of, rating_of
from judge.practice.state import Choice, Phase, choices, judges_saves, time_is_up
from judge.practice.view import FEELINGS, KEYS, view
from judge.records import Log, Row, explained_row, hint_row, new_uid, review_row, solution_row, stamp
from judge.service.requests import (
    Cancelled,
    Crashed,
    Decided,
    Event,
    FirstFailure,
    Judged,
    Refused,
    Request,
    Stage,
    TriedAgain,
    chosen,
)
from judge.service.requests import Failing as Earlier
from judge.service.waiting import why_not
from judge.source import require_size
from judge.terminal.catching_up import as_it_stood, changed_meanwhile
from judge.terminal.inbox import Inbox, Message
from judge.terminal.jobs import Jobs, Pending, judged, kept
from judge.terminal.saves import Saved, Saves, Vanished, read_saved
from judge.terminal.tools import Left, Tools
from judge.verdict import UsageError

TICK_SECONDS = 0.25
HEARTBEAT_SECONDS = 5.0
MOVED_SECONDS = 2.0


class SessionLoop:
    """Runs one session to its end, or until the person leaves.

    Args:
        log: the session.
        tools: what it works with.
    """

    def __init__(self, log: Log, tools: Tools) -> None:
        self._log = log
        self._tools = tools
        self._front = tools.front
        self._pages = tools.pages
        setup = log.setup
        self._files = [Path(task.file) for task in setup.tasks]
        self._contents: list[bytes | None] = [None for _ in setup.tasks]
        self._inbox = Inbox()
        self._asked_again: Choice | None = None
        self._questioned = -1
        self._editor: Popen[bytes] | None = None
        self._news = ""
        now = tools.clock.read()
        away = between(log.seen.reading, now) if setup.mode is Mode.INTERVIEW else 0.0
        spent = log.seen.spent + away
        self._watch = Stopwatch(tools.clock, spent=spent, through_suspend=setup.mode is Mode.INTERVIEW)
        self._spent = spent
        self._beat = spent

    def run(self, *, resumed: bool = False, edit: bool = False) -> None:
        """Go on until it is over.

        Raises:
            Left: the person left before.
            KeyboardInterrupt: so they did, in a hurry.
        """
        saves = Saves(self._files, self._inbox.post)
        # What stands there now was not saved in this session.
        self._contents = [read_saved(file).source for file in self._files]
        self._jobs = Jobs(self._give)
        self._opened: dict[
            int, str
        ] = {}  # requests whose verdict is shown, and not yet what explains it: the uid of the attempt
        try:
            self._prepare()
            with self._front:
                self._open(resumed)
                if edit:
                    self._edit()
                while self._log.state.phase is not Phase.OVER:
                    self._step()
        finally:
            self._stay()
            saves.close()
            self._tools.judge.close()
            self._inbox.close()

    # what comes in

    def _step(self) -> None:
        """One message, one look at everything else."""
        message, typed = self._inbox.wait(TICK_SECONDS, self._front.keyboard)
        self._tick()
        if message is not None:
            self._receive(message)
        if typed:
            for key in self._front.typed():
                self._press(key)
        if self._log.state.phase is Phase.RATING:
            self._question()
        now = self._tools.local(self._watch.reading.at)
        self._front.status(view(self._log.state, self._spent, now, news=self._words()))

    def _tick(self) -> None:
        """The clock, and the editor."""
        before = self._log.seen.reading
        self._spent = self._watch.spent()
        now = self._watch.reading
        if abs(change := moved(before, now)) > MOVED_SECONDS:
            self._happened(ClockMoved(seconds=change))
            self._front.say(self._pages.clock_moved(change))
        elif self._spent - self._beat >= HEARTBEAT_SECONDS:
            self._beat = self._spent
            self._log.alive(self._spent, now)
        if time_is_up(self._log.state, self._spent):
            self._time_is_up()
        if self._log.state.phase is Phase.TIME_UP:
            self._hand_in()
        if self._editor is not None and self._editor.poll() is not None:
            self._editor = None
            self._front.reclaim()

    def _receive(self, message: Message) -> None:
        match message:
            case Saved():
                place = self._files.index(message.file)
                if place in self._log.state.unended():
                    self._saved(place, message)
            case Vanished() | Stage():
                pass
            case _:
                if (pending := self._jobs.get(message.number)) is not None:
                    self._told(pending, message)

    def _saved(self, place: int, saved: Saved) -> None:
        content, state = saved.source, self._log.state
        if content is None or content == self._contents[place]:
            return  # one that can't be read is said where it is submitted
        self._contents[place] = content
        if state.phase is not Phase.CODING or not self._is_small(place, content):
            return
        if judges_saves(state):
            self._jobs.add(place, Occasion.SAVE, content, self._spent)
        else:
            self._log.snapshot(place, content, self._spent, self._watch.reading)
            self._news = f"Saved at {self._pages.time(state.coding(self._spent))}."

    def _is_small(self, place: int, content: bytes) -> bool:
        """Whether a file is no larger than a solution may be; else that is said."""
        try:
            require_size(self._files[place].name, content)
        except UsageError as error:
            self._front.say(self._pages.not_judged(str(error)))
            return False
        return True

    def _told(self, pending: Pending, event: Event) -> None:
        match event:
            case TriedAgain():
                self._happened(Retried(task=pending.task, mended=event.mended, sentence=event.sentence))
                self._front.say(self._pages.retried(event, self._after(pending)))
            case FirstFailure():
                told = FirstFailureShown(
                    task=pending.task, check=event.check, verdict=event.verdict, sentence=event.sentence
                )
                self._happened(told)
                self._front.say(self._pages.noticed(event, self._after(pending)))
            case Decided():
                self._decided(pending, event)
            case Judged():
                self._judged(self._jobs.finish(event.number), event)
            case Refused() | Cancelled() | Crashed():
                self._failed(self._jobs.finish(event.number), str(why_not(event)))

    def _press(self, key: str) -> None:
        state = self._log.state
        if state.phase is Phase.RATING and key not in ("q", "\x03"):
            if key in FEELINGS or key in ("", "0"):
                self._rate(FEELINGS.get(key))
            return
        choice = KEYS.get(key)
        if choice is None or choice not in choices(state):
            self._asked_again = None
            if self._front.deliberate and key:
                self._front.say(self._pages.unknown(key, choices(state)))
            return
        if choice in (Choice.GIVE_UP, Choice.SUBMIT) and not self._sure(choice):
            return
        self._asked_again = None
        match choice:
            case Choice.BEGIN:
                self._begin()
            case Choice.HINT:
                self._hint()
            case Choice.STATEMENT:
                self._front.say(self._pages.statement(state.current))
            case Choice.EDIT:
                self._edit()
            case Choice.SUBMIT:
                self._submit()
            case Choice.NEXT:
                self._next()
            case Choice.GIVE_UP:
                self._give_up()
            case Choice.QUIT:
                raise Left

    def _sure(self, choice: Choice) -> bool:
        """What can't be taken back is pressed twice."""
        taken_back = choice is Choice.SUBMIT and self._log.setup.mode is Mode.LEARN
        if self._front.deliberate or taken_back or self._asked_again is choice:
            return True
        self._asked_again = choice
        return False

    # what the person does

    def _begin(self) -> None:
        self._happened(Began())
        self._front.say(self._pages.begun(self._log.state))

    def _hint(self) -> None:
        place = self._log.state.current
        asked, shown = self._log.setup.tasks[place], self._log.state.tasks[place].hints
        hints = self._tools.catalogue.listed(asked.problem).hints
        if not hints:
            self._front.say(self._pages.no_hints(asked.problem))
            return
        number = min(len(shown) + 1, len(hints))
        if number not in shown:
            self._happened(
                Hinted(task=place, number=number), hint_row(asked.problem, number, at=stamp(self._watch.reading.at))
            )
        self._front.say(self._pages.hint(number, len(hints), hints[number - 1]))

    def _submit(self) -> None:
        place = self._log.state.current
        content = read_saved(self._files[place]).source
        if content is None:
            self._front.say(self._pages.no_file(self._log.setup.tasks[place].file))
            return
        if not self._is_small(place, content):
            return
        self._contents[place] = content  # judged now: not again as a save
        self._jobs.add(place, Occasion.SUBMIT, content, self._spent)

    def _next(self) -> None:
        left = self._log.state.unended()
        current = self._log.state.current
        following = next((place for place in left if place > current), left[0])
        self._happened(Switched(task=following))
        self._front.say(self._pages.at_problem(self._log.state))

    def _give_up(self) -> None:
        place = self._log.state.current
        problem = self._log.setup.tasks[place].problem
        seen = solution_row(problem, at=stamp(self._watch.reading.at))
        self._happened(Ended(task=place, ending=Ending.GAVE_UP), seen)
        self._front.say(self._pages.solution(problem))
        self._show_end(place)

    def _edit(self) -> None:
        file = self._log.setup.tasks[self._log.state.current].file
        if self._tools.edit is None:
            self._front.say(self._pages.no_editor())
        elif self._editor is None:
            self._front.release()
            try:
                self._editor = self._tools.edit(file)
            except OSError as error:
                self._front.reclaim()
                self._front.say(self._pages.no_editor(str(error)))

    def _rate(self, feeling: Feeling | None) -> None:
        state = self._log.state
        place = state.unrated()[0]
        asked, task = state.setup.tasks[place], state.tasks[place]
        now = self._watch.reading.at
        outcome = outcome_of(task)
        row, due = review_row(
            self._tools.store,
            asked.problem,
            at=now,
            session=self._log.uid,
            outcome=outcome,
            seconds=task.used,
            minutes=asked.minutes,
            feeling=feeling.value if feeling else None,
            rating=rating_of(outcome, task.used / (asked.minutes * 60), feeling),
        )
        self._happened(Rated(task=place, feeling=feeling), row)
        self._front.say(self._pages.comes_back(asked.problem, feeling, due, now))

    # judging

    def _prepare(self) -> None:
        """Have what the judging will need made, before anything is saved."""
        setup = self._log.setup
        for task in setup.tasks:
            problem = chosen(self._tools.catalogue.listed(task.problem))
            self._tools.judge.prepare(problem, task.framework, setup.seed, self._tools.settings)

    def _give(self, place: int, source: bytes) -> int:
        """Have the file of a task judged. A lesson tries the last counterexample first."""
        setup = self._log.setup
        task, last = setup.tasks[place], self._log.state.tasks[place].failing
        earlier = None
        if last is not None and setup.mode is Mode.LEARN:
            earlier = Earlier(check=last.check, case=last.case, seed=setup.seed, sentence=last.sentence)
        request = Request(
            source=source,
            filename=self._files[place].name,
            stem=task.problem,
            problem=chosen(self._tools.catalogue.listed(task.problem)),
            framework=task.framework,
            seed=setup.seed,
            settings=self._tools.settings,
            keep=True,
            first_word=True,
            verdict_first=True,
            earlier=earlier,
            earlier_first=True,
        )
        return self._tools.judge.submit(request, self._inbox.post)

    def _decided(self, pending: Pending, answer: Decided) -> None:
        """The verdict, while the mistake that explains it is still looked for. It is kept before it is shown."""
        if answer.number in self._opened or self._log.state.tasks[pending.task].ending is not None:
            return
        uid, task = new_uid(), self._log.setup.tasks[pending.task]
        at = stamp(self._watch.reading.at)
        self._tools.store.write(*kept(pending, answer.verdict, task, uid=uid, at=at, session=self._log.uid))
        self._opened[answer.number] = uid
        self._front.say(self._pages.verdict(answer.verdict, task, pending.occasion, self._after(pending)))

    def _judged(self, pending: Pending, answer: Judged) -> None:
        task, verdict = self._log.setup.tasks[pending.task], answer.verdict
        opened = self._opened.pop(answer.number, None)
        uid, at = opened or new_uid(), stamp(self._watch.reading.at)
        row = kept(pending, verdict, task, uid=uid, at=at, session=self._log.uid)
        if opened is not None:
            row = explained_row(uid, verdict)
        if self._log.state.tasks[pending.task].ending is not None:
            self._tools.store.write(*row)  # it came too late to count, and is remembered
            return
        self._happened(judged(pending, answer, verdict, uid), row)
        if opened is None:
            self._front.say(self._pages.verdict(verdict, task, pending.occasion, self._after(pending)))
        self._front.say(self._pages.explained(verdict, task))
        if self._log.state.tasks[pending.task].ending is None:
            self._jobs.go_on(pending.task)
        else:
            self._show_end(pending.task)

    def _failed(self, pending: Pending, said: str) -> None:
        """It could not be judged: the judge's fault, or a file that can't be a solution at all."""
        self._front.say(self._pages.not_judged(said))
        if self._log.state.tasks[pending.task].ending is not None:
            return
        if pending.occasion is Occasion.TIME_UP:
            self._happened(Ended(task=pending.task, ending=Ending.TIME_UP, note=f"It could not be judged: {said}"))
            self._show_end(pending.task)
        else:
            self._jobs.go_on(pending.task)

    # the clock

    def _time_is_up(self) -> None:
        if self._log.state.phase is Phase.READING:
            self._begin()
            return
        self._happened(TimeUp())
        self._front.say(self._pages.time_is_up())

    def _hand_in(self) -> None:
        """Have everything judged that was not submitted, as it stood when the time was up."""
        for place in self._log.state.unended():
            if self._jobs.busy(place):
                continue
            file, now = self._files[place], self._watch.reading
            content, late = as_it_stood(self._log, place, file, spent=self._spent, now=now)
            if late:
                self._front.say(self._pages.too_late(self._log.setup.tasks[place].file))
            if content is None:
                self._happened(Ended(task=place, ending=Ending.TIME_UP, note="There was no file to judge."))
                self._show_end(place)
            else:
                self._jobs.add(place, Occasion.TIME_UP, content, self._spent)

    # words

    def _open(self, resumed: bool) -> None:
        state = self._log.state
        now = self._watch.reading
        if not resumed:
            self._front.say(self._pages.opening(self._log.setup, self._tools.edit is not None))
            return
        away = between(self._log.seen.reading, now)
        self._spent = self._watch.spent()
        self._happened(Resumed(away=away))
        self._front.say(self._pages.resumed(self._log.state, self._spent, away))
        if judges_saves(state):
            place = state.current
            content = changed_meanwhile(self._log, self._tools, place, self._files[place])
            if content is not None:
                self._jobs.add(place, Occasion.SAVE, content, self._spent)

    def _question(self) -> None:
        """Ask how it felt, once for each problem; where nobody can answer, it is not said."""
        unrated = self._log.state.unrated()
        if not unrated:
            return
        if self._front.keyboard is None and self._editor is None:
            self._rate(None)
        elif unrated[0] != self._questioned:
            if self._questioned < 0 and len(self._log.state.tasks) > 1:
                self._front.say(self._pages.overall(self._log.state))
            self._questioned = unrated[0]
            self._front.say(self._pages.question(self._log.state, unrated[0]))

    def _show_end(self, place: int) -> None:
        """How the work on a problem went, and what comes next."""
        state = self._log.state
        self._front.say(self._pages.summary(state, place))
        if state.phase is Phase.CODING:
            self._front.say(self._pages.at_problem(state))

    def _words(self) -> str:
        if self._asked_again is not None:
            key = next(key for key, choice in KEYS.items() if choice is self._asked_again)
            return f"Press {key} again to {self._asked_again.value}; any other key goes on."
        if self._jobs:
            return "Judging ..."
        last = self._log.state.tasks[self._log.state.current].last
        if last is not None and self._log.state.phase is Phase.CODING and not self._news:
            return f"Last: {last.verdict.replace('_', ' ')}{f' — {last.headline}' if last.headline else ''}"
        return self._news

    def _after(self, pending: Pending) -> float:
        return self._log.state.coding(pending.after)

    def _happened(self, event: object, *rows: Row) -> None:
        self._log.happened(event, self._spent, self._watch.reading, *rows)  # type: ignore[arg-type]
        self._beat = self._spent

    def _stay(self) -> None:
        """Keep how much time is used up, where the session is not over."""
        if self._log.state.phase is not Phase.OVER:
            self._log.alive(self._watch.spent(), self._watch.reading)
