"""What must hold of filtered logits and of drawn tokens: several sets are right, and tokens are drawn.

Ties and sums that can't be told from `top_p` leave several right answers, so kept sets are not compared with the reference's: each is
checked against what the definition allows (`problems.nucleus`). How often tokens come is judged with a bound on the chance that a right
answer is rejected (`problems.frequencies`).
"""

from __future__ import annotations

import itertools

import msgspec
import torch

from problems.agreement import shape_finding
from problems.checks import CaseAnswers
from problems.comparison import Finding, as_tensor
from problems.frequencies import unlikely
from problems.kinds import Breach
from problems.nucleus import kept_fault
from problems.sampling.calls import Asked, calls_in, distinct_rows


class Allowed(msgspec.Struct, frozen=True):
    """Every call keeps a set that its logits and options allow, or draws tokens from such sets; types and shapes are right."""

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first call that keeps or draws anything else."""
        for call in calls_in(asked.program):
            if call.step.may_raise and asked.answers[call.place].failure is not None:
                continue
            found = shape_finding(asked.at(call.place), call.place, call.step.result)
            if not found and call.before >= 0:
                was, now = (as_tensor(asked.answers[place].value) for place in (call.before, call.place))
                found = None if torch.equal(was, now) else Finding(sentence="it holds other numbers than before")
            if found := found or _fault(call, as_tensor(asked.answers[call.place].value)):
                words = f"{call.step.note}: {found.sentence}" if call.step.note else found.sentence
                return msgspec.structs.replace(found, sentence=words, step=call.place)
        return None


def _fault(call: Asked, answer: torch.Tensor) -> Finding | None:
    """What is wrong with the values of one call."""
    if call.step.target == "filter_logits":
        return kept_fault(answer, call.logits, call.options["top_k"], call.options["top_p"])
    distinct, which = distinct_rows(call.logits)
    possible = torch.tensor([call.rules(row).possible for row in distinct])[which]
    most = call.logits.shape[-1]
    inside = (answer >= 0) & (answer < most)
    right = inside & possible.gather(1, answer.clamp(0, most - 1)[:, None])[:, 0]
    if bool(right.all()):
        return None
    row = int((~right).nonzero()[0])
    reason = ", which the filters remove in this row"
    if not bool(inside[row]):
        reason = f", which is none: there are {most}"
    elif call.options["temperature"] == 0:
        reason = "; temperature 0 asks for the most likely one"
    sentence = f"row {row} got the token {int(answer[row])}{reason}"
    return Finding(sentence=sentence, facts=(f"its logits are {_short(call.logits[row])}",))


class SameTokens(msgspec.Struct, frozen=True):
    """Calls whose notes are the same draw the same tokens, all of them allowed ones."""

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first call that draws other tokens than one of the same note before it."""
        if found := Allowed().finding(asked):
            return found
        first: dict[str, torch.Tensor] = {}
        for call in calls_in(asked.program):
            drawn, note = as_tensor(asked.answers[call.place].value), call.step.note
            before = first.setdefault(note, drawn)
            if not torch.equal(before, drawn):
                words = f"{note} came other tokens: {before.tolist()}, then {drawn.tolist()}"
                return Finding(sentence=words, step=call.place)
        return None


class AsOften(msgspec.Struct, frozen=True):
    """Tokens come as often as their probabilities say, in each call over the rows that are equal.

    Attributes:
        independent: pairs of calls, by their numbers, whose tokens must be independent of each other, with the words for them. Where
            there are any, the rows of every call must be as well, and all calls are counted together: their rows are the same.
    """

    independent: tuple[tuple[int, int, str], ...] = ()

    def finding(self, asked: CaseAnswers) -> Finding | None:
        """The first token that comes too often or too rarely, or the first pair of tokens that does."""
        if found := Allowed().finding(asked):
            return found
        calls = list(calls_in(asked.program))
        draws = [as_tensor(asked.answers[call.place].value) for call in calls]
        for call, drawn in zip(calls, draws, strict=True):
            distinct, which = distinct_rows(call.logits)
            for number, row in enumerate(distinct):
                if found := _frequency_fault(call, drawn[which == number], row, call.step.note):
                    return found
        return self._dependence(calls, draws) if self.independent else None

    def _dependence(self, calls: list[Asked], draws: list[torch.Tensor]) -> Finding | None:
        row, half = calls[0].logits[0], len(draws[0]) // 2
        probabilities = calls[0].rules(row).probabilities
        for call, drawn in zip(calls, draws, strict=True):
            neighbours = _pair_fault(drawn[0::2], drawn[1::2], probabilities, "neighbouring rows")
            found = neighbours or _pair_fault(drawn[:half], drawn[half:], probabilities, f"rows {half} apart")
            if found:
                return msgspec.structs.replace(found, step=call.place)
        for first, second, words in self.independent:
            if found := _pair_fault(draws[first], draws[second], probabilities, words):
                return msgspec.structs.replace(found, step=calls[second].place)
        return _frequency_fault(calls[-1], torch.cat(draws), row, "in all calls together")


def _frequency_fault(call: Asked, drawn: torch.Tensor, row: torch.Tensor, words: str) -> Finding | None:
    """Counts of tokens against their probabilities, where only one set is right."""
    rules, total = call.rules(row), len(drawn)
    counts = torch.bincount(drawn, minlength=len(row)).tolist()
    for token, (count, p) in enumerate(zip(counts, rules.probabilities.tolist(), strict=True)):
        if rules.certain and unlikely(count, total, p):
            came = (
                f"token {token} came {count} times in {total} draws; its probability is {p:.4f}, about {p * total:.0f}"
            )
            sentence = f"{words}: {came}" if words else came
            facts = (f"the logits are {_short(row)}",)
            return Finding(breach=Breach.FREQUENCY, sentence=sentence, facts=facts, step=call.place)
    return None


def _pair_fault(first: torch.Tensor, second: torch.Tensor, probabilities: torch.Tensor, words: str) -> Finding | None:
    """Counts of pairs against the product of their probabilities: independent draws."""
    size, total = len(probabilities), len(first)
    counts = torch.bincount(first * size + second, minlength=size * size).reshape(size, size)
    for a, b in itertools.product(range(size), repeat=2):
        p, count = float(probabilities[a] * probabilities[b]), int(counts[a, b])
        if unlikely(count, total, p):
            came = f"the tokens ({a}, {b}) came together {count} times in {total}; about {p * total:.0f} are right"
            return Finding(breach=Breach.FREQUENCY, sentence=f"{words} are not independent: {came}")
    return None


def _short(row: torch.Tensor) -> str:
    """A row of logits in words, its first twelve; those that are far from zero and close together by their distance from a number."""
    far = round(float(row.mean())) if float(row.abs().max()) > 1000 * float(row.max() - row.min()) > 0 else 0
    shown = ", ".join(f"{value:.4g}" for value in (row - far).tolist()[:12])
    return f"{f'{far} plus ' if far else ''}[{shown}{', ...' if row.numel() > 12 else ''}]"
