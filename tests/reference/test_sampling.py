"""The sampling reference against brute force: kept sets by trying all subsets, draws by counting."""

import itertools
import math

import pytest
import torch

from reference.sampling import filter_logits, sample

ROWS = {
    "ordinary": [0.3, -1.2, 2.0, 0.9, 1.4],
    "peaked": [9.0, 0.0, -3.0, 1.0, 2.0],
    "nearly flat": [0.01, 0.02, 0.0, 0.04, 0.03],
    "huge": [1e4, -1e4, 9.9e3, 0.0, 1e4 - 1.5],
    "huge and close": [1e4, 1e4 - 1, 1e4 + 1, 1e4 - 2, 1e4 + 2],
    "very negative": [-1e4, -1e4 - 1, -1e4 + 0.5, -1e4 - 3, -1e4 + 2],
    "one token": [0.7],
    "two tokens": [-0.5, 0.5],
}
DTYPES = [torch.float32, torch.float64]


def probabilities(row: list[float], tokens: tuple[int, ...]) -> list[float]:
    largest = max(row[token] for token in tokens)
    weights = [math.exp(row[token] - largest) for token in tokens]
    return [weight / math.fsum(weights) for weight in weights]


def subsets(tokens: tuple[int, ...]):
    return itertools.chain.from_iterable(itertools.combinations(tokens, size) for size in range(1, len(tokens) + 1))


def kept_by_brute_force(row: list[float], top_k: int | None, top_p: float | None) -> set[int]:
    """The answer for a row without ties, straight from the words of the definition."""
    tokens = tuple(range(len(row)))
    if top_k is not None and top_k < len(row):
        tokens = max(itertools.combinations(tokens, top_k), key=lambda chosen: math.fsum(row[t] for t in chosen))
    if top_p is not None:
        share = dict(zip(tokens, probabilities(row, tokens), strict=True))
        enough = [chosen for chosen in subsets(tokens) if math.fsum(share[t] for t in chosen) >= top_p]
        size = min(map(len, enough), default=len(tokens))
        tokens = max(itertools.combinations(tokens, size), key=lambda chosen: math.fsum(row[t] for t in chosen))
    return set(tokens)


def kept(filtered: torch.Tensor) -> set[int]:
    return set(filtered.isfinite().nonzero().flatten().tolist())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_is_kept_is_what_all_subsets_say(row: list[float], dtype: torch.dtype) -> None:
    logits = torch.tensor(row, dtype=dtype)
    for top_k, top_p in itertools.product([None, 1, 2, 3, 4, 5, 9], [None, 1e-3, 0.2, 0.35, 0.5, 0.66, 0.8, 0.95]):
        filtered = filter_logits(logits, top_k, top_p)
        expected = kept_by_brute_force(logits.tolist(), top_k, top_p)
        assert kept(filtered) == expected, (top_k, top_p)
        assert torch.equal(filtered[sorted(expected)], logits[sorted(expected)])
        assert (filtered == -torch.inf).sum() == len(row) - len(expected)
        assert filtered.dtype == dtype


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4), (2, 1, 3, 4), (3, 1)])
def test_every_row_is_filtered_by_itself(shape: tuple[int, ...]) -> None:
    logits = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * 2
    filtered = filter_logits(logits, top_k=3, top_p=0.8)
    assert filtered.shape == shape
    for row, result in zip(logits.reshape(-1, shape[-1]), filtered.reshape(-1, shape[-1]), strict=True):
        assert kept(result) == kept_by_brute_force(row.tolist(), 3, 0.8)


def test_any_layout_is_filtered_and_left_as_it_was() -> None:
    whole = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    for logits in (whole.T, whole[:, ::2], whole[:1].expand(3, 5), whole.flip(0)):
        before = logits.clone()
        filtered = filter_logits(logits, 2, 0.7)
        assert torch.equal(logits, before)
        assert torch.equal(filtered, filter_logits(before, 2, 0.7))


def test_a_set_that_reaches_top_p_exactly_is_enough() -> None:
    for size, top_p in [(4, 0.25), (4, 0.5), (4, 0.75), (8, 0.125), (2, 0.5)]:
        filtered = filter_logits(torch.zeros(size), top_p=top_p)
        assert len(kept(filtered)) == size * top_p


def test_among_equal_logits_exactly_k_stay() -> None:
    few = kept(filter_logits(torch.tensor([1.0, 2.0, 1.0, 1.0]), top_k=2))
    assert len(few) == 2
    assert 1 in few
    assert len(kept(filter_logits(torch.zeros(1000), top_k=400))) == 400


def test_top_p_works_on_the_distribution_renormalised_after_top_k() -> None:
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0])
    assert kept(filter_logits(logits, top_p=0.9)) == {0, 1, 2}
    assert kept(filter_logits(logits, top_k=3, top_p=0.9)) == {0, 1}


def test_without_filters_and_with_filters_that_keep_all_nothing_changes() -> None:
    logits = torch.randn(3, 7, generator=torch.Generator().manual_seed(0))
    for arguments in [(None, None), (7, None), (100, 1.0), (None, 1.0)]:
        assert torch.equal(filter_logits(logits, *arguments), logits)


def test_a_large_vocabulary_is_summed_without_drift() -> None:
    filtered = filter_logits(torch.zeros(2**16), top_p=0.5)
    assert len(kept(filtered)) == 2**15


@pytest.mark.parametrize("arguments", [{"top_k": 0}, {"top_k": -3}, {"top_p": 0.0}, {"top_p": 0}, {"top_p": -0.1}])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_filters_without_meaning_raise(arguments: dict[str, float], temperature: float) -> None:
    with pytest.raises(ValueError, match="top_"):
        filter_logits(torch.zeros(2, 3), **arguments)
    with pytest.raises(ValueError, match="top_"):
        sample(torch.zeros(2, 3), temperature, **arguments)


@pytest.mark.parametrize("top_p", [1.0001, 2.0, math.inf, math.nan])
def test_top_p_above_one_raises(top_p: float) -> None:
    with pytest.raises(ValueError, match="top_p"):
        filter_logits(torch.zeros(3), top_k=2, top_p=top_p)


@pytest.mark.parametrize("temperature", [-1.0, -1e-9, -1, math.nan])
def test_a_negative_temperature_raises(temperature: float) -> None:
    with pytest.raises(ValueError, match="temperature"):
        sample(torch.zeros(2, 3), temperature)


COUNTED = [
    (1.0, None, None),
    (2.0, None, None),
    (0.5, 3, None),
    (1.5, None, 0.8),
    (0.7, 4, 0.75),
    (3.0, 2, 0.99),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("temperature", "top_k", "top_p"), COUNTED)
def test_tokens_come_as_often_as_they_should(
    temperature: float, top_k: int | None, top_p: float | None, dtype: torch.dtype
) -> None:
    row = [0.3, -1.2, 2.0, 0.9, 1.4]
    draws = 40_000
    tokens = sample(
        torch.tensor(row, dtype=dtype).expand(draws, 5), temperature, top_k, top_p, torch.Generator().manual_seed(1)
    )
    assert tokens.shape == (draws,)
    assert tokens.dtype == torch.int64
    scaled = [value / temperature for value in row]
    support = tuple(sorted(kept_by_brute_force(scaled, top_k, top_p)))
    expected = dict(zip(support, probabilities(scaled, support), strict=True))
    for token, count in enumerate(tokens.bincount(minlength=5).tolist()):
        share = expected.get(token, 0.0)
        assert abs(count - draws * share) <= 5 * math.sqrt(draws * share * (1 - share)), token


def test_rows_and_calls_are_independent() -> None:
    generator = torch.Generator().manual_seed(2)
    logits = torch.zeros(20_000, 2)
    first, second = sample(logits, generator=generator), sample(logits, generator=generator)
    for left, right in [(first, second), (first[:-1], first[1:]), (first[:10_000], first[10_000:])]:
        equal = (left == right).double().mean().item()
        assert abs(equal - 0.5) < 5 * 0.5 / math.sqrt(len(left))


def test_the_generator_s_state_decides() -> None:
    logits = torch.randn(64, 9, generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(3)
    outside = torch.get_rng_state()
    first, second = sample(logits, generator=generator), sample(logits, generator=generator)
    assert torch.equal(torch.get_rng_state(), outside)
    assert not torch.equal(first, second)
    assert torch.equal(first, sample(logits, generator=generator.manual_seed(3)))


def test_without_a_generator_the_global_one_decides() -> None:
    logits = torch.randn(64, 9, generator=torch.Generator().manual_seed(0))
    with torch.random.fork_rng():
        torch.manual_seed(4)
        first, second = sample(logits), sample(logits)
        torch.manual_seed(4)
        assert torch.equal(first, sample(logits))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("temperature", [0, 0.0, 1e-30, 1e-6, 1e-3])
@pytest.mark.parametrize("size", [1.0, 1e4])
def test_a_small_temperature_is_argmax(size: float, temperature: float, dtype: torch.dtype) -> None:
    row = torch.tensor([0.5, -1.0, 1.0, 0.75], dtype=dtype) * size
    tokens = sample(row.expand(200, 4), temperature, top_k=3, top_p=0.9, generator=torch.Generator().manual_seed(0))
    assert tokens.tolist() == [2] * 200


@pytest.mark.parametrize("temperature", [1e4, 1e300, math.inf])
def test_a_large_temperature_keeps_every_token_possible(temperature: float) -> None:
    tokens = sample(torch.tensor([[1.0, -1.0, 0.0]]).expand(300, 3), temperature)
    assert set(tokens.tolist()) == {0, 1, 2}


def test_equal_logits_at_a_small_temperature_share_the_draws() -> None:
    tokens = sample(torch.zeros(300, 3), 1e-30)
    assert set(tokens.tolist()) == {0, 1, 2}


def test_a_vocabulary_of_one_has_one_outcome() -> None:
    assert sample(torch.tensor([[3.0], [-1e4]]), 0.5, top_k=4, top_p=0.1).tolist() == [0, 0]
    assert filter_logits(torch.tensor([[3.0]]), 1, 1.0).tolist() == [[3.0]]
