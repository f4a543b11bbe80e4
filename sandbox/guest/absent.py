"""Imports of packages that are not there. One at the top of a file that nothing uses is no reason not to judge the file.

Such an import is replaced by an object that raises, when it is used, what the import raised. Imports inside `try`, in functions and in
classes stay as they are: the file handles them itself, or nobody may ever reach them.
"""

from __future__ import annotations

import sys
from typing import Any

MAKER = "__absent__"  # what the code calls that takes the place of an import
MOST = 16  # packages that one file may miss
# Carried out in the file's own module, so that the file gets no function of this package into its hands. Whatever is done with the object
# raises; `__class__`, `__repr__` and their like stay, for whoever only looks at it.
SOURCE = """
def __absent__(package):
    def raise_it(*args, **kwargs):
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    uses = "getattr call mro_entries getitem setitem iter next len bool contains enter exit add radd sub rsub mul rmul matmul rmatmul " \\
        "truediv rtruediv neg lt gt le ge array float int index"
    return type("Absent", (), {f"__{use}__": raise_it for use in uses.split()})()
"""


def missing_of(error: BaseException, known: list[str], forbidden: list[str]) -> str:
    """The package whose import failed, where it may be replaced; "" where it may not.

    Args:
        error: what loading a file raised.
        known: packages that are replaced already.
        forbidden: packages that may not be imported.
    """
    name = error.name if type(error) is ModuleNotFoundError and type(error.name) is str else ""
    package = name.partition(".")[0]
    banned = package in forbidden or package in sys.stdlib_module_names
    return "" if banned or package in known or len(known) >= MOST else package


def without(source: str, filename: str, packages: list[str]) -> Any:
    """The syntax tree of a file without its imports of these packages at the top of the file; None where nothing was replaced."""
    import ast  # only few files need it

    try:
        tree = ast.parse(source, filename)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    replaced = 0

    def assignment(statement: ast.stmt, name: str, package: str) -> ast.stmt:
        call = ast.Call(ast.Name(MAKER, ast.Load()), [ast.Constant(package)], [])
        return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], call), statement)

    def part(statement: ast.stmt) -> list[ast.stmt]:
        """What takes the place of a statement."""
        nonlocal replaced
        if isinstance(statement, (ast.If, ast.With, ast.For, ast.While)):
            statement.body = body(statement.body)
            if not isinstance(statement, ast.With):
                statement.orelse = body(statement.orelse)
            return [statement]
        if isinstance(statement, ast.Import):
            tops = [(each, each.name.partition(".")[0]) for each in statement.names]
            left = [each for each, top in tops if top not in packages]
            made = [assignment(statement, each.asname or top, top) for each, top in tops if top in packages]
            replaced += len(made)
            return [ast.copy_location(ast.Import(left), statement), *made] if left and made else made or [statement]
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            top = (statement.module or "").partition(".")[0]
            if top in packages and all(each.name != "*" for each in statement.names):
                replaced += 1
                return [assignment(statement, each.asname or each.name, top) for each in statement.names]
        return [statement]

    def body(statements: list[ast.stmt]) -> list[ast.stmt]:
        return [new for statement in statements for new in part(statement)]

    tree.body = body(tree.body)
    return ast.fix_missing_locations(tree) if replaced else None
