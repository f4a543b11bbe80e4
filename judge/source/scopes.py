"""Which names a file binds, where, and to what: Python's scoping rules over a syntax tree, running nothing.

The walk is a loop, not a recursion, so that no nesting is too deep for it. What stands under
`if __name__ == "__main__":` is left out, since it is not run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum, auto

MOST_STARS = 24  # modules of which everything is imported, that are followed

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class ScopeKind(Enum):
    """What opens a scope."""

    MODULE = auto()
    FUNCTION = auto()
    CLASS = auto()
    COMPREHENSION = auto()


@dataclass(eq=False)
class Scope:
    """A region in which names are bound.

    Attributes:
        bound: the names that are bound here, own ones included.
        elsewhere: names that `global` or `nonlocal` sends to another scope, and whether to the module's.
    """

    kind: ScopeKind
    parent: Scope | None = None
    bound: set[str] = field(default_factory=set)
    elsewhere: dict[str, bool] = field(default_factory=dict)

    def module(self) -> Scope:
        """The outermost scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def holder(self, name: str) -> Scope | None:
        """The scope that a name read here comes from; None where the file does not bind it."""
        scope: Scope | None = self
        while scope is not None:
            visible = scope is self or scope.kind is not ScopeKind.CLASS
            if visible and scope.elsewhere.get(name):
                return scope.module() if name in scope.module().bound else None
            if visible and name in scope.bound and name not in scope.elsewhere:
                return scope
            scope = scope.parent
        return None

    def target(self, name: str) -> Scope:
        """The scope in which an assignment to `name` that stands here binds it."""
        if self.elsewhere.get(name):
            return self.module()
        if name in self.elsewhere and self.parent is not None:
            return self.parent.holder(name) or self
        return self


@dataclass(frozen=True, eq=False)
class Binding:
    """A name given a value.

    Attributes:
        scope: where the statement stands.
        path: dotted name of what was imported.
        node: the expression it was assigned; None where it can't be told.
    """

    scope: Scope
    name: str
    path: str | None = None
    node: ast.expr | None = None


Placed = tuple[ast.AST, Scope]


class Scopes:
    """All scopes, bindings and nodes of a file, read once.

    Attributes:
        order: every node that counts with its scope, children before parents.
        bindings: every binding, in source order.
        stars: modules of `from module import *`.
    """

    def __init__(self, tree: ast.AST) -> None:
        self.root = Scope(ScopeKind.MODULE)
        self.order: list[Placed] = []
        self.bindings: list[Binding] = []
        self.stars: list[str] = []
        self.guards_hold = not any(
            isinstance(node, ast.Name) and node.id == "__name__" and not isinstance(node.ctx, ast.Load)
            for node in ast.walk(tree)
        )
        self.walk(tree)
        for binding in self.bindings:
            binding.scope.target(binding.name).bound.add(binding.name)

    def walk(self, tree: ast.AST) -> None:
        """Fill `order`, without recursion."""
        stack: list[tuple[ast.AST, Scope, bool]] = [(tree, self.root, False)]
        while stack:
            node, scope, done = stack.pop()
            if done:
                self.order.append((node, scope))
                continue
            stack.append((node, scope, True))
            stack.extend((child, where, False) for child, where in reversed(self.children(node, scope)))

    def children(self, node: ast.AST, scope: Scope) -> list[Placed]:
        """The parts of a node with the scope that each is evaluated in; notes what the node binds."""
        self.note_bindings(node, scope)
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                return self.function(node, scope)
            case ast.ClassDef():
                inner = Scope(ScopeKind.CLASS, scope)
                outside = [*node.decorator_list, *node.bases, *node.keywords]
                return [(part, scope) for part in outside] + [(part, inner) for part in node.body]
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self.comprehension(node, scope)
            case ast.If() | ast.IfExp() if self.guards_hold and (run := parts_that_run(node)) is not None:
                return [(part, scope) for part in run]
        return [(child, scope) for child in ast.iter_child_nodes(node)]

    def function(self, node: Function, scope: Scope) -> list[Placed]:
        """Decorators, defaults and annotations belong outside, the body inside."""
        inner = Scope(ScopeKind.FUNCTION, scope)
        spec = node.args
        positional = [*spec.posonlyargs, *spec.args]
        defaults: dict[str, ast.expr | None] = {arg.arg: None for arg in positional + spec.kwonlyargs}
        if spec.defaults:
            defaults.update(zip([arg.arg for arg in positional[-len(spec.defaults) :]], spec.defaults, strict=True))
        defaults.update({arg.arg: value for arg, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)})
        defaults.update({arg.arg: None for arg in (spec.vararg, spec.kwarg) if arg is not None})
        for name, default in defaults.items():
            self.bindings.append(Binding(inner, name, node=default))
        if isinstance(node, ast.Lambda):
            return [(spec, scope), (node.body, inner)]
        outside = [*node.decorator_list, spec, *([node.returns] if node.returns else [])]
        return [(part, scope) for part in outside] + [(part, inner) for part in node.body]

    def comprehension(self, node: Comprehension, scope: Scope) -> list[Placed]:
        """The first iterable belongs outside, all else inside."""
        inner = Scope(ScopeKind.COMPREHENSION, scope)
        first = node.generators[0]
        parts: list[Placed] = [(first.iter, scope)]
        for generator in node.generators:
            self.assign(generator.target, None, inner)
            parts += [] if generator is first else [(generator.iter, inner)]
            parts += [(generator.target, inner), *((test, inner) for test in generator.ifs)]
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return parts + [(part, inner) for part in results]

    def note_bindings(self, node: ast.AST, scope: Scope) -> None:
        """Note the names that this node itself binds."""
        match node:
            case ast.Import() | ast.ImportFrom():
                self.imports(node, scope)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                self.bindings.append(Binding(scope, name))
            case ast.Assign():
                for target in node.targets:
                    self.assign(target, node.value, scope)
            case ast.AnnAssign(value=value):
                self.assign(node.target, value, scope)
            case ast.NamedExpr():
                self.assign(node.target, node.value, outside_comprehensions(scope))
            case ast.For() | ast.AsyncFor() | ast.AugAssign():
                self.assign(node.target, None, scope)
            case ast.withitem(optional_vars=ast.expr() as target):
                self.assign(target, None, scope)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                scope.elsewhere.update({name: isinstance(node, ast.Global) for name in names})
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                self.bindings.append(Binding(scope, name))
            case ast.MatchMapping(rest=str(name)):
                self.bindings.append(Binding(scope, name))

    def imports(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        """Bind what an import statement names."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.split(".")[0]
                self.bindings.append(Binding(scope, name, path=alias.name if alias.asname else name))
            elif alias.name == "*":
                if node.module and not node.level and node.module not in self.stars and len(self.stars) < MOST_STARS:
                    self.stars.append(node.module)
            else:
                path = f"{node.module}.{alias.name}" if node.module and not node.level else None
                self.bindings.append(Binding(scope, alias.asname or alias.name, path=path))

    def assign(self, target: ast.expr, value: ast.expr | None, scope: Scope) -> None:
        """Bind the names of an assignment's left side; part by part where both sides are written out."""
        stack = [(target, value)]
        while stack:
            part, source = stack.pop()
            if isinstance(part, ast.Name):
                self.bindings.append(Binding(scope, part.id, node=source))
            elif isinstance(part, ast.Starred):
                stack.append((part.value, None))
            elif isinstance(part, ast.Tuple | ast.List):
                stack += zip(part.elts, parts_of(source, part), strict=True)


def parts_of(source: ast.expr | None, target: ast.Tuple | ast.List) -> list[ast.expr] | list[None]:
    """What each part of a target is assigned; None where that can't be told."""
    if isinstance(source, ast.Tuple | ast.List) and len(source.elts) == len(target.elts):
        starred = any(isinstance(part, ast.Starred) for part in [*source.elts, *target.elts])
        return [None] * len(target.elts) if starred else source.elts
    return [None] * len(target.elts)


def outside_comprehensions(scope: Scope) -> Scope:
    """Where `:=` binds."""
    while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
        scope = scope.parent
    return scope


def parts_that_run(node: ast.If | ast.IfExp) -> list[ast.AST] | None:
    """What of a main guard is run when the file is imported; None where the node is no main guard."""
    test = node.test
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        test = test.values[0]
    is_main = compares_main(test)
    if is_main is None or (not is_main and test is not node.test):
        return None
    left = node.orelse if is_main else node.body
    return list(left) if isinstance(left, list) else [left]


def compares_main(test: ast.expr) -> bool | None:
    """True for `__name__ == "__main__"` in either order, False for `!=`, None for anything else."""
    match test:
        case ast.Compare(
            left=ast.Name(id="__name__") | ast.Constant(value="__main__") as left,
            ops=[ast.Eq() | ast.NotEq() as operator],
            comparators=[ast.Name(id="__name__") | ast.Constant(value="__main__") as right],
        ) if type(left) is not type(right):
            return isinstance(operator, ast.Eq)
    return None
