"""The reference: loaded by path on the trusted side, and asked the same programs as the solution, in three precisions.

One in plain Python has a single precision, that of Python's floats; it is asked once more with every operation a little off.
"""

from __future__ import annotations

import contextlib
import importlib.util
import random
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from judge.errors import ProblemError
from judge.rounding import Rounding, rounding_names
from judge.translation import answer_of, in_precision
from problems import Problem
from problems.asks import Answer, Answers, Failure, Program
from sandbox.inside.interpreter import Interpreter

ROUGH_RUNS = 3
PLAIN_ROUGH_RUNS = (
    6  # of Python's floats, each of which is compared by itself: no other one makes up for a run that is off by little
)
# They choose a number and round nothing, and their gradients find the place of it by equality.
SELECTING = {f"aten::{name}" for name in ("amax", "amin", "aminmax", "max", "min", "median", "nanmedian", "mode")}


def load_module(path: Path, name: str) -> ModuleType:
    """Execute a trusted file of a problem under a name of its own. It may import files beside it: `from .layer import f`.

    Raises:
        ProblemError: it does not load.
    """
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(path.parent)])
    if spec is None or spec.loader is None:
        raise ProblemError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ProblemError(f"{path} does not load: {type(error).__name__}: {error}") from error
    return module


def module_name(kind: str, problem: Problem) -> str:
    """What a file of a problem is called among the loaded modules; problems of several packs may have one slug."""
    return f"_{kind}_{re.sub(r'[^A-Za-z0-9_]', lambda sign: f'_{ord(sign[0]):x}_', problem.name)}"


class Reference:
    """A problem's model answer.

    Args:
        names: what its file defines.
        tolerant: it holds a mistake: an exception is an answer, and ends the program.
    """

    def __init__(self, names: Mapping[str, Any], *, tolerant: bool = False) -> None:
        self._names = names
        self._tolerant = tolerant

    def answers(
        self, program: Program, dtype: torch.dtype | None = None, disturbed: Disturbed | None = None
    ) -> Answers:
        """What it answers to a program, with every floating tensor in the given precision.

        Args:
            program: what is asked.
            dtype: of the floating tensors; None: as it is asked.
            disturbed: what each operation of a call passes through; inputs and weights are left as they are.
        """
        interpreter = Interpreter(self._names, torch, seeded if self._tolerant else None)
        steps = in_precision(program, dtype, own_memory=self._tolerant)  # a mistake may write into what it gets
        return self._answered(interpreter, steps, disturbed, tolerant=self._tolerant)

    def exact(self, program: Program) -> Answers:
        """In float64."""
        return self.answers(program, torch.float64)

    def single(self, program: Program) -> Answers:
        """In float32."""
        return self.answers(program, torch.float32)

    def rough(self, program: Program, eps: float, seed: int) -> tuple[list[Answers], float]:
        """In float64 with each operation off by a random eps, a few times; and the largest number on the way."""
        runs, largest = [], 0.0
        for run in range(ROUGH_RUNS):
            mode = Disturbed(eps, seed + run)
            runs.append(self.answers(program, torch.float64, mode))
            largest = max(largest, mode.largest)
        return runs, largest

    def _answered(
        self, interpreter: Interpreter, steps: list[dict[str, Any]], disturbed: Disturbed | None, *, tolerant: bool
    ) -> Answers:
        """What comes back for each step that has an answer."""
        interpreter.begin()
        found: Answers = {}
        for place, step in enumerate(steps):
            calls = step["do"] in ("call", "differentiate")
            try:
                with disturbed if disturbed is not None and calls else contextlib.nullcontext():
                    fields = interpreter.run(step)
            except Exception as error:
                if not step.get("may_raise") and not tolerant:
                    raise ProblemError(f"the reference raised {type(error).__name__}: {error}") from error
                bases = tuple(base.__name__ for base in type(error).__mro__)
                failure = Failure(type_name=type(error).__name__, bases=bases, message=str(error))
                found[place] = Answer(failure=failure)
                if not step.get("may_raise"):
                    break
                continue
            if fields is not None or step.get("may_raise"):
                found[place] = answer_of(_detached(fields or {}))
        return found


class PlainReference(Reference):
    """A model answer in plain Python: no tensor goes in or comes back.

    Args:
        source: of its file.
        names: what its file defines.
        tolerant: it holds a mistake.
    """

    def __init__(self, source: str, names: Mapping[str, Any], *, tolerant: bool = False) -> None:
        super().__init__(names, tolerant=tolerant)
        self._source = source
        self._rounding: tuple[Rounding, Mapping[str, Any]] | None = None

    def answers(
        self, program: Program, dtype: torch.dtype | None = None, disturbed: Disturbed | None = None
    ) -> Answers:
        """What it answers to a program."""
        return self._asked(self._names, program, tolerant=self._tolerant)

    def rough(self, program: Program, eps: float, seed: int) -> tuple[list[Answers], float]:
        """With each operation off by a random eps; a run that ends in an exception for it tells nothing and is left out."""
        if self._rounding is None:
            rounding = Rounding()
            self._rounding = rounding, rounding_names(self._source, rounding)
        rounding, names = self._rounding
        runs, largest = [], 0.0
        for run in range(PLAIN_ROUGH_RUNS):
            rounding.begin(eps, seed + run)
            found = self._asked(names, program, tolerant=True)
            if not any(answer.failure and not _may_raise(program, place) for place, answer in found.items()):
                runs.append(found)
                largest = max(largest, rounding.largest)
        return runs, largest

    def _asked(self, names: Mapping[str, Any], program: Program, *, tolerant: bool) -> Answers:
        interpreter = Interpreter(names, None, seeded_python if self._tolerant else None)
        return self._answered(interpreter, in_precision(program, None), None, tolerant=tolerant)


def _may_raise(program: Program, place: int) -> bool:
    return bool(getattr(program[place], "may_raise", False))


def reference_of(problem: Problem, source: str, names: Mapping[str, Any], *, tolerant: bool = False) -> Reference:
    """A problem's model answer, or with `tolerant` one with a mistake in it.

    Args:
        problem: it.
        source: of the answer.
        names: what it defines.
        tolerant: see `Reference`.
    """
    if problem.plain:
        return PlainReference(source, names, tolerant=tolerant)
    return Reference(names, tolerant=tolerant)


@contextlib.contextmanager
def seeded_python(seed: int | None) -> Iterator[None]:
    """Python's global generator in the state that the sandbox gives it, and as it was afterwards; no warnings."""
    before = random.getstate()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if seed is not None:
            random.seed(seed)
        try:
            yield
        finally:
            random.setstate(before)


@contextlib.contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """The global generator in the state that the sandbox gives it, and as it was afterwards; no warnings."""
    before = torch.default_generator.get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if seed is not None:
            torch.default_generator.manual_seed(seed)  # torch.manual_seed asks every other device, slowly
        try:
            yield
        finally:
            torch.default_generator.set_state(before)


def _detached(value: Any) -> Any:
    """The same tree without gradient history, in memory that no later step writes to."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, tuple):
        return tuple(_detached(item) for item in value)  # a NamedTuple as well, as through the door
    if isinstance(value, list):
        return [_detached(item) for item in value]
    if isinstance(value, dict):
        return {key: _detached(item) for key, item in value.items()}
    return value


class LazyRight:
    """What the reference answers to one program, computed when it is asked for and kept."""

    def __init__(self, reference: Reference, program: Program, seed: int) -> None:
        self._reference = reference
        self._program = program
        self._seed = seed
        self._exact: Answers | None = None
        self._single: Answers | None = None
        self._rough: dict[float, tuple[list[Answers], float]] = {}

    def prepare(self) -> None:
        """Compute what is always needed, now."""
        if self._exact is None:
            self._exact = self._reference.exact(self._program)

    def exact(self, step: int) -> Answer:
        """In float64."""
        self.prepare()
        assert self._exact is not None
        return self._exact[step]

    def single(self, step: int) -> Answer:
        """In float32."""
        if self._single is None:
            self._single = self._reference.single(self._program)
        return self._single[step]

    def rough(self, step: int, eps: float) -> tuple[list[Answer], float]:
        """In float64 with each operation off by a random eps, a few times; and the largest number on the way."""
        if eps not in self._rough:
            self._rough[eps] = self._reference.rough(self._program, eps, self._seed)
        runs, largest = self._rough[eps]
        return [answers[step] for answers in runs], largest


class Disturbed(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's class is not typed
    """Multiplies what each operation computes by 1 + eps r, r uniform in [-1, 1]; excepted are
    views, operations in place, memory that holds no numbers yet, and what only chooses a number.

    Args:
        eps: relative error of one operation.
        seed: of the disturbance.

    Attributes:
        largest: the largest finite number that any operation produced.
    """

    def __init__(self, eps: float, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._eps = eps
        self._generator = torch.Generator().manual_seed(seed)
        self.largest = 0.0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here: torch need not load its compiler, which takes a second, to keep it out."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run one operation and disturb its results."""
        result = func(*args, **(kwargs or {}))
        if "empty" in func._schema.name or any(returned.alias_info is not None for returned in func._schema.returns):
            return result
        if func._schema.name in SELECTING:
            return result
        if func._schema.name in ("aten::_softmax", "aten::_log_softmax"):
            return self._disturb_rows(result, args[0], args[1], log=func._schema.name.endswith("log_softmax"))
        if isinstance(result, torch.Tensor):
            return self._disturb(result)
        if isinstance(result, (tuple, list)):
            return type(result)(self._disturb(r) if isinstance(r, torch.Tensor) else r for r in result)
        return result

    def _disturb_rows(self, result: torch.Tensor, scores: torch.Tensor, axis: int, *, log: bool) -> torch.Tensor:
        """A softmax that is written as exp(s - logsumexp(s)): a whole row is off by eps of its largest score, together."""
        size = torch.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0).abs().amax(axis, keepdim=True)
        self.largest = max(self.largest, float(size.max()) if size.numel() else 0.0)
        noise = torch.rand(size.shape, generator=self._generator, dtype=size.dtype) * 2 - 1
        error = self._eps * (1 + size) * noise
        return self._disturb(result + error if log else result * (1 + error))

    def _disturb(self, result: torch.Tensor) -> torch.Tensor:
        if not result.is_floating_point() or not result.numel():
            return result
        finite = torch.nan_to_num(result, nan=0.0, posinf=0.0, neginf=0.0)
        self.largest = max(self.largest, float(finite.abs().max()))
        noise = torch.rand(result.shape, generator=self._generator, dtype=result.dtype) * 2 - 1
        return result * (1 + self._eps * noise)
