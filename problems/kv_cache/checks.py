"""What right cached attention does."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees
from problems.asks import Call, Differentiate, Handle, Program, Put
from problems.attention import PARAMETERS, WEIGHT_SUMS, indivisible_check, model_width, module
from problems.cases import Case, Values, cases, upstream
from problems.checks import CaseAnswers, Check, Judge, Subject
from problems.comparison import Finding, Layout, as_tensor
from problems.gradients import gradient_check
from problems.kinds import Kind
from problems.probes import INFLUENCE, Probe
from problems.properties import (
    agreement_check,
    any_order_check,
    growth_check,
    larger_check,
    no_memory_check,
    rows_check,
    shape_check,
    untouched_check,
)

TARGET = "CachedSelfAttention"
RESULT = (Layout("out", "B T D"), (Layout("k", "B H S+T Dh"), Layout("v", "B H S+T Dh")))
SIZES = {"B": (1, 2, 3), "T": (1, 2, 3, 5), "S": (0, 1, 2, 4, 7), "H": (1, 2, 3), "Dh": (1, 2, 3, 4)}


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, values and layouts; what is named is drawn from another list."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    return cases(sizes, options={"empty": ("none", "none", "tensors")}, derived={"D": model_width}, **changes)


def draw() -> Any:
    """Everything."""
    return draw_from()


def cache_of(case: Case) -> Any:
    """None, or keys and values of S positions; S = 0 comes as None and as empty tensors."""
    b, h, s, width = (case.sizes[letter] for letter in ("B", "H", "S", "Dh"))
    if s == 0 and case.options["empty"] == "none":
        return None
    values = Values(case, salt=5)
    if s == 0:
        return (
            torch.zeros(b, h, 0, width, dtype=case.torch_dtype),
            torch.zeros(b, h, 0, width, dtype=case.torch_dtype),
        )
    return (values.laid_out(b, h, s, width), values.laid_out(b, h, s, width))


def inputs(case: Case) -> dict[str, Any]:
    """The chunk and the cache."""
    return {"x": tokens(case, case.sizes["T"]), "cache": cache_of(case)}


def tokens(case: Case, length: int, *, salt: int = 0) -> torch.Tensor:
    """A chunk of this many tokens."""
    return Values(case, salt=salt).laid_out(case.sizes["B"], length, case.sizes["D"])


def setup(case: Case) -> Program:
    """The layer with its weights."""
    return module(case, TARGET)


CACHED = Subject(
    draw=draw, inputs=inputs, target="m", result=RESULT, setup=setup, parameters=PARAMETERS, rows=("x", "cache")
)
agrees: Judge = every_call_agrees(RESULT)


def step(x: Any, cache: Any, into: str, case: Case) -> Call:
    """One chunk; `cache` is None, a tuple, or the name of the step that left it."""
    given = Handle(cache, (1,)) if isinstance(cache, str) else cache
    return Call(target="m", args=(x, given), into=into, seed=case.seed)


def draw_sequences() -> Any:
    """Whole sequences of 2 to 24 tokens."""
    return draw_from(T=(2, 3, 5, 8, 12, 24), S=(0,))


def cuts(case: Case) -> list[int]:
    """Lengths of the chunks that a sequence is cut into."""
    length, values = case.sizes["T"], Values(case, salt=9)
    match case.seed % 3:
        case 0:
            return [1] * length
        case 1:
            first = 1 + values.choice(length - 1)
            return [first, length - first]
    found: list[int] = []
    while sum(found) < length:
        found.append(min(1 + values.choice(4), length - sum(found)))
    return found


def ask_chunks(case: Case) -> Program:
    """One full pass, then the same tokens in chunks."""
    x = tokens(case, case.sizes["T"])
    program = [*setup(case), step(x, None, "full", case)]
    start, cache = 0, cache_of(case)
    for number, length in enumerate(cuts(case)):
        name = f"chunk{number}"
        program.append(step(x[:, start : start + length], cache, name, case))
        start, cache = start + length, name
    return program


def chunk_sizes(asked: CaseAnswers, place: int) -> CaseAnswers:
    """What was asked, with T and S as they were in the call at `place`."""
    call = asked.program[place]
    assert isinstance(call, Call)
    length = int(call.args[0].shape[1])
    total = int(asked.right.exact(place).value[1][0].shape[2])
    return msgspec.structs.replace(
        asked, case=msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": length, "S": total - length})
    )


def judge_calls(words: str) -> Judge:
    """Every call against the reference, with words for all but the first."""

    def judge(asked: CaseAnswers) -> Finding | None:
        places = [p for p, s in enumerate(asked.program) if isinstance(s, Call)]
        for number, place in enumerate(places):
            quiet = [
                msgspec.structs.replace(s, answer=s.answer and p == place) if isinstance(s, Call) else s
                for p, s in enumerate(asked.program)
            ]
            found = agrees(msgspec.structs.replace(chunk_sizes(asked, place), program=quiet))
            if found:
                sentence = f"{words.format(number=number)}: {found.sentence}" if number else found.sentence
                return msgspec.structs.replace(found, sentence=sentence, step=place)
        return None

    return judge


def ask_causal(case: Case) -> Program:
    """The same chunk with its later tokens changed."""
    given = inputs(case)
    changed = given["x"].clone()
    changed[:, -1] = changed[:, -1] * -3 + 50
    return [*setup(case), step(given["x"], given["cache"], "", case), step(changed, given["cache"], "", case)]


def judge_causal(asked: CaseAnswers) -> Finding | None:
    """Outputs before the last token do not move."""
    found = judge_calls("with the last token changed")(asked)
    first, second = (p for p, s in enumerate(asked.program) if isinstance(s, Call))
    length = asked.case.sizes["T"]
    if found is None or found.verdict is not Kind.WRONG_ANSWER:
        return found
    before, after = (as_tensor(asked.answers[place].value[0]) for place in (first, second))
    moved = (before - after).abs()[:, : length - 1]
    if moved.numel() and float(moved.max()) > 1e-3:
        at = int(moved.amax(dim=(0, 2)).argmax())
        fact = f"the output at position {at} moved by {float(moved.max()):.3g} when the input at position {length - 1} changed"
        return msgspec.structs.replace(found, facts=(fact, *found.facts))
    return found


def ask_twice(case: Case) -> Program:
    """One prefix continued in two ways, each of them once more, and the first way again."""
    prefix, one, two, more = (tokens(case, n, salt=s) for n, s in ((case.sizes["T"], 21), (2, 22), (3, 23), (1, 24)))
    return [
        *setup(case),
        step(prefix, cache_of(case), "prefix", case),
        step(one, "prefix", "a", case),
        step(two, "prefix", "b", case),
        step(more, "a", "after a", case),
        step(more, "b", "after b", case),
        step(one, "prefix", "a again", case),
    ]


def ask_interleaved(case: Case) -> Program:
    """Two sequences, a chunk of each in turn."""
    program, last = setup(case), {0: cache_of(case), 1: None}
    for turn in range(3):
        for which in (0, 1):
            name = f"s{which}t{turn}"
            chunk = tokens(case, 1 + (turn + which) % 2, salt=30 + 2 * turn + which)
            program.append(step(chunk, last[which], name, case))
            last[which] = name
    return program


def ask_long(case: Case) -> Program:
    """A cache of hundreds of positions, then a chunk and a token."""
    b, h, width = (case.sizes[letter] for letter in ("B", "H", "Dh"))
    values = Values(case, salt=41)
    program = setup(case)
    for length in (130, 600):
        cache = (values.plain(b, h, length, width), values.plain(b, h, length, width))
        program.append(step(tokens(case, 3, salt=42), cache, f"long{length}", case))
        program.append(step(tokens(case, 1, salt=43), f"long{length}", "", case))
    return program


def draw_long() -> Any:
    """Small layers, ordinary values."""
    return draw_from(T=(3,), S=(0,), kinds=("ordinary",), layouts=("contiguous",))


def ask_echo(case: Case) -> Program:
    """A cache that the layer itself made, handed in again; what it holds afterwards comes back."""
    prefix, more = tokens(case, case.sizes["T"], salt=51), tokens(case, 2, salt=52)
    return [
        *setup(case),
        step(prefix, cache_of(case), "prefix", case),
        Call(target="m", args=(more, Handle("prefix", (1,))), seed=case.seed, echo=True),
    ]


def judge_echo(asked: CaseAnswers) -> Finding | None:
    """The cache is what it was when it came back."""
    place = len(asked.program) - 1
    made, after = asked.answers[place - 1].value, asked.answers[place].echo[0][1]
    if not isinstance(made, tuple) or len(made) != 2 or not isinstance(made[1], tuple):
        return agrees(chunk_sizes(asked, place - 1))
    for name, was, now in zip(("k", "v"), made[1], after, strict=False):
        if was.shape != now.shape or not torch.equal(was, now):
            return Finding(sentence=f"your code changed the {name} of the cache that was passed in", step=place)
    return None


def result_shapes(case: Case) -> list[list[int]]:
    """Of the output; the cache is left out of what is differentiated."""
    return [[case.sizes["B"], case.sizes["T"], case.sizes["D"]]]


def gradients() -> Check:
    """Gradients for the chunk and the parameters, not through the cache."""
    check = gradient_check(CACHED, result_shapes, skip=("cache[0]", "cache[1]"))

    def ask(case: Case) -> Program:
        *before, last = check.ask(case)
        assert isinstance(last, Differentiate)
        return [*before, msgspec.structs.replace(last, upstream=(*upstream(case, *result_shapes(case)), None, None))]

    sentence = "Gradients flow to the chunk and to every parameter, and are right."
    return msgspec.structs.replace(check, ask=ask, sentence=sentence)


def draw_growth() -> Any:
    """One layer of fixed sizes."""
    return cases(
        {"B": (1,), "T": (1,), "S": (0,), "H": (2,), "Dh": (8,)},
        kinds=("ordinary",),
        dtypes=("float32",),
        layouts=("contiguous",),
        options={"empty": ("none",)},
        derived={"D": model_width},
    )


GROWTH = (64, 1024, 4096)


def ask_growth(case: Case) -> tuple[Program, dict[int, int]]:
    """One token after few, 1,024 and 4,096 positions in turn; each time one more, as in decoding, and other numbers."""
    program, measured = setup(case), dict[int, int]()
    for repeat in range(8):
        for length in GROWTH:
            sizes = {**case.sizes, "S": length + repeat}
            given = inputs(msgspec.structs.replace(case, sizes=sizes, seed=case.seed + repeat))
            program.append(Put(into="cache", value=given["cache"]))
            if repeat:
                measured[len(program)] = sizes["S"]
            program.append(Call(target="m", args=(given["x"], Handle("cache")), seed=case.seed))
    return program, measured


def special(name: str, sentence: str, draw_cases: Any, ask: Any, judge: Any, count: int = 25) -> Check:
    """A check of this problem's own."""
    return Check(name=name, sentence=sentence, draw=draw_cases, ask=ask, judge=judge, cases=count)


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return draw_from(
        B=(1, 2),
        T=(1, 2, 3),
        S=(0, 1, 2),
        H=(1, 2),
        Dh=(1, 2, 3),
        kinds=("ordinary",),
        large=({"S": 130}, {"T": 70}, {"S": 70, "T": 40}, {"B": 65}, {"H": 16}, {"Dh": 33}),
    )


CHECKS: tuple[Check, ...] = (
    shape_check(CACHED),
    agreement_check(CACHED),
    larger_check(CACHED, draw_larger),
    special(
        "any-chunks-equal-the-full-pass",
        "Cut into chunks of any lengths, a sequence gives what one full pass gives.",
        draw_sequences,
        ask_chunks,
        judge_calls("chunk {number}"),
    ),
    special("causal", "A token does not see later tokens of its chunk.", draw, ask_causal, judge_causal),
    special(
        "cache-is-left-as-it-was",
        "The cache that is passed in is not changed, also where the layer made it itself.",
        draw,
        ask_echo,
        judge_echo,
        12,
    ),
    special(
        "a-prefix-continues-twice",
        "One prefix may be continued several times, each as if it were the only one.",
        draw,
        ask_twice,
        judge_calls("continuation {number} of one prefix"),
        12,
    ),
    special(
        "sequences-interleave",
        "Two sequences may be decoded in turn.",
        draw,
        ask_interleaved,
        judge_calls("call {number} of two sequences in turn"),
        12,
    ),
    special(
        "long-caches",
        "A cache of hundreds of positions is kept whole.",
        draw_long,
        ask_long,
        judge_calls("call {number}"),
        3,
    ),
    untouched_check(CACHED),
    no_memory_check(CACHED),
    any_order_check(CACHED),
    rows_check(CACHED),
    indivisible_check(TARGET),
    gradients(),
    growth_check(
        draw_growth,
        ask_growth,
        letter="S",
        sizes=GROWTH,
        result=RESULT,
        sentence="Decoding one token costs time that grows linearly with the number of cached positions.",
    ),
)

PROBES: tuple[Probe, ...] = (WEIGHT_SUMS, INFLUENCE)
