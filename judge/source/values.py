"""What the expressions of a file may stand for: library objects by dotted name, and constant text. Nothing is run.

An expression may have several values (a name bound twice), and has none where it can't be told: a parameter, the
result of a call, anything the file defines itself. Values are found in rounds over all expressions, until nothing
changes.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from judge.source.scopes import Binding, Scope, Scopes

MOST_ROUNDS = 8
MOST_VALUES = 24
LONGEST_TEXT = 10_000
LONGEST_EDITED_TEXT = 300
LONGEST_PATH = 300
LARGEST_ITEMS = 500
WIDTH_IN_PATTERN = re.compile(r"%[^a-zA-Z%]*[\d*]|[{][^}]*:")


@dataclass(frozen=True)
class Path:
    """An object of a library, by the dotted name it was reached by."""

    name: str


@dataclass(frozen=True)
class Text:
    """A constant string."""

    value: str


@dataclass(frozen=True)
class Namespace:
    """The `__dict__` of a library object; of the file itself where `path` is None."""

    path: str | None


@dataclass(frozen=True)
class Items:
    """A tuple, list or set; with keys, a dict.

    Attributes:
        size: how many values it holds, those of the tuples in it included.
    """

    values: tuple[Values, ...]
    keys: tuple[str, ...]
    size: int


@dataclass(frozen=True)
class Getter:
    """What `operator.attrgetter` gives."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """A method of a value that is not a library object."""

    owner: Text | Namespace | Items
    name: str


Value = Path | Text | Namespace | Items | Getter | Method
Values = tuple[Value, ...]

IMPORTERS = {"importlib.import_module", "importlib.__import__", "builtins.__import__", "importlib.reload"}
RUNNERS = {"builtins.eval", "builtins.exec", "builtins.compile", "torch.jit.CompilationUnit"}
GETTERS = {
    "builtins.getattr",
    "inspect.getattr_static",
    "builtins.object.__getattribute__",
    "builtins.type.__getattribute__",
    "types.ModuleType.__getattribute__",
}
LOCATORS = {"pydoc.locate", "pkgutil.resolve_name", "sys.modules.get", "sys.modules.pop", "sys.modules.__getitem__"}
TEXT_METHODS = {"lower", "upper", "strip", "lstrip", "rstrip", "replace", "title", "capitalize", "swapcase", "format"}
TEXT_METHODS |= {"removeprefix", "removesuffix"}


def union(parts: Iterable[Values]) -> Values:
    """All values of the parts, each once, in order."""
    return tuple(itertools.islice(dict.fromkeys(itertools.chain.from_iterable(parts)), MOST_VALUES))


def texts(values: Values) -> list[str]:
    """The strings among the values."""
    return [value.value for value in values if isinstance(value, Text)]


def paths(values: Values) -> list[str]:
    """The dotted names among the values."""
    return [value.name for value in values if isinstance(value, Path)]


def sequences(values: Values) -> list[Items]:
    """The tuples and lists among the values."""
    return [value for value in values if isinstance(value, Items) and not value.keys]


def text(value: str) -> Values:
    """A string as a value, where it is short enough to keep."""
    return (Text(value),) if len(value) <= LONGEST_TEXT else ()


def path(name: str) -> Values:
    """A library object, or its `__dict__`, as a value."""
    if len(name) > LONGEST_PATH:
        return ()
    return (Namespace(name.removesuffix(".__dict__")) if name.endswith(".__dict__") else Path(name),)


def items(values: tuple[Values, ...], keys: tuple[str, ...] = ()) -> Values:
    """A tuple or a dict as a value, where it is small enough to keep."""
    size = 1 + sum(value.size if isinstance(value, Items) else 1 for part in values for value in part)
    return (Items(values, keys, size),) if size <= LARGEST_ITEMS else ()


class Evaluation:
    """The values of every expression of a file.

    Attributes:
        scopes: the file's scopes and nodes.
        enclosing: looks up a name that the file does not bind (for code in a string: in the file around it).
    """

    def __init__(self, tree: ast.AST, enclosing: Callable[[str], Values] | None = None) -> None:
        self.scopes = Scopes(tree)
        self.enclosing = enclosing
        self.bound: dict[tuple[Scope, str], Values] = {}
        self.known: dict[ast.AST, Values] = {}
        for _ in range(MOST_ROUNDS):
            for node, scope in self.scopes.order:
                if isinstance(node, ast.expr) and (found := self.evaluate(node, scope)):
                    self.known[node] = found
            if not self.bind():
                break

    def bind(self) -> bool:
        """Give the names what their expressions were found to be; whether that was new."""
        found: dict[tuple[Scope, str], list[Values]] = {}
        for binding in self.scopes.bindings:
            key = (binding.scope.target(binding.name), binding.name)
            found.setdefault(key, []).append(self.given(binding))
        before, self.bound = self.bound, {key: union(parts) for key, parts in found.items()}
        return before != self.bound

    def given(self, binding: Binding) -> Values:
        """The values that one binding gives its name."""
        if binding.path is not None:
            return path(binding.path)
        values = self.of(binding.node)
        for step in binding.steps:
            values = union(element(value, step) for value in values)
        return values

    def of(self, node: ast.AST | None) -> Values:
        """The values of an expression, as far as they are known."""
        return self.known.get(node, ()) if node is not None else ()

    def look_up(self, name: str, scope: Scope) -> Values:
        """The values of a name read in a scope."""
        holder = scope.holder(name)
        if holder is not None:
            return self.bound.get((holder, name), ())
        starred = tuple(Path(f"{module}.{name}") for module in self.scopes.stars)
        around = self.enclosing(name) if self.enclosing is not None else builtin(name)
        return union([starred, around])

    def from_star(self, name: str, scope: Scope) -> bool:
        """Whether a name read in a scope can only come from a star import."""
        return bool(self.scopes.stars) and scope.holder(name) is None

    def evaluate(self, node: ast.expr, scope: Scope) -> Values:
        """The values of an expression, from those of its parts."""
        match node:
            case ast.Name(ctx=ast.Load()):
                return self.look_up(node.id, scope)
            case ast.Attribute(ctx=ast.Load()):
                return union(attribute(value, node.attr) for value in self.of(node.value))
            case ast.Constant(value=str(value)):
                return text(value)
            case ast.Subscript(ctx=ast.Load()):
                return self.subscript(node, scope)
            case ast.Call():
                return self.call(node, scope)
            case ast.JoinedStr():
                return self.joined([self.of(part) for part in node.values])
            case ast.FormattedValue(conversion=-1, format_spec=None):
                return self.of(node.value)
            case ast.BinOp():
                return self.operation(node)
            case ast.Tuple() | ast.List() | ast.Set() if len(node.elts) <= MOST_VALUES:
                return items(tuple(self.of(part) for part in node.elts))
            case ast.Dict() if len(node.keys) <= MOST_VALUES:
                keys = tuple(next(iter(texts(self.of(key))), "") for key in node.keys)
                return items(tuple(self.of(part) for part in node.values), keys)
            case ast.IfExp():
                return union([self.of(node.body), self.of(node.orelse)])
            case ast.BoolOp():
                return union(self.of(part) for part in node.values)
            case ast.NamedExpr():
                return self.of(node.value)
        return ()

    def joined(self, parts: list[Values], between: str = "") -> Values:
        """Every text that the parts may make when joined."""
        ways = itertools.islice(itertools.product(*(texts(part) for part in parts)), MOST_VALUES)
        return union(text(between.join(way)) for way in ways)

    def operation(self, node: ast.BinOp) -> Values:
        """`+` and `%` on texts, `+` on tuples."""
        left, right = self.of(node.left), self.of(node.right)
        if isinstance(node.op, ast.Mod):
            ways = itertools.islice(itertools.product(texts(left), right), MOST_VALUES)
            return union(formatted(pattern, value) for pattern, value in ways)
        if not isinstance(node.op, ast.Add):
            return ()
        sums = itertools.islice(itertools.product(sequences(left), sequences(right)), MOST_VALUES)
        return union([self.joined([left, right]), *(items(a.values + b.values) for a, b in sums)])

    def subscript(self, node: ast.Subscript, scope: Scope) -> Values:
        """`vars(F)["name"]`, `sys.modules["torch"]`, an element of a tuple, a slice of a text."""
        found: list[Values] = []
        index = constant(node.slice)
        for value in self.of(node.value):
            if isinstance(value, Text) and isinstance(index, slice | int):
                found.append(sliced(value.value, index))
            elif isinstance(value, Items) and isinstance(index, int):
                found.append(element(value, index))
            for key in texts(self.of(node.slice)):
                found.append(path(key) if value == Path("sys.modules") else self.entry(value, key, scope))
        return union(found)

    def entry(self, value: Value, key: str, scope: Scope) -> Values:
        """What a dict holds under a key."""
        match value:
            case Namespace(path=None):
                return self.look_up(key, scope.module())
            case Namespace(path=str(name)):
                return path(f"{name}.{key}")
            case Path(name="builtins"):
                return path(f"builtins.{key}")
            case Items(values=values, keys=keys):
                return union(found for found, name in zip(values, keys, strict=False) if name == key)
        return ()

    def call(self, node: ast.Call, scope: Scope) -> Values:
        """The result of a call whose function is known, and can be told without running it."""
        arguments = [self.of(part) for part in node.args if not isinstance(part, ast.Starred)]
        named = {keyword.arg: self.of(keyword.value) for keyword in node.keywords if keyword.arg}
        return union(self.result(function, arguments, named, scope) for function in self.of(node.func))

    def result(self, function: Value, args: list[Values], named: dict[str, Values], scope: Scope) -> Values:
        """The result of calling one known function."""
        first = args[0] if args else named.get("name", ())
        match function:
            case Getter(names=names):
                return union(path(f"{start}.{name}") for start in paths(first) for name in names)
            case Method(owner=Text(value=value), name=method):
                return self.text_method(value, method, args)
            case Method(owner=owner, name="get" | "pop" | "setdefault" | "__getitem__"):
                return union([*(self.entry(owner, key, scope) for key in texts(first)), *args[1:2]])
            case Path(name=name):
                return self.library_call(name, first, args, named)
        return ()

    def library_call(self, name: str, first: Values, args: list[Values], named: dict[str, Values]) -> Values:
        """The result of a function of Python's own library that reaches others."""
        second = args[1] if len(args) > 1 else ()
        if name in GETTERS:
            reached = [path(f"{start}.{end}") for start in paths(first) for end in texts(second)]
            return union([*reached, *args[2:3]])
        if name.endswith((".__getattribute__", ".__getattr__")):
            return union(path(f"{name.rpartition('.')[0]}.{end}") for end in texts(first))
        if name in IMPORTERS:
            return union([imported(name, first, second + named.get("package", ())), first if "reload" in name else ()])
        if name in LOCATORS:
            return union(path(found.replace(":", ".")) for found in texts(first))
        match name:
            case "operator.attrgetter":
                return union((Getter(tuple(way)),) for way in itertools.islice(itertools.product(*map(texts, args)), 8))
            case "builtins.vars" if args:
                return tuple(Namespace(start) for start in paths(first))
            case "builtins.vars" | "builtins.globals" | "builtins.locals":
                return (Namespace(None),)
            case "torch._C._jit_get_operation":
                return union(path(f"torch.ops.{operator.replace('::', '.')}") for operator in texts(first))
            case "functools.reduce" if args[2:] and paths(first)[:1] == ["builtins.getattr"]:
                chains = [self.joined(list(value.values), ".") for value in second if isinstance(value, Items)]
                return union(path(f"{start}.{end}") for start in paths(args[2]) for end in texts(union(chains)))
            case "operator.getitem":
                return union(self.entry(value, key, self.scopes.root) for value in first for key in texts(second))
        return ()

    def text_method(self, value: str, method: str, args: list[Values]) -> Values:
        """`"".join(...)`, `.replace(...)` and the like on constant texts."""
        if method == "join" and args:
            return union(self.joined(list(part.values), value) for part in args[0] if isinstance(part, Items))
        if method not in TEXT_METHODS or not editable(value):
            return ()
        ways = itertools.islice(itertools.product(*map(texts, args)), MOST_VALUES)
        return union(attempted(getattr(value, method), *way) for way in ways if all(map(editable, way)))


def editable(value: str) -> bool:
    """Whether an edit of this text is sure to stay small."""
    return len(value) <= LONGEST_EDITED_TEXT and not WIDTH_IN_PATTERN.search(value)


def attempted(make: Callable[..., object], *args: object) -> Values:
    """The text that an operation on texts gives; nothing where Python would raise."""
    try:
        made = make(*args)
    except (TypeError, ValueError, LookupError, AttributeError):
        return ()
    return text(made) if isinstance(made, str) else ()


def attribute(value: Value, name: str) -> Values:
    """What `value.name` is."""
    match value:
        case Path(name=start):
            return path(f"{start}.{name}")
        case Text() | Namespace() | Items():
            return (Method(value, name),)
    return ()


def element(value: Value, index: int | None) -> Values:
    """An element of a tuple; any of them where the index is None."""
    if not isinstance(value, Items):
        return ()
    if index is None:
        return union(value.values) if not value.keys else union(text(key) for key in value.keys)
    return value.values[index] if not value.keys and -len(value.values) <= index < len(value.values) else ()


def formatted(pattern: str, value: Value) -> Values:
    """`pattern % value`, for strings."""
    if not editable(pattern):
        return ()
    if isinstance(value, Text):
        return attempted(pattern.__mod__, value.value)
    if not isinstance(value, Items):
        return ()
    ways = itertools.islice(itertools.product(*map(texts, value.values)), MOST_VALUES)
    return union(attempted(pattern.__mod__, way) for way in ways)


def sliced(value: str, index: slice | int) -> Values:
    """`value[index]`."""
    return attempted(value.__getitem__, index)


def constant(node: ast.expr | None) -> slice | int | None:
    """An index that is written out: a number, or a slice of numbers."""
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
        case ast.Slice():
            return slice(constant(node.lower), constant(node.upper), constant(node.step))
    return None


def imported(function: str, names: Values, packages: Values) -> Values:
    """The module that an import by name gives; `__import__` may give its top-level package too."""
    found = []
    for name in texts(names):
        if name.startswith("."):
            found += [package + "." + name.lstrip(".") for package in texts(packages)]
        else:
            found += [name] if function.endswith("import_module") else [name, name.partition(".")[0]]
    return union(path(name) for name in found)


def builtin(name: str) -> Values:
    """A name that nothing in the file binds: one of Python's own."""
    return (Path("builtins"),) if name == "__builtins__" else (Path(f"builtins.{name}"),)
