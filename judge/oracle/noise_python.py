"""How sure a reference in plain Python is of its floats: it is run with every operation a little off.

What `judge.oracle.noise_torch.Disturbed` does to torch's operations is done here to Python's own. The reference's syntax tree is rewritten:
each `+ - * / // % **` and each call of a function of `math` passes what it computed through `_rounded`, and `sum` adds one by one
through it. Floats stay floats, so that no reference can tell; integers, texts and lists pass unchanged.
"""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterable
from typing import Any

ROUNDED = "_rounded"
SUMMED = "_summed"
ROUNDING = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)


class Rounding:
    """Multiplies floats by 1 + eps r, 1/2 <= |r| <= 1 (less than half an eps is rounded away).

    Attributes:
        largest: the largest finite number that came by.
    """

    def __init__(self) -> None:
        self.begin(0.0, 0)

    def begin(self, eps: float, seed: int) -> None:
        """From now on with this relative error, drawn from this seed."""
        self._eps = eps
        self._random = random.Random(seed).random
        self.largest = 0.0

    def rounded(self, value: Any) -> Any:
        """What an operation gave, a little off."""
        if type(value) is not float or not math.isfinite(value):
            return value
        self.largest = max(self.largest, abs(value))
        uniform = self._random() - 0.5
        return value * (1 + self._eps * (uniform + math.copysign(0.5, uniform)))

    def summed(self, values: Iterable[Any], start: Any = 0) -> Any:
        """`sum`, each addition a little off."""
        total = start
        for value in values:
            total = self.rounded(total + value)
        return total


class _Rewriting(ast.NodeTransformer):
    """Puts the calls in."""

    def __init__(self, functions: frozenset[str]) -> None:
        self._functions = functions

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """`a + b` is `_rounded(a + b)`."""
        self.generic_visit(node)
        return _called(ROUNDED, node) if isinstance(node.op, ROUNDING) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """`a += b` stays, since it may extend a list in place, and `a = _rounded(a)` comes after it."""
        self.generic_visit(node)
        if not isinstance(node.op, ROUNDING):
            return node
        again = ast.parse(ast.unparse(node.target), mode="eval").body
        return [node, ast.Assign([node.target], _called(ROUNDED, again))]

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`math.exp(x)` is `_rounded(math.exp(x))`, `sum(x)` is `_summed(x)`."""
        self.generic_visit(node)
        match node.func:
            case ast.Name(id="sum"):
                node.func = ast.Name(SUMMED, ast.Load())
            case ast.Attribute(value=ast.Name(id="math")):
                return _called(ROUNDED, node)
            case ast.Name(id=name) if name in self._functions:
                return _called(ROUNDED, node)
        return node


def _called(name: str, node: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [node], [])


def rounding_names(source: str, rounding: Rounding) -> dict[str, Any]:
    """What a reference defines, with every operation passing through `rounding`."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "math"]
    functions = frozenset(alias.asname or alias.name for node in imports for alias in node.names)
    tree = ast.fix_missing_locations(_Rewriting(functions).visit(tree))
    names: dict[str, Any] = {"__name__": "_rounding", ROUNDED: rounding.rounded, SUMMED: rounding.summed}
    exec(compile(tree, "<reference with rounding errors>", "exec", dont_inherit=True), names)
    return names


__all__ = ["Rounding", "rounding_names"]
