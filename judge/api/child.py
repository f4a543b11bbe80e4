"""The child of the API, from inside: it keeps processes that judge, and the answers to small questions about the problems."""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

from judge.service.look import problem_of, too_large
from judge.service.pool_judge import PoolJudge
from judge.service.requests import (
    Chosen,
    Crashed,
    Decided,
    Effort,
    Event,
    Final,
    Judged,
    Refused,
    Request,
    Settings,
    chosen,
    settings_of,
)
from judge.service.waiting import why_not
from judge.service.worker_judge import WorkerJudge
from judge.settings import fresh_seed, read_configuration, read_places
from judge.verdict import JudgeError, failure_words
from problems import AmbiguousProblem, BrokenProblem, Catalogue, UnknownProblem, read_catalogue

# A training loop learns one bit of a seed's cases from each submission, which is little in so many. And cases that are shared by so
# many cost each of them next to nothing.
SUBMISSIONS_OF_A_SEED = 64
AHEAD = SUBMISSIONS_OF_A_SEED // 2


class Seeds:
    """A secret seed for each problem and framework, which is another one after so many submissions; the next is prepared before."""

    def __init__(self, pool: PoolJudge) -> None:
        self._pool = pool
        self._now: dict[tuple[Chosen, str], tuple[int, int]] = {}
        self._next: dict[tuple[Chosen, str], int] = {}

    def next(self, problem: Chosen, framework: str, settings: Settings) -> int:
        """The seed of the next submission."""
        key = problem, framework
        seed, used = self._now.get(key, (fresh_seed(), 0))
        if used == SUBMISSIONS_OF_A_SEED:
            seed, used = self._next.pop(key), 0
        used += 1
        self._now[key] = seed, used
        if used == AHEAD:
            self._next[key] = fresh_seed()
            self._pool.prepare(problem, framework, self._next[key], settings)
        return seed


class Child:
    """Answers lines of JSON.

    Args:
        options: of the pool: jobs, sandbox, own_code, limits.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        environment = os.environ
        self._configuration = read_configuration(environment, read_places(environment).config_file)
        self._catalogue: Catalogue = read_catalogue([Path(pack) for pack in self._configuration.packs])
        self._packs = tuple(str(pack) for pack in self._configuration.packs)
        names = ("sandbox", "call_seconds", "run_seconds", "memory_mib")
        given = {name: options[name] for name in names if options.get(name) is not None}
        own = settings_of(self._configuration, own_code=bool(options["own_code"]))
        self._settings = msgspec.convert(msgspec.to_builtins(own) | given, Settings)
        self._pool = PoolJudge(int(options["jobs"]), lambda: WorkerJudge(catalogue=self._catalogue))
        self._seeds = Seeds(self._pool)
        self._writing = threading.Lock()
        self._numbers: dict[int, int] = {}
        self._answered: set[int] = set()

    def run(self) -> None:
        """Answer until nobody asks any more."""
        try:
            for line in sys.stdin.buffer:
                asked = json.loads(line)
                try:
                    self._do(asked)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the next line is read
                    words = failure_words(f"{type(error).__name__}: {error}")
                    self._say({"number": asked["number"], "trouble": "failure", "sentence": words})
        finally:
            self._pool.close()

    def _do(self, asked: dict[str, Any]) -> None:
        number = asked["number"]
        match asked["do"]:
            case "grade":
                self._grade(number, asked)
            case "cancel":
                if (found := self._numbers.get(number)) is not None:
                    self._pool.cancel(found)
            case "problems":
                self._say({"number": number, "problems": [_listed(each) for each in self._catalogue.problems]})
            case "statement" | "starter" as what:
                self._say({"number": number, **self._told(what, asked)})

    def _grade(self, number: int, asked: dict[str, Any]) -> None:
        try:
            request = self._request(asked)
        except (UnknownProblem, AmbiguousProblem) as error:
            self._say({"number": number, "trouble": "usage", "sentence": str(error)})
            return
        except BrokenProblem as error:
            self._say({"number": number, "trouble": "problem", "sentence": str(error)})
            return

        # At a terminal that is a wrong call. Here the file is what somebody else has written.
        if (found := too_large(number, request)) is not None:
            self._say({"number": number, **_answer(found)})
            return

        def told(event: Event) -> None:
            if isinstance(event, Decided):
                self._say({"number": number, "decided": json.loads(event.data)})
            elif isinstance(event, Final):
                if self._numbers.pop(number, None) is None:
                    self._answered.add(number)  # before it was known under which number it is judged
                self._say({"number": number, **_answer(event)})

        submitted = self._pool.submit(request, told)
        if number not in self._answered:
            self._numbers[number] = submitted
        self._answered.discard(number)

    def _request(self, asked: dict[str, Any]) -> Request:
        framework, seed = asked.get("framework"), asked.get("seed")
        problem = None
        if asked["problem"] is not None:
            problem = chosen(self._catalogue.listed(asked["problem"]))  # never a folder: its checks would run
        keep = seed is None and problem is not None
        if keep and problem is not None:
            offered = problem_of(problem).frameworks
            likely = framework if framework in offered else offered[0]
            seed = self._seeds.next(problem, likely, self._settings)
        return Request(
            source=base64.b64decode(asked["source"]),
            filename=asked["filename"],
            stem=asked["stem"],
            problem=problem,
            framework=framework,
            packs=self._packs,
            seed=seed,
            settings=self._settings,
            effort=Effort(asked.get("effort", "full")),
            keep=keep,
            verdict_first=asked.get("verdict_first", False),
            cost=False,
        )

    def _told(self, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            problem = self._catalogue.find(asked["problem"])
            if what == "statement":
                return {"text": problem.statement}
            framework = asked.get("framework") or problem.frameworks[0]
            if framework in problem.frameworks:
                return {"text": problem.starter(framework)}
            return {"trouble": "usage", "sentence": problem.not_offered(framework)}
        except (UnknownProblem, AmbiguousProblem) as error:
            return {"trouble": "usage", "sentence": str(error)}
        except BrokenProblem as error:
            return {"trouble": "problem", "sentence": str(error)}

    def _say(self, answer: dict[str, Any]) -> None:
        """Write an answer, from any thread."""
        data = json.dumps(answer).encode() + b"\n"
        with self._writing:
            try:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            except OSError:
                os._exit(0)  # nobody is there any more, and the processes that judge end with this one


def _answer(event: Final) -> dict[str, Any]:
    if isinstance(event, Judged):
        return {"verdict": json.loads(event.data)}
    error = why_not(event)
    trouble = event.trouble.value if isinstance(event, Refused) else "failure"
    if isinstance(event, Crashed) and not event.began:
        trouble = "start"
    return {"trouble": trouble, "sentence": str(error)}


def _listed(problem: Any) -> dict[str, Any]:
    names = ("name", "title", "difficulty", "topics", "minutes", "frameworks", "aliases")
    found: dict[str, Any] = msgspec.to_builtins({name: getattr(problem, name) for name in names})
    return found


def main() -> None:
    """As it is started by the API. Its first line says that it is ready, or why it is not."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption at the terminal is for the caller, who ends this one
    try:
        child = Child(json.loads(sys.argv[1]))
    except (JudgeError, BrokenProblem, msgspec.ValidationError, OSError) as error:
        print(json.dumps({"number": 0, "trouble": "start", "sentence": str(error)}), flush=True)
        return
    print(json.dumps({"number": 0}), flush=True)
    child.run()


if __name__ == "__main__":
    main()
