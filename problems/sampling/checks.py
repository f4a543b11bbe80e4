"""What right top-k and top-p sampling does.

Ties and sums that can't be told from `top_p` leave several right answers, so kept sets are not compared with the reference's: each is
checked against what the definition allows (`allowed_sets`).
"""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.asks import Call, Construct, Handle, Overwrite, Program, Put
from problems.cases import Case, Values, cases
from problems.checks import Asked, Check, Finding, Layout, raises_check, shape_finding
from problems.comparison import as_tensor, is_array
from problems.frequencies import unlikely
from problems.nucleus import RowRules, kept_fault, row_rules

FILTERED = Layout("result", "... V")
TOKENS = Layout("result", "B")
TOP_K = (None, 1, 2, 3, 5, 100)
TOP_P = (None, 0.5, 0.9, 0.25, 0.75, 0.1, 0.99, 1.0, 0.3, 0.01, 0.6)
FILTER_SIZES = {"B": (1, 2, 3), "V": (1, 2, 3, 4, 5, 8, 13)}
FILTER_KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny", "halves")


def draw_filter(**changes: Any) -> Any:
    """Logits of one to three dimensions, with either filter, both or none."""
    options = {
        "dims": changes.pop("dims", (2, 1, 3)),
        "top_k": changes.pop("top_k", TOP_K),
        "top_p": changes.pop("top_p", TOP_P),
    }
    sizes = changes.pop("sizes", FILTER_SIZES)
    return cases(sizes, kinds=changes.pop("kinds", FILTER_KINDS), options=options, **changes)


def logits_of(case: Case, *, salt: int = 0) -> torch.Tensor:
    """Logits; of kind "halves", some equal ones among far smaller ones, so that probabilities are exact."""
    b, v = case.sizes["B"], case.sizes["V"]
    shape: tuple[int, ...] = {1: (v,), 2: (b, v), 3: (b, 2, v)}[case.options.get("dims", 2)]
    values = Values(case, salt=salt, huge=3000.0)
    if case.kind != "halves":
        found = values.laid_out(*shape, scale=1.0 if case.kind != "ordinary" else 2.0)
        return found.clamp(-1e4, 1e4) if case.layout == "contiguous" else found
    high = values.booleans(*shape, chance=0.5)
    return torch.where(high, 1.5, -1e4).to(case.torch_dtype)


def call_filter(logits: Any, case: Case, **fields: Any) -> Call:
    """One call of filter_logits, its options by name."""
    given = {"top_k": case.options["top_k"], "top_p": case.options["top_p"]}
    return Call(target="filter_logits", args=(logits,), kwargs=given, seed=case.seed, **fields)


def ask_filter(case: Case) -> Program:
    """One call."""
    return [call_filter(logits_of(case), case)]


def filter_fault(asked: Asked, step: int, logits: torch.Tensor) -> Finding | None:
    """Shape, values and kept set of one filter_logits call."""
    if found := shape_finding(asked, step, FILTERED):
        return found
    options = asked.case.options
    found = kept_fault(as_tensor(asked.answers[step].value), logits, options["top_k"], options["top_p"])
    return None if found is None else msgspec.structs.replace(found, step=step)


def judge_filter(asked: Asked) -> Finding | None:
    """Every call's kept set."""
    for place, step in enumerate(asked.program):
        if isinstance(step, Call) and step.answer:
            found = filter_fault(asked, place, step.args[0])
            if found:
                return found
    return None


def judge_shape(asked: Asked) -> Finding | None:
    """Type, dtype and shape."""
    return shape_finding(asked, 0, FILTERED)


def ask_forms(case: Case) -> Program:
    """Options by position, by name, and left out."""
    logits, k, p = logits_of(case), case.options["top_k"], case.options["top_p"]
    return [
        Call(target="filter_logits", args=(logits, k, p), seed=case.seed),
        Call(target="filter_logits", kwargs={"logits": logits, "top_p": p, "top_k": k}, seed=case.seed),
        Call(target="filter_logits", args=(logits,), seed=case.seed),
    ]


def judge_forms(asked: Asked) -> Finding | None:
    """The last call filters nothing."""
    plain = msgspec.structs.replace(asked.case, options={**asked.case.options, "top_k": None, "top_p": None})
    logits = logits_of(asked.case)
    for place in range(3):
        one = asked if place < 2 else msgspec.structs.replace(asked, case=plain)
        if found := filter_fault(one, place, logits):
            return found
    return None


def ask_filter_echo(case: Case) -> Program:
    """A call, and what the logits hold afterwards."""
    return [call_filter(logits_of(case), case, echo=True)]


def judge_filter_echo(asked: Asked) -> Finding | None:
    """The logits are as they were."""
    after = asked.answers[0].echo[0][0]
    if not is_array(after) or not torch.equal(as_tensor(after), logits_of(asked.case)):
        return Finding(sentence="filter_logits changed its input `logits`", step=0)
    return None


def ask_sample_echo(case: Case) -> Program:
    """The same for sample."""
    step = sample_call(logits_of(case), case)
    return [msgspec.structs.replace(step, echo=True)]


def judge_sample_echo(asked: Asked) -> Finding | None:
    """The logits are as they were."""
    after = asked.answers[0].echo[0][0]
    if not is_array(after) or not torch.equal(as_tensor(after), logits_of(asked.case)):
        return Finding(sentence="sample changed its input `logits`", step=0)
    return None


def ask_filter_again(case: Case) -> Program:
    """A, B, A again, then one tensor object with A's and with B's numbers."""
    first = logits_of(case)
    other = logits_of(msgspec.structs.replace(case, seed=case.seed + 77, kind="ordinary"))
    return [
        call_filter(first, case),
        call_filter(other, case),
        call_filter(first.clone(), case),
        Put(into="held", value=first.contiguous()),
        call_filter(Handle("held"), case),
        Overwrite(into="held", value=other.contiguous()),
        call_filter(Handle("held"), case),
    ]


def judge_filter_again(asked: Asked) -> Finding | None:
    """Each call by its own logits."""
    first, other = asked.program[0], asked.program[1]
    assert isinstance(first, Call)
    assert isinstance(other, Call)
    a, b = first.args[0], other.args[0]
    for place, logits in ((0, a), (1, b), (2, a), (4, a), (6, b)):
        if found := filter_fault(asked, place, logits):
            words = "called again, " if place > 1 else ""
            return msgspec.structs.replace(found, sentence=words + found.sentence)
    return None


def ask_rows(case: Case) -> Program:
    """All rows at once; then with the other rows changed."""
    logits = logits_of(case)
    row = case.seed % case.sizes["B"]
    other = logits_of(msgspec.structs.replace(case, seed=case.seed + 5, kind="ordinary")).clone() * 3
    other[row] = logits[row]
    return [call_filter(logits, case), call_filter(other, case)]


# sample


def draw_sample(**changes: Any) -> Any:
    """Batches of logits, temperatures and filters."""
    options = {
        "temperature": changes.pop("temperature", (1.0, 0.5, 2.0, 0.7, 0.1, 1.7)),
        "top_k": changes.pop("top_k", TOP_K),
        "top_p": changes.pop("top_p", TOP_P),
    }
    sizes = changes.pop("sizes", {"B": (1, 2, 3, 5), "V": (1, 2, 3, 4, 5, 8)})
    kinds = changes.pop("kinds", ("small integers", "ordinary", "zero", "equal", "huge", "tiny"))
    return cases(sizes, kinds=kinds, options=options, **changes)


def sample_call(logits: Any, case: Case, **fields: Any) -> Call:
    """One call of sample, its options by name."""
    names = ("temperature", "top_k", "top_p")
    given = {name: case.options[name] for name in names} | fields.pop("kwargs", {})
    return Call(target="sample", args=(logits,), kwargs=given, seed=fields.pop("seed", case.seed), **fields)


def rules_of(logits: torch.Tensor, case: Case) -> list[RowRules]:
    """What each row of logits allows."""
    temperature = case.options["temperature"]
    rows = logits.double()
    if temperature == 0:
        return [row_rules(row, 1, None) for row in rows]
    return [row_rules(row / temperature, case.options["top_k"], case.options["top_p"]) for row in rows]


def tokens_fault(asked: Asked, step: int, logits: torch.Tensor) -> Finding | None:
    """int64 [B], each token one that may be drawn; `logits` are those of every row."""
    if found := shape_finding(asked, step, TOKENS):
        return found
    case = asked.case
    drawn = as_tensor(asked.answers[step].value)
    distinct, which = torch.unique(logits, dim=0, return_inverse=True)
    possible = torch.tensor([rules.possible for rules in rules_of(distinct, case)])[which]
    inside = (drawn >= 0) & (drawn < logits.shape[-1])
    right = inside & possible.gather(1, drawn.clamp(0, logits.shape[-1] - 1)[:, None])[:, 0]
    if bool(right.all()):
        return None
    row = int((~right).nonzero()[0])
    token = int(drawn[row])
    if not bool(inside[row]):
        sentence = f"row {row} got the token {token}, which is none: there are {logits.shape[-1]}"
    elif case.options["temperature"] == 0:
        sentence = f"row {row} got the token {token}; temperature 0 asks for the most likely one"
    else:
        sentence = f"row {row} got the token {token}, which the filters remove in this row"
    return Finding(sentence=sentence, facts=(f"its logits are {_short(logits[row])}",), step=step)


def _short(row: torch.Tensor) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in row.tolist()[:12]) + ("]" if row.numel() <= 12 else ", ...]")


def ask_support(case: Case) -> Program:
    """A few draws."""
    logits = logits_of(case)
    return [sample_call(logits, case, seed=case.seed + n) for n in range(4)]


def judge_support(asked: Asked) -> Finding | None:
    """Only tokens that may be drawn."""
    logits = logits_of(asked.case)
    for place in range(len(asked.program)):
        if found := tokens_fault(asked, place, logits):
            return found
    return None


def generator(name: str, seed: int) -> Construct:
    """A generator in the sandbox."""
    return Construct(target="torch.Generator", args=(seed,), into=name)


def ask_generators(case: Case) -> Program:
    """Two draws from one generator, the same from another of the same state and another global one; then the global one."""
    logits = logits_of(case)
    given = {"generator": Handle("g")}
    other = {"generator": Handle("h")}
    return [
        generator("g", case.seed),
        generator("h", case.seed),
        sample_call(logits, case, kwargs=given, seed=1),
        sample_call(logits, case, kwargs=given, seed=1),
        sample_call(logits, case, kwargs=other, seed=2),
        sample_call(logits, case, kwargs=other, seed=3),
        sample_call(logits, case, seed=case.seed),
        sample_call(logits, case, seed=case.seed),
    ]


def judge_generators(asked: Asked) -> Finding | None:
    """The same state gives the same tokens, whatever the global generator is at."""
    logits = logits_of(asked.case)
    places = [n for n, step in enumerate(asked.program) if isinstance(step, Call)]
    for place in places:
        if found := tokens_fault(asked, place, logits):
            return found
    got = [as_tensor(asked.answers[place].value) for place in places]
    pairs = (
        (0, 2, "from generators of the same state"),
        (1, 3, "in the second call from generators of the same state"),
    )
    for first, second, words in (*pairs, (4, 5, "from the global generator in the same state")):
        if not torch.equal(got[first], got[second]):
            return Finding(
                sentence=f"{words} came other tokens: {got[first].tolist()}, then {got[second].tolist()}",
                step=places[second],
            )
    return None


ROWS = 10_000


def draw_frequencies() -> Any:
    """Cases for one distribution of five tokens; the calls set temperature and filters themselves."""
    return draw_sample(
        sizes={"B": (ROWS,), "V": (5,)},
        kinds=("ordinary",),
        layouts=("contiguous", "expanded"),
        temperature=(1.0,),
        top_k=(None,),
        top_p=(None,),
    )


def with_options(case: Case, temperature: float, top_k: int | None, top_p: float | None) -> Case:
    """The case with other options."""
    return msgspec.structs.replace(case, options={"temperature": temperature, "top_k": top_k, "top_p": top_p})


def row_of(case: Case) -> torch.Tensor:
    """One row of logits without ties or sums near top_p, whose probabilities, at the case's temperature, are clearly unequal."""
    temperature = case.options["temperature"]
    for salt in range(1000):
        plain = Values(case, salt=100 + salt).plain(case.sizes["V"], kind="ordinary")
        row: torch.Tensor = plain * temperature
        rules = rules_of(row[None], case)[0]
        kept = rules.probabilities[rules.probabilities > 0]
        enough = len(kept) >= (2 if case.options["top_p"] else 3)
        apart = float((plain[:, None] - plain).abs().fill_diagonal_(1.0).min()) > 0.05
        if rules.certain and enough and apart and float(kept.min()) > 0.04 and float(kept.max() / kept.min()) > 3:
            return row
    raise AssertionError(f"no clear row for {case}")


# Temperature, top_k and top_p of the calls whose frequencies are counted.
SETTINGS: tuple[tuple[float, int | None, float | None], ...] = (
    (0.02, None, None),
    (0.3, None, None),
    (2.5, None, None),
    (10.0, None, None),
    (1.0, 3, None),
    (1.0, None, 0.8),
    (1.5, 3, 0.85),
    (0.4, 4, 0.9),
)
FEWER_ROWS = 4000


def ask_settings(case: Case) -> Program:
    """One call for each of the settings, on a row of its own."""
    program: Program = []
    for setting in SETTINGS:
        own = with_options(case, *setting)
        program.append(sample_call(row_of(own).repeat(FEWER_ROWS, 1), own))
    return program


def judge_settings(asked: Asked) -> Finding | None:
    """Frequencies of each."""
    for place, setting in enumerate(SETTINGS):
        own = with_options(asked.case, *setting)
        own = msgspec.structs.replace(own, sizes={**own.sizes, "B": FEWER_ROWS})
        one, row = msgspec.structs.replace(asked, case=own), row_of(own)
        found = tokens_fault(one, place, row.expand(FEWER_ROWS, -1))
        if found is None:
            drawn = as_tensor(asked.answers[place].value)
            found = frequency_fault(drawn, rules_of(row[None], own)[0].probabilities, "", row)
        if found:
            temperature, top_k, top_p = setting
            words = f"at temperature {temperature:g}"
            words += f", top_k {top_k}" if top_k else ""
            words += f", top_p {top_p:g}" if top_p else ""
            return msgspec.structs.replace(found, sentence=f"{words}: {found.sentence}", step=place)
    return None


def ask_frequencies(case: Case) -> Program:
    """Ten thousand equal rows: twice from one generator, once and then a second time from the global one, and another seed."""
    row = row_of(case)
    logits = row.expand(ROWS, -1) if case.layout == "expanded" else row.repeat(ROWS, 1)
    given = {"generator": Handle("g")}
    return [
        generator("g", case.seed + 1),
        Put(into="logits", value=logits),
        sample_call(Handle("logits"), case, kwargs=given, seed=1),
        sample_call(Handle("logits"), case, kwargs=given, seed=1),
        sample_call(Handle("logits"), case, seed=case.seed + 2),
        sample_call(Handle("logits"), case, seed=case.seed + 2, times=2),
        sample_call(Handle("logits"), case, seed=case.seed + 3),
    ]


def judge_frequencies(asked: Asked) -> Finding | None:
    """Frequencies of tokens, and of pairs of tokens in neighbouring rows, distant rows and successive calls."""
    row = row_of(asked.case)
    rules = rules_of(row[None], asked.case)[0]
    draws: list[torch.Tensor] = []
    for place, step in enumerate(asked.program):
        if isinstance(step, Call):
            if found := tokens_fault(asked, place, row.expand(ROWS, -1)):
                return found
            drawn = as_tensor(asked.answers[place].value)
            if found := frequency_fault(drawn, rules.probabilities, "", row):
                return msgspec.structs.replace(found, step=place)
            draws.append(drawn)
    for number, drawn in enumerate(draws):
        for first, second, words in (
            (drawn[0::2], drawn[1::2], "neighbouring rows"),
            (drawn[: ROWS // 2], drawn[ROWS // 2 :], f"rows {ROWS // 2} apart"),
        ):
            if found := pair_fault(first, second, rules.probabilities, words):
                return msgspec.structs.replace(found, step=number + 2)
    pairs = (
        (0, 1, "two calls with one generator"),
        (2, 3, "two calls with the global generator"),
        (2, 4, "two states of the global generator"),
        (0, 2, "a generator and the global one"),
    )
    for a, b, words in pairs:
        if found := pair_fault(draws[a], draws[b], rules.probabilities, words):
            return msgspec.structs.replace(found, step=b + 2)
    if found := frequency_fault(torch.cat(draws), rules.probabilities, "in all calls together ", row):
        return msgspec.structs.replace(found, step=len(draws) + 1)
    return None


def frequency_fault(drawn: torch.Tensor, probabilities: torch.Tensor, words: str, row: torch.Tensor) -> Finding | None:
    """Counts of tokens against their probabilities."""
    counts = torch.bincount(drawn, minlength=len(probabilities)).tolist()
    total = len(drawn)
    for token, (count, p) in enumerate(zip(counts, probabilities.tolist(), strict=True)):
        if unlikely(count, total, p):
            return Finding(
                sentence=f"token {token} came {words}{count} times in {total} draws; its probability is {p:.4f}, about {p * total:.0f}",
                facts=(f"the logits of every row are {_short(row)}",),
            )
    return None


def pair_fault(first: torch.Tensor, second: torch.Tensor, probabilities: torch.Tensor, words: str) -> Finding | None:
    """Counts of pairs against the product of their probabilities: independent draws."""
    size = len(probabilities)
    counts = torch.bincount(first * size + second, minlength=size * size).reshape(size, size)
    for a in range(size):
        for b in range(size):
            p = float(probabilities[a] * probabilities[b])
            if unlikely(int(counts[a, b]), len(first), p):
                return Finding(
                    sentence=(
                        f"{words} are not independent: the tokens ({a}, {b}) came together {int(counts[a, b])} times in "
                        f"{len(first)}; about {p * len(first):.0f} are right"
                    )
                )
    return None


def draw_mixed_rows() -> Any:
    """Batches whose rows have other nuclei."""
    return draw_sample(
        sizes={"B": (4000,), "V": (5,)},
        kinds=("ordinary",),
        layouts=("contiguous",),
        temperature=(1.0, 0.7),
        top_k=(None, 3),
        top_p=(0.8, 0.5, None),
    )


def clear_row(case: Case) -> torch.Tensor:
    """A row of logits that are well apart."""
    return row_of(with_options(case, 1.0, None, None))


def mixed_rows(case: Case) -> torch.Tensor:
    """Two rows in turn, one flat and one peaked."""
    row = clear_row(case)
    return torch.stack([row * 0.4, row.flip(0) * 2.5]).repeat(case.sizes["B"] // 2, 1)


def ask_mixed_rows(case: Case) -> Program:
    """One call over both."""
    return [sample_call(mixed_rows(case), case)]


def judge_mixed_rows(asked: Asked) -> Finding | None:
    """Each kind of row by its own distribution."""
    logits = mixed_rows(asked.case)
    if found := tokens_fault(asked, 0, logits):
        return found
    drawn = as_tensor(asked.answers[0].value)
    for which in (0, 1):
        rules = rules_of(logits[which : which + 1], asked.case)[0]
        if rules.certain and (found := frequency_fault(drawn[which::2], rules.probabilities, "", logits[which])):
            return msgspec.structs.replace(found, step=0)
    return None


def draw_greedy() -> Any:
    """Temperature 0, and temperatures so small that only the largest logits count."""
    return draw_sample(
        temperature=(0.0, 0.0, 0, 1e-3, 1e-4),
        kinds=("small integers", "ordinary", "huge", "zero"),
        top_p=(None, 0.5, 0.9, 1.0),
    )


def draw_hot() -> Any:
    """Large temperatures."""
    return draw_sample(temperature=(100.0, 1e4, 1e6), kinds=("ordinary", "huge", "small integers"))


def ask_defaults(case: Case) -> Program:
    """Everything left out; everything by position."""
    logits, options = logits_of(case), case.options
    return [
        Call(target="sample", args=(logits,), seed=case.seed),
        Call(
            target="sample",
            args=(logits, options["temperature"], options["top_k"], options["top_p"], None),
            seed=case.seed,
        ),
        sample_call(logits, case),
    ]


def judge_defaults(asked: Asked) -> Finding | None:
    """By position and by name gives the same; left out, nothing is filtered."""
    logits = logits_of(asked.case)
    plain = {**asked.case.options, "temperature": 1.0, "top_k": None, "top_p": None}
    first = msgspec.structs.replace(asked, case=msgspec.structs.replace(asked.case, options=plain))
    if found := tokens_fault(first, 0, logits):
        return found
    for place in (1, 2):
        if found := tokens_fault(asked, place, logits):
            return found
    return None


BAD_FILTERS: tuple[dict[str, Any], ...] = (
    {"top_k": 0},
    {"top_k": -1},
    {"top_k": -5, "top_p": 0.5},
    {"top_p": 0.0},
    {"top_p": -0.1},
    {"top_p": 1.5},
    {"top_p": 1.0001},
    {"top_k": 2, "top_p": 0.0},
    {"top_k": 2, "top_p": 2},
    {"top_k": 0, "top_p": 0.5},
    {"top_k": 2, "top_p": 0},
)


def ask_errors(case: Case) -> Program:
    """Every wrong option, to both functions, at temperature 1 and 0."""
    logits = logits_of(msgspec.structs.replace(case, options={**case.options, "dims": 2}))
    program: Program = []
    for bad in BAD_FILTERS:
        program.append(Call(target="filter_logits", args=(logits,), kwargs=bad, may_raise=True))
        for temperature in (1.0, 0.0):
            kwargs = {"temperature": temperature, **bad}
            program.append(Call(target="sample", args=(logits,), kwargs=kwargs, may_raise=True))
    for temperature in (-1.0, -1e-3):
        program.append(Call(target="sample", args=(logits,), kwargs={"temperature": temperature}, may_raise=True))
        kwargs = {"temperature": temperature, "top_k": 2, "top_p": 0.5}
        program.append(Call(target="sample", args=(logits,), kwargs=kwargs, may_raise=True))
    return program


def check(name: str, sentence: str, draw: Any, ask: Any, judge: Any, count: int = 25, **fields: Any) -> Check:
    """One check."""
    return Check(name=name, sentence=sentence, draw=draw, ask=ask, judge=judge, cases=count, **fields)


CHECKS: tuple[Check, ...] = (
    check(
        "shape-and-dtype",
        "filter_logits returns a tensor of the same shape and dtype.",
        draw_filter,
        ask_filter,
        judge_shape,
        gate=True,
    ),
    check(
        "top-k-keeps-the-right-set",
        "top_k keeps the k most likely tokens, unchanged, and makes all others -inf.",
        lambda: draw_filter(top_p=(None,), top_k=TOP_K[1:]),
        ask_filter,
        judge_filter,
        50,
    ),
    check(
        "top-p-keeps-the-right-set",
        "top_p keeps the smallest set of most likely tokens that adds up to at least top_p, the token that crosses it included.",
        lambda: draw_filter(top_k=(None,), top_p=TOP_P[1:]),
        ask_filter,
        judge_filter,
        80,
    ),
    check(
        "top-k-then-top-p",
        "With both, top_p works on the distribution renormalised after top_k.",
        lambda: draw_filter(top_k=TOP_K[1:], top_p=TOP_P[1:]),
        ask_filter,
        judge_filter,
        100,
    ),
    check(
        "larger-vocabularies",
        "The right set is kept for hundreds of tokens, too.",
        lambda: draw_filter(
            sizes={"B": (2, 33), "V": (50, 301, 301)},
            top_k=(None, 7, 40),
            kinds=("ordinary", "small integers", "huge", "tiny"),
        ),
        ask_filter,
        judge_filter,
        16,
    ),
    check(
        "filters-by-name-or-position",
        "Options may be given by position, by name, or left out.",
        draw_filter,
        ask_forms,
        judge_forms,
        12,
    ),
    check(
        "inputs-not-modified",
        "filter_logits leaves the logits as they were.",
        draw_filter,
        ask_filter_echo,
        judge_filter_echo,
    ),
    check(
        "nothing-kept-between-calls",
        "A call gives the same whatever was called before it.",
        lambda: draw_filter(),
        ask_filter_again,
        judge_filter_again,
    ),
    check(
        "right-in-any-order",
        "The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw_filter,
        ask_filter,
        judge_filter,
        fresh=True,
    ),
    check(
        "rows-are-independent",
        "Each row is filtered by that row alone.",
        lambda: draw_filter(dims=(2, 3)),
        ask_rows,
        judge_filter,
    ),
    check(
        "sample-draws-what-may-be-drawn",
        "sample returns int64 tokens [B], never one that the filters remove.",
        draw_sample,
        ask_support,
        judge_support,
        60,
    ),
    check(
        "sample-by-name-or-position",
        "Options of sample may be given by position, by name, or left out.",
        draw_sample,
        ask_defaults,
        judge_defaults,
        12,
    ),
    check(
        "temperature-zero-and-tiny",
        "Temperature 0, and one close to it, take the most likely token.",
        draw_greedy,
        ask_support,
        judge_support,
        30,
    ),
    check(
        "large-temperatures",
        "A large temperature flattens, within what the filters keep.",
        draw_hot,
        ask_support,
        judge_support,
        12,
    ),
    check(
        "sample-inputs-not-modified",
        "sample leaves the logits as they were.",
        draw_sample,
        ask_sample_echo,
        judge_sample_echo,
        12,
    ),
    check(
        "same-state-same-tokens",
        "All randomness comes from the generator: the same state gives the same tokens.",
        draw_sample,
        ask_generators,
        judge_generators,
    ),
    check(
        "frequencies",
        "Tokens come as often as their probabilities say; rows, and calls in a row, are drawn independently.",
        draw_frequencies,
        ask_frequencies,
        judge_frequencies,
        1,
    ),
    check(
        "frequencies-with-options",
        "Tokens come as often as their probabilities say, at any temperature and after either filter or both.",
        draw_frequencies,
        ask_settings,
        judge_settings,
        1,
    ),
    check(
        "rows-have-their-own-nuclei",
        "In one batch, every row is drawn from its own distribution.",
        draw_mixed_rows,
        ask_mixed_rows,
        judge_mixed_rows,
        4,
    ),
    raises_check(
        lambda: draw_sample(sizes={"B": (1, 2), "V": (4, 5)}, kinds=("ordinary",)),
        ask_errors,
        sentence="top_k below 1, top_p outside (0, 1] and a negative temperature raise ValueError, at temperature 0 too.",
        cases=2,
    ),
)
