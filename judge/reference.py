"""The reference: loaded by path on the trusted side, and asked the same programs as the solution, in three precisions."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from judge.errors import ProblemError
from judge.roughness import Noise, Rough
from judge.translation import answer_of, in_precision
from problems import Problem
from problems.asks import Answer, Answers, Failure, Program, Unreadable
from sandbox.inside.frames import DTYPES
from sandbox.inside.interpreter import Interpreter
from sandbox.inside.tracer import Calling

ROUGH_RUNS = 3
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
    """A problem's model answer. Whatever it works with, its answers hold tensors.

    Args:
        names: what its file defines.
        source: of a reference in NumPy, its text.
        tolerant: it holds a mistake: an exception is an answer, and ends the program.
    """

    def __init__(self, names: Mapping[str, Any], *, source: str | None = None, tolerant: bool = False) -> None:
        self._names = names
        self._source = source
        self._tolerant = tolerant
        self._arrays = "tensor" if source is None else "array"
        self._rough: Rough | None = None

    def disturbed(self, eps: float, seed: int) -> Disturbed | Noise:
        """What the operations of one run pass through, to be handed to `answers`."""
        return Disturbed(eps, seed) if self._source is None else Noise(eps, seed)

    def interpreter(self, around: Callable[[Calling], Calling] = lambda calling: calling) -> Interpreter:
        """One that runs it as the sandbox would, its calls within a context that `around` makes."""
        return self._interpreter(self._names, around(self._seeded))

    def steps(self, program: Program, dtype: torch.dtype | None, *, own_memory: bool = False) -> list[dict[str, Any]]:
        """A program as such an interpreter takes it, see `in_precision`."""
        return in_precision(program, dtype, own_memory=own_memory, arrays=self._arrays)

    def answers(
        self, program: Program, dtype: torch.dtype | None = None, disturbed: Disturbed | Noise | None = None
    ) -> Answers:
        """What it answers to a program, with every floating tensor in the given precision.

        Args:
            program: what is asked.
            dtype: of the floating tensors; None: as it is asked.
            disturbed: what each operation of a call passes through; inputs and weights are left as they are.
        """
        names = self._roughened(disturbed) if isinstance(disturbed, Noise) else self._names
        plain = self._source is None and not self._tolerant
        interpreter = self._interpreter(names, None if plain else self._seeded)  # NumPy warns of what is no offence
        found: Answers = {}
        steps = self.steps(program, dtype, own_memory=self._tolerant)  # a mistake may write into what it gets
        for place, step in enumerate(steps):
            calls = step["do"] in ("call", "differentiate")
            try:
                with disturbed if isinstance(disturbed, Disturbed) and calls else contextlib.nullcontext():
                    fields = interpreter.run(step)
            except Exception as error:
                if not step.get("may_raise") and not self._tolerant:
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

    def measured(self, program: Program) -> Answers:
        """Its results in float32 with the CPU time of each step, in this process."""
        interpreter = self._interpreter(self._names, None if self._source is None else self._seeded)
        found: Answers = {}
        for place, step in enumerate(self.steps(program, torch.float32, own_memory=True)):
            begun = time.process_time()
            fields = interpreter.run(step)
            spent = time.process_time() - begun
            if fields is not None:
                found[place] = Answer(value=_detached(fields.get("value")), cpu_seconds=spent)
        return found

    def _interpreter(self, names: Mapping[str, Any], calling: Calling | None) -> Interpreter:
        made = Interpreter(names, torch if self._source is None else None, calling)
        made.begin()
        return made

    def _seeded(self, seed: int | None) -> contextlib.AbstractContextManager[None]:
        return seeded(seed) if self._source is None else seeded_numpy(seed)

    def _roughened(self, noise: Noise) -> Mapping[str, Any]:
        assert self._source is not None
        if self._rough is None:
            self._rough = Rough(self._source, "reference")
        return self._rough.under(noise)


def load_reference(problem: Problem) -> Reference:
    """A problem's model answer, from its file.

    Raises:
        ProblemError: it does not load.
    """
    names = vars(load_module(problem.reference, module_name("reference", problem)))
    return Reference(names, source=numpy_source(problem))


def numpy_source(problem: Problem) -> str | None:
    """The text of a reference in NumPy; None of one in torch."""
    return problem.solution if problem.model == "numpy" else None


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
    if isinstance(value, (tuple, list)):
        return type(value)(_detached(item) for item in value)
    if isinstance(value, dict):
        return {key: _detached(item) for key, item in value.items()}
    return value


def _as_tensor(value: np.ndarray[Any, Any] | np.generic) -> Any:
    """A tensor of an array or of a NumPy number; what could not come through the door is described as it would be there."""
    if value.dtype.name not in DTYPES or not value.dtype.isnative:
        return Unreadable("ndarray", f"an array of dtype {value.dtype}", value.shape, str(value.dtype))
    return torch.from_numpy(np.array(value, order="C"))


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
            self._exact = self._reference.answers(self._program, torch.float64)

    def exact(self, step: int) -> Answer:
        """In float64."""
        self.prepare()
        assert self._exact is not None
        return self._exact[step]

    def single(self, step: int) -> Answer:
        """In float32."""
        if self._single is None:
            self._single = self._reference.answers(self._program, torch.float32)
        return self._single[step]

    def rough(self, step: int, eps: float) -> tuple[list[Answer], float]:
        """In float64 with each operation off by a random eps, a few times; and the largest number on the way."""
        if eps not in self._rough:
            runs, largest = [], 0.0
            for run in range(ROUGH_RUNS):
                mode = self._reference.disturbed(eps, self._seed + run)
                runs.append(self._reference.answers(self._program, torch.float64, mode))
                largest = max(largest, mode.largest)
            self._rough[eps] = (runs, largest)
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
