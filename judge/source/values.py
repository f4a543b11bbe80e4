"""Which library objects the expressions of a file stand for, by dotted name. Nothing is run.

An expression may have several names (a variable that is assigned twice), and has none where it can't be told: a parameter, the result of
a call, anything the file defines itself. What is followed is how people write: imports, attributes, assignments, and modules that are
asked for by a name that stands there. A name that is only put together while the file runs is the sandbox's part.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable

from judge.source.scopes import Binding, Scope, Scopes

MOST_ROUNDS = 8
MOST_NAMES = 24
LONGEST_NAME = 300

Names = tuple[str, ...]
TELLING = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.IfExp, ast.BoolOp, ast.NamedExpr)
IMPORTERS = {"importlib.import_module", "importlib.__import__", "builtins.__import__"}


def union(parts: Iterable[Names]) -> Names:
    """All names of the parts, each once, in order."""
    return tuple(itertools.islice(dict.fromkeys(itertools.chain.from_iterable(parts)), MOST_NAMES))


class Evaluation:
    """The names of every expression of a file, found in rounds until nothing changes.

    Attributes:
        scopes: the file's scopes and nodes.
    """

    def __init__(self, tree: ast.AST) -> None:
        self.scopes = Scopes(tree)
        self.bound: dict[tuple[Scope, str], Names] = {}
        self.known: dict[ast.AST, Names] = {}
        told = [placed for placed in self.scopes.order if isinstance(placed[0], TELLING)]
        self.bind()  # the imports
        for _ in range(MOST_ROUNDS):
            for node, scope in told:
                if found := self.evaluate(node, scope):
                    self.known[node] = found
            if not self.bind():
                break

    def bind(self) -> bool:
        """Give the variables what their expressions were found to be; whether that was new."""
        found: dict[tuple[Scope, str], list[Names]] = {}
        for binding in self.scopes.bindings:
            key = (binding.scope.target(binding.name), binding.name)
            found.setdefault(key, []).append(self.given(binding))
        before, self.bound = self.bound, {key: union(parts) for key, parts in found.items()}
        return before != self.bound

    def given(self, binding: Binding) -> Names:
        """The names that one binding gives its variable."""
        return self.of(binding.node) if binding.path is None else (binding.path,)

    def of(self, node: ast.AST | None) -> Names:
        """The names of an expression, as far as they are known."""
        return self.known.get(node, ()) if node is not None else ()

    def look_up(self, name: str, scope: Scope) -> Names:
        """The names of a variable read in a scope."""
        holder = scope.holder(name)
        if holder is not None:
            return self.bound.get((holder, name), ())
        return union([(*(f"{module}.{name}" for module in self.scopes.stars), f"builtins.{name}")])

    def from_star(self, name: str, scope: Scope) -> bool:
        """Whether a variable read in a scope can only come from a star import."""
        return bool(self.scopes.stars) and scope.holder(name) is None

    def evaluate(self, node: ast.AST, scope: Scope) -> Names:
        """The names of an expression, from those of its parts."""
        match node:
            case ast.Name(ctx=ast.Load()):
                return self.look_up(node.id, scope)
            case ast.Attribute(ctx=ast.Load()):
                return inside(self.of(node.value), node.attr)
            case ast.Subscript(ctx=ast.Load(), slice=ast.Constant(value=str(key))) if "sys.modules" in self.of(
                node.value
            ):
                return (key,)
            case ast.Call():
                return union(self.called(function, node.args) for function in self.of(node.func))
            case ast.IfExp():
                return union([self.of(node.body), self.of(node.orelse)])
            case ast.BoolOp():
                return union(self.of(part) for part in node.values)
            case ast.NamedExpr():
                return self.of(node.value)
        return ()

    def called(self, function: str, arguments: list[ast.expr]) -> Names:
        """What `getattr(module, "name")` and `import_module("name")` give."""
        match arguments:
            case [start, ast.Constant(value=str(name)), *_] if function == "builtins.getattr":
                return inside(self.of(start), name)
            case [ast.Constant(value=str(name)), *_] if function in IMPORTERS:
                return (name,) if function.endswith("import_module") else (name, name.partition(".")[0])
        return ()


def inside(starts: Names, name: str) -> Names:
    """An attribute of each of these."""
    return tuple(f"{start}.{name}" for start in starts if len(start) + len(name) < LONGEST_NAME)
