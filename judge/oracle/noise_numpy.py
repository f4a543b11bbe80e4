"""A NumPy reference with every operation a little off (Monte Carlo arithmetic), by a rewritten copy of its source.

NumPy has no dispatcher to listen to. A subclass of ndarray would see most operations, but arrays that the reference makes by
`np.zeros` are none of it, and what only they take part in would go by unseen; so would numbers that are no arrays. So the operations
are found where they are written, in the syntax tree:

| written | becomes |
|---|---|
| `a @ b`, `a + b`, `a ** b` | `_made(a @ b)`: the new numbers, off by a random eps each |
| `np.exp(a)`, `a.sum()` | `_called(np.exp(a))`: the same where it made new numbers; views and what others hold as well are left alone |
| `np.exp(a, out=b)` | `_kept(np.exp(a, out=b))`: changed where they lie |
| `a += b`, `a[i] += b` | the same, then `a = _kept(a)` |

Left as they are: what only chooses a number (`max`), memory without numbers (`empty`), comparisons, changes of sign, assignments
into a part (what is assigned has been off already), and calls of the file's own functions, whose operations are rewritten themselves.
"""

from __future__ import annotations

import ast
import sys
from typing import Any

import numpy as np

MADE, CALLED, KEPT = "_made", "_called", "_kept"
ROUNDED = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
SELECTING = {"max", "min", "amax", "amin", "nanmax", "nanmin", "median", "nanmedian", "sort", "partition", "unique"}
SELECTING |= {"take", "take_along_axis"}


class Noise:
    """What the operations of one run pass through.

    Args:
        eps: relative error of one operation.
        seed: of the errors.

    Attributes:
        largest: the largest finite number that any operation produced.
    """

    def __init__(self, eps: float, seed: int) -> None:
        self._eps = eps
        self._random = np.random.Generator(np.random.PCG64(seed))
        self.largest = 0.0

    def made(self, value: Any) -> Any:
        """A value that an operation has just made, a little off."""
        if not _is_real(value):
            return value
        self._look_at(value)
        uniform = self._random.uniform(-0.5, 0.5, np.shape(value))
        noise = uniform + np.where(uniform < 0, -0.5, 0.5)  # less than half an eps would be rounded away
        return value * (1 + self._eps * noise).astype(_dtype(value))

    def called(self, value: Any) -> Any:
        """The same for what a call gave back: perhaps a view, or something that was there before."""
        if isinstance(value, tuple):
            items = [self.made(item) if _is_new(item, among=1) else item for item in value]
            return value._make(items) if hasattr(value, "_make") else tuple(items)
        return self.made(value) if not isinstance(value, np.ndarray) or _is_new(value) else value

    def kept(self, value: Any) -> Any:
        """An array that has just been written into, changed where it lies; any other value made anew."""
        if not isinstance(value, np.ndarray) or not _is_real(value):
            return self.made(value)
        value[...] = self.made(value)
        return value

    def _look_at(self, value: Any) -> None:
        found = np.abs(value)[np.isfinite(value)]
        self.largest = max(self.largest, float(found.max())) if found.size else self.largest


def _is_real(value: Any) -> bool:
    """Whether it is a floating number, or an array of them with something in it."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind == "f" and value.size > 0
    return type(value) is float


def _dtype(value: Any) -> Any:
    return value.dtype if isinstance(value, (np.ndarray, np.generic)) else np.float64


def _is_new(value: Any, among: int = 0) -> bool:
    """Whether an array has memory of its own that nobody else holds; `among`: how many containers hold it."""
    if not isinstance(value, np.ndarray):
        return True
    return value.base is None and sys.getrefcount(value) <= _ONLY_HERE + among


def _references_of_a_new_array() -> int:
    """How often Python counts an array that only `called` holds, when `_is_new` looks at it."""
    found = []

    def look(value: Any) -> None:
        found.append(sys.getrefcount(value))

    def called(value: Any) -> None:
        look(value)

    called(np.zeros(1))
    return found[0]


_ONLY_HERE = _references_of_a_new_array()


class Rough:
    """A NumPy reference whose operations can be disturbed.

    Args:
        source: its text.
        name: of the problem.
    """

    def __init__(self, source: str, name: str) -> None:
        tree = ast.parse(source)
        own = frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef))
        tree = ast.fix_missing_locations(_Rewriting(own).visit(tree))
        self._names: dict[str, Any] = {"__name__": f"_rough_{name}"}
        self.under(Noise(0.0, 0))  # for what is computed while it loads
        exec(compile(tree, f"<{name}, every operation a little off>", "exec", dont_inherit=True), self._names)

    def under(self, noise: Noise) -> dict[str, Any]:
        """What its file defines, under this noise until another is asked for."""
        self._names |= {MADE: noise.made, CALLED: noise.called, KEPT: noise.kept}
        return self._names


class _Rewriting(ast.NodeTransformer):
    """Puts every operation into a call.

    Args:
        own: functions and classes of the file itself.
    """

    def __init__(self, own: frozenset[str]) -> None:
        self._own = own

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """`a + b`."""
        self.generic_visit(node)
        return _passed(MADE, node) if isinstance(node.op, ROUNDED) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """`f(a)`."""
        self.generic_visit(node)
        if any(keyword.arg == "out" for keyword in node.keywords):
            return _passed(KEPT, node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        left = name in SELECTING or name.startswith("empty") or name in self._own or name == "super"
        return node if left else _passed(CALLED, node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt | list[ast.stmt]:
        """`a += b`; a place that is computed by a call is not computed twice."""
        node.value = self.visit(node.value)
        plain = not any(isinstance(part, (ast.Call, ast.NamedExpr)) for part in ast.walk(node.target))
        if not isinstance(node.op, ROUNDED) or not plain:
            return node
        text = ast.unparse(node.target)
        again = ast.parse(f"{text} = {KEPT}({text})").body[0]
        return [node, ast.copy_location(again, node)]


def _passed(through: str, node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(ast.Name(through, ast.Load()), [node], []), node)
