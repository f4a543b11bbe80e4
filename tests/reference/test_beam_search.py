"""Beam search: as wide as can be it is an exhaustive search, as narrow as can be a greedy one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from reference.beam_search import beam_search
from sandbox.guest.given import TokenScores

SCORES = ("quarters", "ordinary", "large", "equal")


def every_text(model: TokenScores, length: int, eos: int | None) -> list[tuple[list[int], float]]:
    """All texts there are, with their sums."""
    found = []
    vocabulary = len(model([]))
    for size in range(1, length + 1):
        for tokens in itertools.product(range(vocabulary), repeat=size):
            if eos in tokens[:-1] or (size < length and tokens[-1] != eos):
                continue
            total = sum(model(list(tokens[:place]))[token] for place, token in enumerate(tokens))
            found.append((list(tokens), total))
    return found


@pytest.mark.parametrize("scores", SCORES)
@pytest.mark.parametrize("eos", [0, 2, None])
@pytest.mark.parametrize("penalty", [0.0, 0.7])
def test_a_beam_that_holds_all_is_exhaustive(scores: str, eos: int | None, penalty: float) -> None:
    model = TokenScores(3, 5, scores)
    every = [(tokens, total / len(tokens) ** penalty) for tokens, total in every_text(model, 4, eos)]
    every.sort(key=lambda each: (-each[1], each[0]))
    found = beam_search(model, 200, 4, eos, penalty)
    assert [tokens for tokens, _ in found] == [tokens for tokens, _ in every]
    assert [score for _, score in found] == pytest.approx([score for _, score in every])
    assert beam_search(model, 500, 2, eos) == beam_search(model, 9, 2, eos)


@pytest.mark.parametrize("scores", SCORES)
def test_a_beam_of_one_without_an_end_is_greedy(scores: str) -> None:
    for seed in range(20):
        model, tokens = TokenScores(4, seed, scores), []
        for _ in range(6):
            row = model(tokens)
            tokens.append(row.index(max(row)))
        assert [each for each, _ in beam_search(TokenScores(4, seed, scores), 1, 6, None)] == [tokens]


def test_a_finished_text_is_never_lost() -> None:
    def model(prefix: Sequence[int]) -> list[float]:
        return [-1.0, -1.1, -1.2] if not prefix else [-5.0, -5.0, -5.0]

    assert beam_search(model, 1, 5, 2) == [([2], -1.2)]


def test_the_model_is_asked_once_for_each_live_text() -> None:
    model = TokenScores(5, 1, "ordinary")
    beam_search(model, 3, 6, 4)
    assert model.calls <= 1 + 3 * 5


@pytest.mark.parametrize(("width", "length"), [(0, 3), (2, 0), (-1, 3)])
def test_bad_sizes_raise_before_the_model_is_asked(width: int, length: int) -> None:
    model = TokenScores(3, 1, "ordinary")
    with pytest.raises(ValueError, match="must be at least 1"):
        beam_search(model, width, length, 0)
    assert model.calls == 0
