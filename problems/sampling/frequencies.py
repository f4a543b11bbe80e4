"""How often tokens come: against their probabilities, and in pairs that must be independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import torch

from problems.asks import Call, Handle, Program, Put
from problems.cases import DTYPES, Case, Values
from problems.checks import CaseAnswers
from problems.comparison import Finding, as_tensor
from problems.frequencies import unlikely
from problems.sampling.calls import draw_sample, generator, rules_of, sample_call, short, tokens_fault

ROWS = 10_000


def draw_frequencies(dtypes: Sequence[str] = DTYPES) -> Any:
    """Cases for one distribution of five tokens; the calls set temperature and filters themselves."""
    return draw_sample(
        sizes={"B": (ROWS,), "V": (5,)},
        dtypes=dtypes,
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
FAR, SHARP = (
    9000.0,
    1e-4,
)  # at this distance from zero and this temperature, float64 tells logits apart and float32 does not


def ask_settings(case: Case) -> Program:
    """One call for each of the settings, on a row of its own."""
    program: Program = []
    for setting in SETTINGS:
        own = with_options(case, *setting)
        program.append(sample_call(row_of(own).repeat(FEWER_ROWS, 1), own))
    return program


def draw_precise() -> Any:
    """The same in float64."""
    return draw_frequencies(("float64",))


def ask_precise(case: Case) -> Program:
    """One call on equal rows of logits that lie close together and far from zero."""
    own = with_options(case, SHARP, None, None)
    return [sample_call((row_of(own) + FAR).repeat(FEWER_ROWS, 1), own)]


def judge_precise(asked: CaseAnswers) -> Finding | None:
    """Frequencies as float64 tells them apart."""
    own = with_options(asked.case, SHARP, None, None)
    own = msgspec.structs.replace(own, sizes={**own.sizes, "B": FEWER_ROWS})
    row = row_of(own) + FAR
    found = tokens_fault(msgspec.structs.replace(asked, case=own), 0, row.expand(FEWER_ROWS, -1))
    if found:
        return found
    drawn = as_tensor(asked.answers[0].value)
    found = frequency_fault(drawn, rules_of(row[None], own)[0].probabilities, "in float64 ", row)
    if found is None:
        return None
    fact = f"the logits of every row are {FAR:g} plus {short(row - FAR)}, and the temperature is {SHARP:g}"
    return msgspec.structs.replace(found, facts=(fact,))


def judge_settings(asked: CaseAnswers) -> Finding | None:
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


def judge_frequencies(asked: CaseAnswers) -> Finding | None:
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
                facts=(f"the logits of every row are {short(row)}",),
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


def judge_mixed_rows(asked: CaseAnswers) -> Finding | None:
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
