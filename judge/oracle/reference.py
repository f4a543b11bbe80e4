"""The reference: loaded by path on the trusted side, and asked the same programs as the solution, in three precisions.

A reference is in torch, in NumPy (`ArrayReference`) or of plain values (`PlainReference`), as its framework says. Whatever it works
with, tensors go in and come back, except where no arrays are exchanged at all.
"""

from __future__ import annotations

import contextlib
import importlib.util
import random
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from judge.oracle.noise_numpy import Noise, Rough
from judge.oracle.noise_python import Rounding, rounding_names
from judge.program import answer_of, in_precision
from judge.verdict import ProblemError
from problems import Problem
from problems.asks import Answer, Answers, Failure, Program, Unreadable
from problems.frameworks import NoiseKind
from problems.late import import_torch, torch
from sandbox.guest.frames import DTYPES
from sandbox.guest.interpreter import Interpreter
from sandbox.guest.tracer import Calling


def load_module(path: Path, name: str) -> ModuleType:
    """Execute a trusted file of a problem under a name of its own. It may import files beside it: `from .layer import f`.

    Nearly all of them import torch. It is imported before: that can't be interrupted, and what they do can.

    Raises:
        ProblemError: it does not load.
    """
    import_torch()
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
    """A problem's model answer in torch.

    Args:
        names: what its file defines.
        tolerant: it holds a mistake: an exception is an answer, and ends the program.
    """

    module: Any = torch
    """What makes its arrays: torch, or None."""

    def __init__(self, names: Mapping[str, Any], *, tolerant: bool = False) -> None:
        self._names = names
        self._tolerant = tolerant
        self.runs = 0  # programs that it was asked

    def interpreter(self, around: Callable[[Calling], Calling] = lambda calling: calling) -> Interpreter:
        """One that runs it as the sandbox would, its calls within a context that `around` makes."""
        return self._interpreter(self._names, around(self._seeded))

    def steps(self, program: Program, dtype: torch.dtype | None, *, own_memory: bool = False) -> list[dict[str, Any]]:
        """A program as such an interpreter takes it, see `in_precision`."""
        return in_precision(program, dtype, own_memory=own_memory)

    def answers(self, program: Program, dtype: torch.dtype | None = None) -> Answers:
        """What it answers to a program, with every floating tensor in the given precision.

        Args:
            program: what is asked.
            dtype: of the floating tensors; None: as it is asked.
        """
        return self._answered(self._names, program, dtype)

    def exact(self, program: Program) -> Answers:
        """In float64."""
        return self.answers(program, torch.float64)

    def single(self, program: Program) -> Answers:
        """In float32."""
        return self.answers(program, torch.float32)

    def rough(self, program: Program, eps: float, seed: int) -> tuple[Answers | None, float]:
        """In float64 with each operation off by a random eps, None where that tells nothing; and the largest number on the way."""
        from judge.oracle.noise_torch import Disturbed  # its base class is torch's own

        mode = Disturbed(eps, seed)
        return self._answered(self._names, program, torch.float64, mode), mode.largest

    def measured(self, program: Program) -> Iterator[Answers]:
        """Its results in float32 with the CPU time of each step, in this process: after each step, those up to it."""
        interpreter = self._interpreter(self._names, self._calling)
        found: Answers = {}
        for place, step in enumerate(self.steps(program, torch.float32, own_memory=True)):
            begun = time.process_time()
            fields = interpreter.run(step)
            spent = time.process_time() - begun
            if fields is not None:
                found[place] = Answer(value=_detached(fields.get("value")), cpu_seconds=spent)
                yield found

    def _answered(
        self,
        names: Mapping[str, Any],
        program: Program,
        dtype: torch.dtype | None,
        disturbed: contextlib.AbstractContextManager[Any] | None = None,
        *,
        tolerant: bool | None = None,
    ) -> Answers:
        """What comes back for each step that has an answer; calls pass through `disturbed`, inputs and weights do not."""
        self.runs += 1
        tolerant = self._tolerant if tolerant is None else tolerant
        interpreter = self._interpreter(names, self._calling)
        steps = self.steps(program, dtype, own_memory=self._tolerant)  # a mistake may write into what it gets
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

    def _interpreter(self, names: Mapping[str, Any], calling: Calling | None) -> Interpreter:
        made = Interpreter(names, self.module, calling)
        made.begin()
        return made

    @property
    def _calling(self) -> Calling | None:
        """What its calls run in: a right answer in torch draws nothing by itself and gives no warning."""
        return self._seeded if self._tolerant else None

    def _seeded(self, seed: int | None) -> contextlib.AbstractContextManager[None]:
        return seeded(seed)


class ArrayReference(Reference):
    """A model answer in NumPy: arrays go in, and its answers hold tensors.

    Args:
        source: of its file.
        names: what its file defines.
        tolerant: it holds a mistake.
    """

    module = None

    def __init__(self, source: str, names: Mapping[str, Any], *, tolerant: bool = False) -> None:
        super().__init__(names, tolerant=tolerant)
        self._source = source
        self._rough: Rough | None = None

    def steps(self, program: Program, dtype: torch.dtype | None, *, own_memory: bool = False) -> list[dict[str, Any]]:
        """A program with arrays in place of tensors."""
        return in_precision(program, dtype, own_memory=own_memory, arrays="array")

    def rough(self, program: Program, eps: float, seed: int) -> tuple[Answers | None, float]:
        """In float64 with each operation off by a random eps."""
        if self._rough is None:
            self._rough = Rough(self._source, "reference")
        noise = Noise(eps, seed)
        return self._answered(self._rough.under(noise), program, torch.float64), noise.largest

    @property
    def _calling(self) -> Calling | None:
        return self._seeded

    def _seeded(self, seed: int | None) -> contextlib.AbstractContextManager[None]:
        return seeded_numpy(seed)


class PlainReference(Reference):
    """A model answer in plain Python: no tensor goes in or comes back, and no precision is chosen.

    Args:
        source: of its file.
        names: what its file defines.
        tolerant: it holds a mistake.
    """

    module = None

    def __init__(self, source: str, names: Mapping[str, Any], *, tolerant: bool = False) -> None:
        super().__init__(names, tolerant=tolerant)
        self._source = source
        self._rounding: tuple[Rounding, Mapping[str, Any]] | None = None

    def steps(self, program: Program, dtype: torch.dtype | None, *, own_memory: bool = False) -> list[dict[str, Any]]:
        """A program as it is."""
        return in_precision(program, None)

    def rough(self, program: Program, eps: float, seed: int) -> tuple[Answers | None, float]:
        """With each operation off by a random eps; None where it ends in an exception for it."""
        if self._rounding is None:
            rounding = Rounding()
            self._rounding = rounding, rounding_names(self._source, rounding)
        rounding, names = self._rounding
        rounding.begin(eps, seed)
        found = self._answered(names, program, None, tolerant=True)
        raised = any(answer.failure and not _may_raise(program, place) for place, answer in found.items())
        return None if raised else found, rounding.largest

    def _seeded(self, seed: int | None) -> contextlib.AbstractContextManager[None]:
        return seeded_python(seed)


class SureReference(PlainReference):
    """A model answer that computes with more digits than it gives back: the same, and no float of it is off."""

    def rough(self, program: Program, eps: float, seed: int) -> tuple[Answers | None, float]:
        """What it answers."""
        return self._answered(self._names, program, None, tolerant=True), 0.0


def _may_raise(program: Program, place: int) -> bool:
    return bool(getattr(program[place], "may_raise", False))


def load_reference(problem: Problem) -> Reference:
    """A problem's model answer, from its file.

    Raises:
        ProblemError: it does not load.
    """
    names = vars(load_module(problem.reference, module_name("reference", problem)))
    return reference_of(problem, problem.solution, names)


def reference_of(problem: Problem, source: str, names: Mapping[str, Any], *, tolerant: bool = False) -> Reference:
    """A problem's model answer, or with `tolerant` one with a mistake in it.

    Args:
        problem: it.
        source: of the answer.
        names: what it defines.
        tolerant: see `Reference`.
    """
    torch.set_num_threads(1)  # it answers beside the sandbox, and in the same bits everywhere
    match problem.model.noise:
        case NoiseKind.TORCH:
            return Reference(names, tolerant=tolerant)
        case NoiseKind.NUMPY:
            return ArrayReference(source, names, tolerant=tolerant)
        case NoiseKind.PYTHON:
            return PlainReference(source, names, tolerant=tolerant)
        case NoiseKind.NONE:
            return SureReference(source, names, tolerant=tolerant)


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


@contextlib.contextmanager
def seeded_numpy(seed: int | None) -> Iterator[None]:
    """The same for NumPy's global generator."""
    before = np.random.get_state()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if seed is not None:
            np.random.seed(seed & 0xFFFFFFFF)
        try:
            yield
        finally:
            np.random.set_state(before)


def _detached(value: Any) -> Any:
    """The same tree with tensors for arrays, without gradient history, in memory that no later step writes to."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, (np.ndarray, np.generic)):
        return _as_tensor(value)
    if isinstance(value, tuple):
        return tuple(_detached(item) for item in value)  # a NamedTuple as well, as through the door
    if isinstance(value, list):
        return [_detached(item) for item in value]
    if isinstance(value, dict):
        return {key: _detached(item) for key, item in value.items()}
    return value


def _as_tensor(value: np.ndarray[Any, Any] | np.generic) -> Any:
    """A tensor of an array or of a NumPy number; what could not come through the door is described as it would be there."""
    if value.dtype.name not in DTYPES or not value.dtype.isnative:
        return Unreadable("ndarray", f"an array of dtype {value.dtype}", value.shape, str(value.dtype))
    return torch.from_numpy(np.array(value, order="C"))


class Expected:
    """What the reference answers to one program, computed when it is asked for and kept."""

    def __init__(self, reference: Reference, program: Program, seed: int) -> None:
        self._reference = reference
        self._program = program
        self._seed = seed
        self._exact: Answers | None = None
        self._single: Answers | None = None
        self._rough: dict[float, list[tuple[Answers | None, float]]] = {}

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

    def rough(self, step: int, eps: float, runs: int) -> tuple[list[Answer], float]:
        """In float64 with each operation off by a random eps, so many times; and the largest number on the way."""
        done = self._rough.setdefault(eps, [])
        while len(done) < runs:
            done.append(self._reference.rough(self._program, eps, self._seed + len(done)))
        told = [(answers[step], largest) for answers, largest in done[:runs] if answers is not None]
        return [answer for answer, _ in told], max((largest for _, largest in told), default=0.0)
