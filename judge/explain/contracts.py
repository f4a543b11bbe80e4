"""What is said where a check itself shows the fault, or an exception does: an input is changed, state is kept, sizes do not fit.

No reference is needed for it: what broke is known, and the user's file shows where that can be.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from judge.explain.edits.insertions import in_place_lines, kept_lines
from judge.explain.edits.words import Words
from problems.kinds import Breach
from problems.patterns import OF_FLOAT32

MOST_PLACES = 2  # where there are more, none is named
MOST_LINES = 3
MOST_DRAWS = 4  # lines that draw or seed: where there are more, none is named


class Contract(msgspec.Struct, frozen=True):
    """What is broken.

    Attributes:
        id: "input-changed".
        words: to whoever wrote the file.
        lines: of the file where it may lie.
        fact: what the exception tells of the sizes; "" where nothing.
        leads: whether these lines come before one that a trace shows: that one may only use what was spoilt.
    """

    id: str
    words: Words
    lines: tuple[int, ...] = ()
    fact: str = ""
    leads: bool = False


BROKEN = {
    Breach.INPUT_CHANGED: Words(
        "an input is changed",
        "Which of your lines write into something that you were given?",
        "The caller still holds what you were given. Compute into something new, or copy it first.",
    ),
    Breach.STATE_KEPT: Words(
        "something is kept from an earlier call",
        "What is still there when your function is called again: in the file, in the class, in a default argument?",
        "A call depends on what an earlier call left. Make it anew in each call, or keep it in the object that it belongs to.",
    ),
    Breach.NOT_REGISTERED: Words(
        "a parameter is not registered",
        "What does `parameters()` of your module list?",
        "A module trains, moves and saves its attributes that are an `nn.Parameter` or a module, and what stands in a `ModuleList`.",
    ),
    Breach.NO_ERROR: Words(
        "an error that is asked for is not raised",
        "For which inputs does the statement ask for an exception, and which line of yours looks for each?",
        "An input that the statement forbids is answered as if it were right.",
    ),
    Breach.RANDOM: Words(
        "the result is random where it must not be",
        "Which of your lines draws numbers, and from which generator?",
        "The same call gives different results. Draw from the generator that is given, or not at all.",
    ),
}
DRAWS = Words(
    "the draws are not distributed as they should be",
    "Which of your lines draws, from which generator, and how often: once for each result?",
    "Each single result is possible; how often they come, alone or together, is not right.",
)
DIGITS = Words(
    "computed in fewer digits than the inputs have",
    "Which of your lines makes something of its own dtype, or turns a value into another one?",
    "The inputs are float64, and the result has the digits of float32 and no more: on the way it is float32, or a formula is only near.",
)
FEW_DIGITS = frozenset({"float32", "float16", "bfloat16", "single", "half", "f", "f4", "<f4", "f2", "<f2"})
CASTS = frozenset({"float", "half", "bfloat16"})  # methods of tensors
# What torch makes in float32 where it is not told otherwise.
MAKERS = frozenset({"zeros", "ones", "empty", "full", "linspace", "eye", "rand", "randn"})
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)
GENERATOR = Words(
    "a generator in place of a result",
    "What does a function with `yield` give back when it is called?",
    "A function with `yield` gives back a generator, which has not computed anything yet. Collect the values, and `return` them.",
)
# Calls that set where draws begin, and calls that draw.
SEEDING = frozenset(
    {"manual_seed", "seed", "default_rng", "RandomState", "Random", "set_state", "initial_seed", "fork_rng"}
)
DRAWING = re.compile(
    r"(rand(n|int|perm|om)?(_like)?|uniform_?|exponential_?|multinomial|bernoulli_?|normal_?|integers|choices?|sample|shuffle|permut\w+"
    r"|drop(out\d?d?)?|Dropout|r?sample_n|gumbel(_softmax)?|geometric_?|cauchy_?|log_normal_?|random_)$"
)
# What the message of an exception looks like, and what it is.
CRASHES: tuple[tuple[str, str, Words], ...] = (
    (
        r"view size is not compatible",
        "view",
        Words(
            "a view of what is not contiguous",
            "In which order do the numbers lie in memory after a transposition?",
            "`view` needs numbers that lie in memory in their order. A transposition moves none of them: `reshape` copies.",
        ),
    ),
    (
        r"shape '\[.*\]' is invalid for input of size|cannot reshape array of size",
        "reshape",
        Words(
            "a shape that does not fit the numbers",
            "How many numbers are there, and how many has the shape that you ask for?",
            "The sizes of the new shape, multiplied, are not the number of numbers that there are.",
        ),
    ),
    (
        r"must match the size of tensor|shapes cannot be multiplied|could not be broadcast|Expected size for first two dimensions"
        r"|matmul: Input operand|shapes .* not aligned|doesn't match the broadcast shape|does not broadcast",
        "sizes",
        Words(
            "two sizes meet that differ",
            "Which axis of each side has which size?",
            "Two axes are put side by side that are not the same axis, or not as long: one length may be taken for another.",
        ),
    ),
    (
        r"(same dtype|scalar type|dtype.*(but|got|expected)|expected .* dtype)",
        "dtype",
        Words(
            "two dtypes meet",
            "Which of your tensors does not get its dtype from the inputs?",
            "Something that you make or keep has another dtype than the inputs. Make it with theirs.",
        ),
    ),
    (
        r"leaf Variable that requires grad|modified by an inplace operation|a view of a leaf",
        "in-place",
        Words(
            "changed in place what a gradient needs",
            "Which of your lines change a tensor in place?",
            "A tensor is changed in place that the backward pass needs as it was.",
        ),
    ),
    (
        r"does not require grad",
        "gradient",
        Words(
            "no gradient gets there",
            "Between the inputs and the result, what has no gradient?",
            "What is differentiated has no gradient: it was detached, or made of numbers that were taken out of the tensors.",
        ),
    ),
    (
        r"has no attribute",
        "attribute",
        Words(
            "an attribute that is not there",
            "Where is it set, and has that line run before?",
            "An attribute is read that was not set before: its line has not run yet, or its name is another one.",
        ),
    ),
    (
        r"NoneType",
        "none",
        Words(
            "None is used as a value",
            "Which of your values may be None?",
            "An argument that was left out, or a function without `return`, gives None, and it is used like a value.",
        ),
    ),
    (
        r"index .*out of (range|bounds)|list index out of range|string index",
        "index",
        Words(
            "an index beyond the end",
            "What is the largest index that occurs, and how long is what you index?",
            "An index is as large as what is indexed is long, or larger.",
        ),
    ),
)


def broken_contract(breach: Breach, tree: ast.Module) -> Contract | None:
    """What a check's finding means, with the places of the file where it can lie.

    Args:
        breach: what the finding shows.
        tree: of the file.
    """
    if breach not in BROKEN:
        return None
    lines: Sequence[int] = ()
    if breach is Breach.INPUT_CHANGED:
        lines = in_place_lines(tree)
    elif breach is Breach.STATE_KEPT:
        lines = kept_lines(tree)
    elif breach is Breach.NOT_REGISTERED:
        lines = parameter_lines(tree)
    words = BROKEN[breach]
    return Contract(breach.name.lower().replace("_", "-"), words, tuple(lines) if len(lines) <= MOST_PLACES else ())


def parameter_lines(tree: ast.Module) -> list[int]:
    """The lines that can decide which parameters an object has, and which are trained.

    There are four kinds. The first kind that the file has is taken: a method makes a parameter anew; a method sets `requires_grad`; the
    constructor sets it; the constructor keeps what it was given.
    """
    groups: tuple[set[int], ...] = (set(), set(), set(), set())
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        made = function.name == "__init__"
        given = {each.arg for each in (*function.args.posonlyargs, *function.args.args)}
        for node in ast.walk(function):
            if not isinstance(node, SIMPLE):
                continue
            text = ast.unparse(node)
            if not made and "Parameter(" in text:
                groups[0].add(node.lineno)
            elif "requires_grad" in text:
                groups[2 if made else 1].add(node.lineno)
            elif made and isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in given:
                groups[3].add(node.lineno)
    return sorted(next((each for each in groups if each), set()))


def lost_digits(facts: Sequence[str], tree: ast.Module) -> Contract | None:
    """What it means that a result in float64 has the digits of float32.

    Its lines are those that name a dtype of fewer digits; where there is none, those that make a tensor and name no dtype.

    Args:
        facts: that were found of the result.
        tree: of the file.
    """
    if not any(OF_FLOAT32 in fact for fact in facts):
        return None
    named, untold = set[int](), set[int]()
    for node in ast.walk(tree):
        if isinstance(node, SIMPLE) and any(_has_few_digits(each) for each in ast.walk(node)):
            named.add(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKERS:
            told = any(each.arg == "dtype" for each in node.keywords)
            torch_s = isinstance(node.func.value, ast.Name) and node.func.value.id == "torch"
            untold |= {node.lineno} if torch_s and not told else set()
    lines = sorted(named) or sorted(untold)
    return Contract("digits", DIGITS, tuple(lines) if len(lines) <= MOST_PLACES else (), leads=bool(named))


def _has_few_digits(node: ast.AST) -> bool:
    """Whether an expression names a dtype of fewer digits than float64, or turns a tensor into one."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[]):
            return name in CASTS
        case ast.Attribute(value=ast.Name(id="torch" | "np" | "numpy"), attr=name) | ast.Constant(value=str(name)):
            return name in FEW_DIGITS
    return False


def a_generator(sentence: str, tree: ast.Module) -> Contract | None:
    """What it means that a result is a generator; with the line that yields.

    Args:
        sentence: that says what came back.
        tree: of the file.
    """
    if "a generator" not in sentence:
        return None
    lines = sorted(
        {node.lineno for node in ast.walk(tree) if isinstance(node, (ast.Yield, ast.YieldFrom, ast.GeneratorExp))}
    )
    return Contract("generator", GENERATOR, tuple(lines) if len(lines) <= MOST_PLACES else ())


def wrong_draws(tree: ast.Module) -> Contract:
    """What it means that results come too often, too seldom or too often together; with the lines that draw.

    Args:
        tree: of the file.
    """
    seeding, drawing, making = set[int](), set[int](), set[int]()
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.Lambda)):
            continue
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SEEDING:
                seeding.add(node.lineno)
            elif DRAWING.match(name):
                (making if getattr(function, "name", "") == "__init__" else drawing).add(node.lineno)
    lines = list(dict.fromkeys([*sorted(seeding), *sorted(drawing, reverse=True), *sorted(making)]))
    return Contract("draws", DRAWS, tuple(lines[:MOST_LINES]) if len(lines) <= MOST_DRAWS else ())


def crash(message: str, sizes: Mapping[str, int]) -> Contract | None:
    """What an exception means, and which sizes of the case it names.

    Args:
        message: of the exception.
        sizes: of the case, by their letters.
    """
    for pattern, name, words in CRASHES:
        if re.search(pattern, message):
            return Contract(
                f"crash-{name}", words, fact=_sizes_fact(message, sizes) if name in ("sizes", "reshape") else ""
            )
    return None


def _sizes_fact(message: str, sizes: Mapping[str, int]) -> str:
    """The letters of the sizes that a message names, where each number is the size of one letter only."""
    numbers = list(dict.fromkeys(int(each) for each in re.findall(r"(?<![\w.])\d+(?![\w.])", message)))
    named = [f"{number} is {letter}" for number in numbers for letter in _letters(number, sizes)]
    return f"Of the sizes in the message {', '.join(named)}." if named else ""


def _letters(number: int, sizes: Mapping[str, int]) -> Iterator[str]:
    if number < 2:
        return
    found = [letter for letter, size in sizes.items() if size == number]
    if len(found) == 1:
        yield found[0]
    elif not found:
        products = [
            f"{a} x {b}"
            for a, x in sizes.items()
            for b, y in sizes.items()
            if a < b and x * y == number and min(x, y) > 1
        ]
        if len(products) == 1:
            yield products[0]
