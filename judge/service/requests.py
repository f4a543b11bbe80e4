"""What is asked of a judge, and what it tells: plain data, the same for every kind of judge. This imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from judge.settings import Configuration
from judge.verdict import JudgeError, Trace, Verdict
from problems import Problem


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and within which limits a file runs: the part of the configuration that judging looks at.

    Attributes:
        sandbox: kind of sandbox.
        own_code: the file is the user's own: "auto" may fall back to `process`.
        cache_mib: what case sets may take on disk that are ready for the next runs.
        call_seconds: in place of the problem's own limit; so are the others.
    """

    sandbox: str = "auto"
    own_code: bool = True
    cache_mib: int = 0
    call_seconds: float | None = None
    run_seconds: float | None = None
    memory_mib: int | None = None
    output_kib: int | None = None

    def limits(self) -> Configuration:
        """The limits as judging takes them."""
        return Configuration(
            call_seconds=self.call_seconds,
            run_seconds=self.run_seconds,
            memory_mib=self.memory_mib,
            output_kib=self.output_kib,
        )


def settings_of(configuration: Configuration, *, own_code: bool) -> Settings:
    """What a judge is told of the configuration."""
    names = ("sandbox", "cache_mib", "call_seconds", "run_seconds", "memory_mib", "output_kib")
    return Settings(own_code=own_code, **{name: getattr(configuration, name) for name in names})


class Chosen(msgspec.Struct, frozen=True):
    """A problem that was found already: its folder, its reference, its pack."""

    folder: str
    reference: str
    pack: str


def chosen(problem: Problem) -> Chosen:
    """How another process finds this problem."""
    return Chosen(str(problem.folder.absolute()), str(problem.reference.absolute()), problem.pack)


class Effort(StrEnum):
    """How much is found out. The verdict's kind is the same.

    Attributes:
        FULL: all checks, the smallest failing input, the mistake, and what the file costs.
        VERDICT: the kind, and the first check that fails.
    """

    FULL = "full"
    VERDICT = "verdict"


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """A counterexample that can be tried again.

    Attributes:
        check: which fails.
        case: the case, as plain values.
        seed: that the case follows from.
        sentence: what was found.
    """

    check: str
    case: dict[str, Any]
    seed: int
    sentence: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A file to judge.

    Attributes:
        source: the bytes of the file.
        filename: as shown to the user and in tracebacks.
        stem: tells the problem where nothing else does.
        problem: found already, or by a name in the catalogue; None: told from the stem or from what the file defines.
        framework: its name; None: told from what the file imports.
        packs: folders of further problems.
        seed: all cases follow from it; None: any will do, best one whose cases are ready.
        any_seed: another than `seed` will do as well, if its cases are ready.
        settings: where and within which limits.
        effort: how much is found out.
        keep: keep the cases and what is right, for the next file that is judged with this seed.
        first_word: tell of the first check that fails at once, before its smallest failing input is found.
        verdict_first: tell the verdict before the mistake that explains it is looked for.
        earlier: the counterexample of an earlier version of the file, to be tried again. Where it is the only one that fails, its
            seed decides.
        earlier_first: try it before all else, and tell at once.
        cost: measure the reference where the file is accepted.
        traced: follow the lines of the file on its smallest failing case.
        siblings: what the file seems to import that lies beside it.
    """

    source: bytes
    filename: str
    stem: str = ""
    problem: Chosen | str | None = None
    framework: str | None = None
    packs: tuple[str, ...] = ()
    seed: int | None = None
    any_seed: bool = False
    settings: Settings = Settings()
    effort: Effort = Effort.FULL
    keep: bool = False
    first_word: bool = False
    verdict_first: bool = False
    earlier: Failing | None = None
    earlier_first: bool = False
    cost: bool = True
    traced: bool = False
    siblings: tuple[str, ...] = ()


class Stage(msgspec.Struct, frozen=True, tag=True):
    """What is being done, in a few words."""

    number: int
    text: str


class FirstFailure(msgspec.Struct, frozen=True, tag=True):
    """The verdict's kind is known: the first check that fails, before its smallest failing input and the mistake are.

    Attributes:
        number: of the request.
        verdict: its kind.
        check: that fails.
        sentence: what was found.
        data: what is known by then as a verdict in JSON, for whoever waits no longer; empty where there is none.
    """

    number: int
    verdict: str
    check: str
    sentence: str
    data: bytes = b""


class Decided(msgspec.Struct, frozen=True, tag=True):
    """The verdict is known; what follows is the mistake that explains it. Where what judges fails in between, it can come twice.

    Attributes:
        number: of the request.
        data: the verdict as JSON, without a diagnosis.
    """

    number: int
    data: bytes

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return msgspec.json.decode(self.data, type=Verdict)


class TriedAgain(msgspec.Struct, frozen=True, tag=True):
    """What became of the earlier counterexample.

    Attributes:
        number: of the request.
        mended: whether it no longer fails.
        check: which it failed.
        sentence: what was found.
    """

    number: int
    mended: bool
    check: str
    sentence: str


class Judged(msgspec.Struct, frozen=True, tag=True):
    """The verdict.

    Attributes:
        number: of the request.
        data: the verdict as JSON, `cost` included.
        failing: its counterexample, where that can be tried again.
        mended: whether the earlier counterexample no longer fails; None where none was tried.
        trace: the trace as JSON; empty where none was asked for.
    """

    number: int
    data: bytes
    failing: Failing | None = None
    mended: bool | None = None
    trace: bytes = b""

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return msgspec.json.decode(self.data, type=Verdict)

    def traced(self) -> Trace:
        """The trace."""
        return msgspec.json.decode(self.trace, type=Trace)


class Trouble(StrEnum):
    """Why there is no verdict."""

    USAGE = "usage"
    PROBLEM = "problem"
    SANDBOX = "sandbox"
    FAILURE = "failure"


class Refused(msgspec.Struct, frozen=True, tag=True):
    """There is no verdict.

    Attributes:
        number: of the request.
        trouble: whose fault that is.
        sentence: why.
        traceback: of the judge's own failure.
    """

    number: int
    trouble: Trouble
    sentence: str
    traceback: str = ""


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """The request was given up."""

    number: int


class Crashed(msgspec.Struct, frozen=True, tag=True):
    """There is no verdict, since what judges ended on the file, twice.

    Attributes:
        number: of the request.
        why: how it ended.
        began: whether it ever was ready to judge; where not, no other file will be judged either.
    """

    number: int
    why: str
    began: bool = True


Final = Judged | Refused | Cancelled | Crashed
Event = Stage | FirstFailure | TriedAgain | Decided | Final
Tell = Callable[[Event], None]


class Judge(Protocol):
    """What judges. Every request ends with one event that is `Final`; events may come from any thread.

    There are four: `InProcess` (for tests and proofs: a crash takes it along, and a request is given up between events only),
    `WorkerJudge` (a process of its own), `ResidentJudge` (one that other commands use as well) and `PoolJudge` (several processes).
    """

    def submit(self, request: Request, tell: Tell) -> int:
        """Have a file judged.

        Args:
            request: it.
            tell: told each event.

        Returns:
            the number that its events bear.
        """

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        """Get ready while nothing else is to be done: what runs need, and the cases of a seed where a problem is given."""

    def cancel(self, number: int) -> None:
        """Nobody waits for this request any more. It ends with `Cancelled`, or with its verdict where that was found already."""

    def close(self) -> None:
        """End everything that was begun; requests that are open end with `Cancelled`."""


class NotJudged(JudgeError):
    """There is no verdict.

    Attributes:
        trouble: whose fault that is.
        traceback: of the judge's own failure, where there was one.
    """

    def __init__(self, trouble: Trouble, sentence: str, traceback: str = "") -> None:
        super().__init__(sentence)
        self.trouble = trouble
        self.traceback = traceback
