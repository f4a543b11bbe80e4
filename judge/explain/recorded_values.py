"""Every value that right answers compute on the way: those of the reference, and those of the accepted answers in other styles.

Each expression of such a file is wrapped in a call that keeps what it gave, so that a value has no need of a name. A solution's values
are set beside these (`judge.explain.locating`).
"""

from __future__ import annotations

import ast
import contextlib
import functools
import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from types import CodeType, ModuleType
from typing import Any

import msgspec
import numpy as np

from judge.explain.edits.arrays import is_numpy
from judge.explain.suspects import STUMBLES
from judge.oracle import ArrayReference, reference_of
from problems import Problem
from problems.asks import Program
from problems.late import torch
from sandbox.guest.line_limit import TooManyLines, limited

SEEN = "_seen_by_the_judge"
MOST_LINES = 100_000  # that a file carries out
MOST_KEPT = 3_000  # values of one file
MOST_NUMBERS = 4_096  # of one value
MOST_GRADIENTS = 8  # of one value
MOST_FILES = 256  # whose code is kept
PLAIN = (int, float, bool)
SUFFIX = re.compile(r"_[A-Z0-9]+$")


class RightValue(msgspec.Struct, frozen=True):
    """A value that a right answer has.

    Attributes:
        value: numbers, as float64, int64 or bool.
        name: that it is given, without the suffix that says its shape; "" for an expression inside a line.
        text: the expression.
        line: in its file.
        order: in which it came about.
        own: it is the reference's.
        tracked: it carries a gradient.
        gradients: those that came back to it, where the program asks for some.
        dtype: that it had before it became float64; "" where it is not floats.
    """

    value: np.ndarray[Any, Any]
    name: str
    text: str
    line: int
    order: int
    own: bool
    tracked: bool = False
    gradients: list[np.ndarray[Any, Any]] = []
    dtype: str = ""


def right_values(problem: Problem, program: Program) -> list[RightValue]:
    """What the reference and the accepted answers compute where they are asked a program, each value of a file once.

    Args:
        problem: whose.
        program: what is asked.
    """
    found = recorded(problem, problem.solution, program, own=True)
    for path in sorted((problem.folder / "accepted").glob("*.py")):
        found += recorded(problem, path.read_text(encoding="utf-8"), program, own=False)
    return found


def recorded(problem: Problem, source: str, program: Program, *, own: bool) -> list[RightValue]:
    """The values of one file; none where it can't be run in this way."""
    try:
        code, expressions, numpy = _wrapped_code(source, problem.slug)
    except (SyntaxError, ValueError, RecursionError):  # of a mistake that was put together
        return []
    recorder = _Recorder(own, expressions)
    name = f"_recorded_{problem.slug}"
    module = sys.modules[name] = ModuleType(name)  # where dataclasses look for it
    setattr(module, SEEN, recorder.seen)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, vars(module))
        recorder.begin()
        with limited(code.co_filename, MOST_LINES):
            kind = ArrayReference(source, vars(module), tolerant=True) if numpy and not problem.plain else None
            (kind or reference_of(problem, source, vars(module), tolerant=True)).answers(program)
    except STUMBLES:
        return recorder.found if own else []
    except TooManyLines:
        pass
    finally:
        del sys.modules[name]
    return recorder.found + recorder.gradients()


@functools.lru_cache(MOST_FILES)
def _wrapped_code(source: str, slug: str) -> tuple[CodeType, tuple[tuple[str, str, int], ...], bool]:
    """A file with its expressions wrapped: its code, the name, text and line of each expression, and whether it is in NumPy."""
    parsed = ast.parse(source)
    numpy = is_numpy(parsed)
    wrapping = _Wrapping()
    tree = ast.fix_missing_locations(wrapping.visit(parsed))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(tree, f"<{slug} with its values>", "exec", dont_inherit=True)
    return code, tuple(wrapping.expressions), numpy


class _Recorder:
    """Keeps the values of one file."""

    def __init__(self, own: bool, expressions: Sequence[tuple[str, str, int]]) -> None:
        self.found: list[RightValue] = []
        self.expressions = expressions
        self._own = own
        self._known: dict[tuple[Any, ...], RightValue] = {}
        self._on = False

    def begin(self) -> None:
        """The file is loaded, and is asked."""
        self._on = True

    def seen(self, number: int, value: Any) -> Any:
        """Keep what an expression gave, and give it on."""
        if self._on:
            tracked = isinstance(value, torch.Tensor) and value.requires_grad
            for array in arrays_in(value):
                kept = self._keep(array, self.expressions[number], tracked, float_dtype(value))
                if tracked and kept is not None:
                    value.register_hook(functools.partial(_keep_gradient, kept.gradients))
        return value

    def gradients(self) -> list[RightValue]:
        """The gradients that came back, as values: a backward pass that is written by hand makes them."""
        return [
            RightValue(gradient, "", f"the gradient of {each.text}", each.line, len(self.found), self._own)
            for each in self.found
            for gradient in each.gradients[:1]
        ]

    def _keep(
        self, array: np.ndarray[Any, Any], expression: tuple[str, str, int], tracked: bool, dtype: str
    ) -> RightValue | None:
        name, text, line = expression
        key = (name, array.shape, array.dtype.kind, array.tobytes())
        if key not in self._known:
            if len(self.found) >= MOST_KEPT:
                self._on = False  # looking at more would only take time
                return None
            self._known[key] = RightValue(array, name, text, line, len(self.found), self._own, tracked, [], dtype)
            self.found.append(self._known[key])
        return self._known[key]


def _keep_gradient(gradients: list[np.ndarray[Any, Any]], gradient: torch.Tensor) -> None:
    """Keep a gradient that came back to a value."""
    found = as_numbers(gradient)
    if found is not None and len(gradients) < MOST_GRADIENTS:
        gradients.append(found)


def float_dtype(value: Any) -> str:
    """The dtype of a tensor or array of floats: "float32". "" for anything else."""
    name = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return name if "float" in name else ""


def arrays_in(value: Any, most: int = MOST_NUMBERS) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays of a value as float64, int64 or bool: itself, or the items of a list or tuple. Numbers are arrays without axes.

    Args:
        value: it.
        most: how many numbers an array may have; larger ones are left out.
    """
    if isinstance(value, (list, tuple)):
        together = _plain(np.asarray(value)) if value and all(type(item) in PLAIN for item in value) else None
        if together is not None:
            yield together
        for item in value[:64]:
            yield from arrays_in(item, most)
        return
    array = as_numbers(value, most)
    if array is not None:
        yield array


def as_numbers(value: Any, most: int = MOST_NUMBERS) -> np.ndarray[Any, Any] | None:
    """A tensor, array or number as float64, int64 or bool, in memory of its own; None for anything else."""
    if isinstance(value, torch.Tensor):
        if value.numel() > most or value.is_complex():
            return None
        with contextlib.suppress(*STUMBLES):  # a tensor of torch.func has no numbers of its own
            value = value.detach()
            wide = value.double() if value.is_floating_point() else value
            return _plain(wide.numpy().copy())
        return None
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(np.array(value)) if value.size <= most else None
    return _plain(np.asarray(value)) if type(value) in PLAIN else None


def _plain(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    return array if array.dtype.kind == "b" else None


class _Wrapping(ast.NodeTransformer):
    """Wraps the expressions of a file's functions, and what its statements assign."""

    def __init__(self) -> None:
        self.expressions: list[tuple[str, str, int]] = []

    def _wrapped(self, node: ast.expr, name: str = "", text: str = "") -> ast.expr:
        self.expressions.append((name, text or ast.unparse(node)[:80], node.lineno))
        number = ast.Constant(len(self.expressions) - 1)
        return ast.copy_location(ast.Call(ast.Name(SEEN, ast.Load()), [number, node], []), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [new for each in node.body for new in _as_list(self.visit(each))]
        given = [
            each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if each.arg != "self"
        ]
        kept = []
        for name in given:
            read = ast.copy_location(ast.Name(name, ast.Load()), node)
            kept.append(ast.copy_location(ast.Expr(self._wrapped(read, base_name(name), name)), node))
        place = 1 if ast.get_docstring(node) is not None else 0
        node.body[place:place] = kept
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        text = ast.unparse(node.value)[:80]
        node.value = self.visit(node.value)
        match node.targets:
            case [ast.Name(id=name)]:
                node.value = self._wrapped(node.value, base_name(name), text)
            case [ast.Tuple(elts=parts)] if all(isinstance(part, ast.Name) for part in parts):
                return [node, *(self._look(part, text, node) for part in parts)]  # type: ignore[return-value]
            case [ast.Attribute(attr=name)]:
                node.value = self._wrapped(node.value, base_name(name), text)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            text = ast.unparse(node.value)[:80]
            node.value = self.visit(node.value)
            if isinstance(node.target, ast.Name):
                node.value = self._wrapped(node.value, base_name(node.target.id), text)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        text = f"{ast.unparse(node)}"[:80]
        node.value = self.visit(node.value)
        looked_at = isinstance(node.target, (ast.Name, ast.Attribute))
        return [node, self._look(node.target, text, node)] if looked_at else node  # type: ignore[return-value]

    def _look(self, target: ast.expr, text: str, near: ast.stmt) -> ast.stmt:
        """A statement that reads what has been assigned."""
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        read = ast.copy_location(ast.parse(ast.unparse(target), mode="eval").body, near)
        ast.increment_lineno(read, near.lineno - 1)
        return ast.copy_location(ast.Expr(self._wrapped(read, base_name(name), text)), near)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.body = self.visit(node.body)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        numbers = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.IfExp)
        if isinstance(node, numbers) or (
            isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Load)
        ):
            return self._wrapped(node)
        return node


def _as_list(found: Any) -> list[ast.stmt]:
    return found if isinstance(found, list) else [found]


def base_name(name: str) -> str:
    """A name without its shape suffix and what it hangs on: "scores" for "self.scores_BHTS"."""
    return SUFFIX.sub("", name.rpartition(".")[2]).lower()
