"""Mutants of a reference: small changes of its syntax tree that matter in tensor code. A problem's checks must reject each of them.

Mutation testing after DeMillo, Lipton and Sayward, "Hints on Test Data Selection" (1978). The operators are those of mistakes
that people make: a factor or a term dropped, a sign turned, another axis, a transposition dropped, off by one, `<` for `<=`, a
mask inverted, a gradient cut, precision lost, arguments swapped, an input changed in place.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

import msgspec

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
TURNED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
DROPPED_METHODS = frozenset(
    {"transpose", "permute", "contiguous", "flatten", "clone", "double", "squeeze", "unsqueeze"}
)
WHOLE_NUMBERS = frozenset({"arange", "argmax", "argsort", "argmin", "bool", "long", "tril", "triu"})
IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}


class Mutant(msgspec.Struct, frozen=True):
    """The reference with one change.

    Attributes:
        change: what was changed, as the old and the new code: "a * b -> a".
        line: in the reference.
        source: of the whole file.
    """

    change: str
    line: int
    source: str

    @property
    def name(self) -> str:
        """The line and the change."""
        return f"line {self.line}: {self.change}"


def mutants(source: str, *, gradients: bool = True) -> list[Mutant]:
    """Every mutant of a file, each once, in the order of its lines.

    What stands in docstrings, annotations and messages is left alone; so are gradients where none are recorded, and what can't be
    seen on one processor (`device=`).

    Args:
        source: of the reference.
        gradients: the problem asks for them.
    """
    tree = ast.parse(source)
    found: dict[str, Mutant] = {}
    without_gradient = _lines_without_gradient(tree)
    for path, node in _places(tree):
        for new in _changes(node):
            if _cuts(new) and not (gradients and getattr(node, "lineno", 0) not in without_gradient):
                continue
            if (mutant := _mutant(tree, path, node, new)) is not None:
                found.setdefault(mutant.source, mutant)
    found.pop(ast.unparse(tree), None)
    return sorted(found.values(), key=lambda mutant: mutant.line)


def _lines_without_gradient(tree: ast.AST) -> frozenset[int]:
    """Lines of functions under torch.no_grad."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("no_grad" in ast.unparse(each) for each in node.decorator_list):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(lines)


def _cuts(new: ast.AST) -> bool:
    """Whether a change cuts the gradient."""
    return isinstance(new, ast.Assign) and ast.unparse(new.value).endswith(".detach()")


Path = tuple[tuple[str, int | None], ...]


def _places(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of functions' and classes' bodies, with the way to it from the root."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment", "decorator_list", "bases"):
            continue
        items = value if isinstance(value, list) else [value]
        for place, item in enumerate(items):
            if not isinstance(item, ast.AST) or isinstance(
                item, (ast.Import, ast.ImportFrom, ast.Raise, ast.expr_context)
            ):
                continue
            if isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant):
                continue  # a docstring
            here = (*path, (field, place if isinstance(value, list) else None))
            yield here, item
            yield from _places(item, here)


def _mutant(tree: ast.Module, path: Path, node: ast.AST, new: ast.AST) -> Mutant | None:
    changed = copy.deepcopy(tree)
    parent: ast.AST = changed
    for field, place in path[:-1]:
        value = getattr(parent, field)
        parent = value if place is None else value[place]
    field, place = path[-1]
    if place is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[place] = new
    ast.fix_missing_locations(changed)
    try:
        source = ast.unparse(changed)
        compile(source, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    line = getattr(node, "lineno", 0)
    return Mutant(f"{_short(node)} -> {_short(new)}", line, source)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:67] + "..."


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
        case ast.Compare(ops=[operator]) if type(operator) in COMPARED:
            yield _with(node, ops=[COMPARED[type(operator)]()])
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            yield from _of_number(-ast.literal_eval(node.operand))
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as number):
            yield from _of_number(number)
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Call():
            yield from _of_call(node)
        case ast.Slice(lower=lower, upper=upper):
            yield from _of_slice(node, lower, upper)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.rpartition("_")[
            2
        ].isupper() and _holds_numbers(value):
            yield _with(node, value=ast.Call(ast.Attribute(value, "detach", ast.Load()), [], []))
            yield _with(node, value=ast.Call(ast.Attribute(value, "float", ast.Load()), [], []))
        case ast.AugAssign():
            yield ast.Assign([node.target], node.value)
        case ast.If(orelse=[]):
            yield ast.Pass()
        case ast.IfExp(body=body, orelse=orelse):
            yield body
            yield orelse
        case ast.BoolOp(values=[first, second]):
            yield first
            yield second
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def _holds_numbers(value: ast.expr) -> bool:
    """Whether it may be a floating tensor: no comparison, no mask, no positions."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr not in WHOLE_NUMBERS
    return not isinstance(value, (ast.Compare, ast.BoolOp, ast.Constant))


def _with(node: ast.AST, **fields: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    operator = type(node.op)
    if operator in (ast.Mult, ast.Div, ast.Add, ast.Sub):
        yield node.left
    if operator in (ast.Mult, ast.Add):
        yield node.right
    if operator in (ast.Mult, ast.Div):
        yield ast.BinOp(node, ast.Mult(), ast.Constant(2))
    if operator in TURNED:
        yield _with(node, op=TURNED[operator]())
    if operator in IN_PLACE and isinstance(node.left, ast.Name) and not isinstance(node.right, ast.Constant):
        yield ast.Call(ast.Attribute(node.left, IN_PLACE[operator], ast.Load()), [node.right], [])


def _of_number(value: float) -> Iterator[ast.AST]:
    if isinstance(value, int):
        for other in (value + 1, value - 1):
            yield ast.Constant(other) if other >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-other))
    else:
        yield ast.Constant(value * 2 if value else 1.0)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in DROPPED_METHODS:
        yield node.func.value
    plain = not any(isinstance(arg, ast.Starred) for arg in node.args)
    if plain and len(node.args) >= 2 and not all(isinstance(arg, (ast.Constant, ast.UnaryOp)) for arg in node.args[:2]):
        first, second, *rest = node.args
        yield _with(node, args=[second, first, *rest])
    for place, keyword in enumerate(node.keywords):
        if keyword.arg == "device":
            continue
        yield _with(node, keywords=[*node.keywords[:place], *node.keywords[place + 1 :]])


def _of_slice(node: ast.Slice, lower: ast.expr | None, upper: ast.expr | None) -> Iterator[ast.AST]:
    if lower is not None:
        yield _with(node, lower=None)
        yield _with(node, lower=ast.BinOp(lower, ast.Add(), ast.Constant(1)))
    if upper is not None:
        yield _with(node, upper=None)
        yield _with(node, upper=ast.BinOp(upper, ast.Sub(), ast.Constant(1)))
