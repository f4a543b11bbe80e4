"""The statements of a file: lines, what is assigned, what is used."""

from __future__ import annotations

import ast
from textwrap import dedent

from judge.source.statements import MOST_PLACES, Place, places_of


def places(source: str) -> list[Place]:
    return places_of(ast.parse(dedent(source)))


def assigned(source: str) -> list[tuple[int, tuple[str, ...]]]:
    body = "".join(f"    {line}\n" for line in dedent(source).strip().split("\n"))
    return [(each.head - 1, each.paths) for each in places(f"def f():\n{body}") if each.name != "f"]


def test_every_way_to_assign() -> None:
    assert assigned(
        """
        a = b = 1
        a, (b, *c), _ = x
        a += 1
        a: int = 2
        a: int
        self.a.b = 3
        a[0], self.t["k"] = 4, 5
        x.add_(1)
        outputs.append(a)
        nn.init.zeros_(self.w)
        print(a)
        if (n := len(a)) > 2: pass
        f().a = 1
        """
    ) == [
        (1, ("a", "b")),
        (2, ("a", "b", "c")),
        (3, ("a",)),
        (4, ("a",)),
        (5, ()),
        (6, ("self.a.b",)),
        (7, ("a", "self.t")),
        (8, ("x",)),
        (9, ("outputs",)),
        (10, ("nn.init", "self.w")),
        (11, ()),
        (12, ("n",)),
        (13, ()),
    ]


def test_blocks_are_entered_and_heads_stand_alone() -> None:
    found = places(
        """
        def f(x):
            for i, row in enumerate(x):
                with open(row) as file:
                    a = file
            else:
                b = 1
            while x:
                try:
                    c = 1
                except ValueError:
                    d = 1
                finally:
                    e = 1
            return (
                a,
            )
        """
    )
    assert [(each.kind, each.first, each.last, each.paths, each.body) for each in found] == [
        ("function", 2, 2, ("x",), (0, 0)),
        ("body", 3, 3, ("i", "row"), (4, 5)),
        ("body", 4, 4, ("file",), (5, 5)),
        ("assign", 5, 5, ("a",), (0, 0)),
        ("assign", 7, 7, ("b",), (0, 0)),
        ("assign", 8, 8, (), (0, 0)),
        ("assign", 10, 10, ("c",), (0, 0)),
        ("assign", 12, 12, ("d",), (0, 0)),
        ("assign", 14, 14, ("e",), (0, 0)),
        ("return", 15, 17, (), (0, 0)),
    ]


def test_functions_methods_and_nested_ones() -> None:
    found = places(
        """
        class A:
            @decorated(
                1
            )
            def method(self, a, /, b, *rest, c, **more):
                def inner(y):
                    return y
                return inner(a)
        """
    )
    functions = [(each.name, each.first, each.head, each.paths) for each in found if each.kind == "function"]
    assert functions == [("method", 3, 6, ("a", "b", "rest", "c", "more")), ("inner", 7, 7, ("y",))]
    returns = {found[each.function].name: each.first for each in found if each.kind == "return"}
    assert returns == {"method": 9, "inner": 8}


def test_statements_on_one_line_are_one_place() -> None:
    assert assigned("a = 1; b = 2\nif a: c = 3\nfor i in a: d = i") == [(1, ("a", "b")), (2, ("c",)), (3, ("i", "d"))]
    (_, place) = places("def f(x):\n    if x: return 1\n")
    assert place.kind == "return"


def test_what_a_statement_uses_stands_in_order() -> None:
    (_, place) = places("def f(q, k):\n    s = (q @ k.T + [i for i in k]) * self.scale\n")
    assert place.uses == ("q", "k.T", "k", "i", "self.scale", "self")


def test_what_is_filled_bit_by_bit() -> None:
    found = places("def f(x):\n    y = x\n    y[0] = 1\n    y.append(1)\n    z += 1\n")
    assert [each.partial for each in found] == [(), (), ("y",), ("y",), ()]


def test_a_file_of_any_length_or_depth_is_read() -> None:
    chain = "if x:\n    a = 1\n" + "".join(f"elif x == {n}:\n    a = {n}\n" for n in range(900))
    deep = "a = " + "+".join(["1"] * 2000)
    body = "".join(f"    {line}\n" for line in (chain + deep).split("\n"))
    assert len(places(f"def f(x):\n{body}")) > 1800
    many = "\n".join(f"def f{n}(): return 1" for n in range(MOST_PLACES))
    assert len(places(many)) == MOST_PLACES
