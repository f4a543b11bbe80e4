"""The secret seeds of a pool: shared for a while, renewed, and prepared before."""

from __future__ import annotations

from typing import Any

from judge.api.child import AHEAD, SUBMISSIONS_OF_A_SEED, Seeds
from judge.service.requests import Chosen, Settings

PROBLEM, OTHER = Chosen("/lstm", "/lstm.py", ""), Chosen("/lora", "/lora.py", "")


class PreparedCheck:
    """Stands for the pool, and keeps what it was to prepare."""

    def __init__(self) -> None:
        self.seeds: list[Any] = []

    def prepare(self, problem: Chosen, framework: str, seed: int, settings: Settings) -> None:
        self.seeds.append(seed)


def test_seed_is_renewed_after_so_many_submissions_and_the_next_one_was_prepared() -> None:
    pool = PreparedCheck()
    seeds = Seeds(pool)  # type: ignore[arg-type]
    drawn = []
    for number in range(3 * SUBMISSIONS_OF_A_SEED):
        drawn.append(seeds.next(PROBLEM, "torch", Settings()))
        assert len(pool.seeds) == (number + 1 + AHEAD) // SUBMISSIONS_OF_A_SEED
    parts = [set(drawn[n : n + SUBMISSIONS_OF_A_SEED]) for n in range(0, len(drawn), SUBMISSIONS_OF_A_SEED)]
    assert [len(part) for part in parts] == [1, 1, 1]
    first, second, third = (part.pop() for part in parts)
    assert len({first, second, third}) == 3
    assert pool.seeds[:2] == [second, third]


def test_problems_and_frameworks_have_seeds_of_their_own() -> None:
    seeds = Seeds(PreparedCheck())  # type: ignore[arg-type]
    of = [(PROBLEM, "torch"), (PROBLEM, "numpy"), (OTHER, "torch")]
    assert len({seeds.next(problem, framework, Settings()) for problem, framework in of}) == 3
