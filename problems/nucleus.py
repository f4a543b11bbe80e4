"""Which sets of tokens top-k and top-p may keep: the definition, with the freedom it leaves.

Ties at the edge may be broken in any way or all be kept; sums of probabilities within 1e-6 of top_p may fall either way, unless they
are exact in every right style. Where logits are large, exp(x - logsumexp(x)) is off by eps of the largest, and so are its sums; the
cases in float64 see what is let through in float32.
"""

from __future__ import annotations

import math

import msgspec

from problems.comparison import Finding, index_of
from problems.late import torch

BORDER = 1e-6


class Edge(msgspec.Struct, frozen=True):
    """One right way to cut: everything above `value` stays, and `counts` many of those equal to it may."""

    value: float
    counts: frozenset[int]


class RowRules(msgspec.Struct, frozen=True):
    """What one row allows.

    Attributes:
        edges: the right ways to cut.
        possible: per token, whether some right set holds it.
        probabilities: of each token where there is one right set, after both filters.
        certain: whether there is only one right set.
    """

    edges: tuple[Edge, ...]
    possible: list[bool]
    probabilities: torch.Tensor
    certain: bool


def row_rules(row: torch.Tensor, top_k: int | None, top_p: float | None, *, eps: float = 0.0) -> RowRules:
    """The right sets for one row of logits [V], in float64; eps is that of the precision the solution works in."""
    border = max(BORDER, 2 * eps * float(row.abs().max()))
    values = sorted((float(value) for value in row), reverse=True)
    edges: dict[float, set[int]] = {}
    for kept in _after_top_k(values, top_k):
        for value, counts in _after_top_p(values, kept, top_p, border):
            edges.setdefault(value, set()).update(counts)
    found = tuple(Edge(value, frozenset(counts)) for value, counts in edges.items())
    lowest = min(edges)
    possible = [float(value) >= lowest for value in row]
    certain = len(found) == 1 and found[0].counts == {values.count(lowest)}
    weights = torch.where(torch.tensor(possible), (row.double() - row.max()).exp(), 0.0)
    return RowRules(found, possible, weights / weights.sum(), certain)


def _after_top_k(values: list[float], top_k: int | None) -> list[int]:
    """How many of the sorted values may be left by top_k: exactly k, or with all that are equal to the last."""
    if top_k is None or top_k >= len(values):
        return [len(values)]
    edge = values[top_k - 1]
    with_ties = sum(value >= edge for value in values)
    return sorted({top_k, with_ties})


def _after_top_p(values: list[float], kept: int, top_p: float | None, border: float) -> list[tuple[float, set[int]]]:
    """The edges that top_p may leave among the first `kept` values: the value at the edge and how many of it stay."""
    if top_p is None:
        edge = values[kept - 1]
        above = sum(value > edge for value in values)
        return [(edge, {kept - above, values.count(edge)} if kept < len(values) else {values.count(edge)})]
    weights = [math.exp(value - values[0]) for value in values[:kept]]
    total = math.fsum(weights)
    # Exact in every right style, exp(x - logsumexp(x)) included: one, two or four logits of zero and nothing else.
    exact = values[0] == 0.0 and all(weight in (0.0, 1.0) for weight in weights) and total in (1.0, 2.0, 4.0)
    # At top_p = 1 no token has to go: one of probability 0 in float64 still has one, if only a tiny one.
    border = 0.0 if exact and top_p < 1 else border
    sums = [math.fsum(weights[: n + 1]) / total for n in range(kept)]
    first = next((n for n, reached in enumerate(sums) if reached >= top_p - border), kept - 1)
    last = next((n for n, reached in enumerate(sums) if reached >= top_p + border), kept - 1)
    found = []
    for n in range(first, last + 1):
        edge = values[n]
        above = sum(value > edge for value in values)
        inside = sum(value == edge for value in values[:kept])
        found.append((edge, {n + 1 - above, inside, values.count(edge)}))
    return found


def kept_fault(result: torch.Tensor, logits: torch.Tensor, top_k: int | None, top_p: float | None) -> Finding | None:
    """What is wrong with filtered logits; shape and dtype are right already."""
    rows, wanted = result.reshape(-1, result.shape[-1]), logits.reshape(-1, logits.shape[-1])
    shape = logits.shape[:-1]
    for number, (mine, given) in enumerate(zip(rows, wanted, strict=True)):
        place = index_of(number, shape)
        where = f"in row {list(place)}, " if place and rows.shape[0] > 1 else ""
        found = _row_fault(mine, given, top_k, top_p, where)
        if found:
            worst = (*place, *(found.worst_index or ())) or None
            expected = None if found.expected is None else _right(wanted, top_k, top_p).reshape(logits.shape)
            return msgspec.structs.replace(found, expected=expected, actual=result, worst_index=worst)
    return None


def _right(rows: torch.Tensor, top_k: int | None, top_p: float | None) -> torch.Tensor:
    """Rows of logits filtered rightly, with all that are equal to the last one kept."""
    possible = torch.tensor(
        [row_rules(row.double(), top_k, top_p, eps=torch.finfo(row.dtype).eps).possible for row in rows]
    )
    return torch.where(possible, rows, -math.inf)


def _row_fault(
    mine: torch.Tensor, given: torch.Tensor, top_k: int | None, top_p: float | None, where: str
) -> Finding | None:
    removed = mine == -math.inf
    changed = ~removed & (mine != given)
    if bool(changed.any()):
        token = int(changed.nonzero()[0])
        return Finding(
            sentence=(
                f"{where}token {token} has the logit {float(mine[token]):.6g}; kept logits stay as they are "
                f"({float(given[token]):.6g}), removed ones are -inf"
            ),
            worst_index=(token,),
        )
    rules = row_rules(given.double(), top_k, top_p, eps=torch.finfo(given.dtype).eps)
    kept = [float(value) for value, gone in zip(given.double(), removed, strict=True) if not gone]
    for edge in rules.edges:
        above = [value for value in kept if value > edge.value]
        equal = [value for value in kept if value == edge.value]
        if (
            len(above) + len(equal) == len(kept)
            and len(above) == sum(float(value) > edge.value for value in given)
            and len(equal) in edge.counts
        ):
            return None
    return _count_finding(removed, given, rules, where)


def _count_finding(removed: torch.Tensor, given: torch.Tensor, rules: RowRules, where: str) -> Finding:
    mine = [token for token, gone in enumerate(removed.tolist()) if not gone]
    sizes = sorted(
        {sum(float(value) > edge.value for value in given) + count for edge in rules.edges for count in edge.counts}
    )
    right = " or ".join(str(size) for size in sizes)
    probabilities = torch.softmax(given.double(), -1)
    facts = ["their probabilities: " + ", ".join(f"{float(p):.4g}" for p in probabilities[:12])]
    expected = torch.where(torch.tensor(rules.possible), given, -math.inf)
    wrong = [token for token in range(len(given)) if rules.possible[token] == bool(removed[token])]
    sentence = f"{where}{_counted(len(mine))} kept ({_list(mine)}); right {'is' if sizes == [1] else 'are'} {right}"
    if len(mine) in sizes:  # so many are right, but not these
        likely = [token for token in range(len(given)) if rules.possible[token]]
        choice = _list(likely) if len(likely) == len(mine) else f"{len(mine)} of {_list(likely)}"
        sentence = f"{where}{_counted(len(mine))} kept, {_list(mine)}; the most likely ones are {choice}"
        sentence = sentence.replace("ones are number ", "one is number ")
    return Finding(
        sentence=sentence,
        facts=tuple(facts) if len(given) <= 12 else (),
        expected=expected if len(removed) == given.numel() else None,
        worst_index=(wrong[0],) if wrong else None,
    )


def _counted(count: int) -> str:
    return "no token is" if count == 0 else "1 token is" if count == 1 else f"{count} tokens are"


def _list(tokens: list[int]) -> str:
    if not tokens:
        return "none"
    shown = ", ".join(str(token) for token in tokens[:8]) + (", ..." if len(tokens) > 8 else "")
    return f"number {shown}" if len(tokens) == 1 else f"numbers {shown}"
