"""A name that ends in capitals states its tensor's shape. Here each such name in the references is held to it.

The references run under a trace that looks at every local name after every line: the suffix must have one letter a
dimension, and within one call a letter must stand for one size. All letters are given distinct sizes, so that a wrong
letter can't fit by chance.
"""

import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import reference
from problems import all_problems
from reference import LETTERS
from reference.adam import AdamW
from reference.classification_metrics import precision_recall_f1, roc_auc
from reference.conv2d import conv2d
from reference.cross_entropy import cross_entropy
from reference.grouped_query_attention import GroupedQueryAttention
from reference.k_means import fit
from reference.kv_cache import CachedSelfAttention
from reference.lora import LoRALinear
from reference.lstm import lstm
from reference.mlp_backward import mlp_backward
from reference.multi_head_attention import MultiHeadAttention
from reference.normalization import layer_norm, rms_norm
from reference.retrieval_metrics import hit_rate, ndcg_at_k
from reference.rnn import rnn
from reference.rnn_backward import rnn_backward
from reference.rope import apply_rope
from reference.sampling import filter_logits, sample
from reference.softmax import log_softmax, logsumexp, softmax
from reference.transformer_block import TransformerBlock

FOLDER = Path(reference.__file__).parent
SUFFIX = re.compile(r"_([A-Z]+)$")


class Claims:
    """What the suffixed names of the traced code claimed, and where the real shape is another.

    Attributes:
        seen: (function, name) of every suffixed tensor that was looked at.
        wrong: a sentence for every claim that does not hold.
    """

    def __init__(self, covers: Callable[[types.CodeType], bool], sizes: dict[str, int]) -> None:
        self.covers = covers
        self.sizes = sizes
        self.seen: set[tuple[str, str]] = set()
        self.wrong: set[str] = set()

    def __enter__(self) -> "Claims":
        self.before = sys.gettrace()
        sys.settrace(self.on_call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self.before)

    def on_call(self, frame: types.FrameType, event: str, arg: object) -> Any:
        if not self.covers(frame.f_code):
            return None
        letters: dict[str, tuple[int, str]] = {}

        def on_line(frame: types.FrameType, event: str, arg: object) -> Any:
            for name, value in list(frame.f_locals.items()):
                self.look_at(frame.f_code.co_qualname, name, value, letters)
            return on_line

        return on_line

    def look_at(self, function: str, name: str, value: object, letters: dict[str, tuple[int, str]]) -> None:
        match = SUFFIX.search(name)
        if match is None or not isinstance(value, (Tensor, np.ndarray)):
            return
        suffix, shape = match[1], tuple(value.shape)
        self.seen.add((function, name))
        if unknown := set(suffix) - set(LETTERS):
            self.wrong.add(f"{function}: {name} has letters that stand for nothing: {sorted(unknown)}")
        if len(suffix) != len(shape):
            self.wrong.add(f"{function}: {name} has {len(shape)} dimensions")
            return
        for letter, size in zip(suffix, shape, strict=True):
            known, first = letters.setdefault(letter, (size, name))
            if size != known:
                self.wrong.add(f"{function}: {letter} is {size} in {name} and {known} in {first}")
            elif letter in self.sizes and size != self.sizes[letter]:
                self.wrong.add(f"{function}: {letter} is {size} in {name}, and {self.sizes[letter]} in this run")


def in_references(code: types.CodeType) -> bool:
    return Path(code.co_filename).parent == FOLDER


def run_multi_head_attention(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    attention = MultiHeadAttention(h * k, h)
    keys = torch.randn(b, s, h * k)
    attention(torch.randn(b, t, h * k), keys, keys, torch.ones(t, s, dtype=torch.bool))


def run_grouped_query_attention(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    attention = GroupedQueryAttention(h * s * k, h * s, s)
    attention(torch.randn(b, t, h * s * k), torch.ones(t, t, dtype=torch.bool))


def run_kv_cache(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    attention = CachedSelfAttention(h * k, h)
    past = torch.randn(b, h, s - t, k)
    attention(torch.randn(b, t, h * k), (past, past))
    attention(torch.randn(b, t, h * k))


def run_lora(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    layer = LoRALinear(nn.Linear(width, k), h)
    layer(torch.randn(b, width))
    layer.merge()
    layer(torch.randn(b, t, width))
    layer.unmerge()


def run_normalization(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    layer_norm(torch.randn(b, t, width), torch.randn(width), torch.randn(width))
    rms_norm(torch.randn(b, width).half(), torch.randn(width).half())


def run_rope(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    apply_rope(torch.randn(b, h, t, 2 * width), s)


def run_sampling(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    filter_logits(torch.randn(b, t, width), 3, 0.9)
    sample(torch.randn(b, width), 0.7, 3, 0.9)


def run_softmax(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    softmax(torch.randn(b, t, width), 1)
    log_softmax(torch.randn(b, width))
    logsumexp(torch.randn(b, t, s, width), -3)


def run_transformer_block(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    TransformerBlock(h * k, h, width)(torch.randn(b, t, h * k))


def run_lstm(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    lstm(
        torch.randn(b, t, width),
        torch.randn(b, h),
        torch.randn(b, h),
        torch.randn(4 * h, width),
        torch.randn(4 * h, h),
        torch.randn(4 * h),
        torch.randn(4 * h),
    )


def run_cross_entropy(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    targets = torch.arange(b * t).reshape(b, t) % width
    cross_entropy(torch.randn(b, t, width), targets.masked_fill(targets == 1, -100), label_smoothing=0.1)


def run_adam(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    weight = torch.randn(b, t, requires_grad=True)
    weight.grad = torch.randn(b, t)
    AdamW([weight]).step()


def run_rnn(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    weights = torch.randn(h, width), torch.randn(h, h), torch.randn(h), torch.randn(h)
    rnn(torch.randn(b, t, width), *weights)
    rnn(torch.randn(b, t, width), *weights, torch.randn(b, h))


def run_mlp_backward(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    draw = np.random.default_rng(0).standard_normal
    mlp_backward(draw((b, width)), np.zeros(b, dtype=int), draw((width, h)), draw(h), draw((h, k)), draw(k))


def run_classification_metrics(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    targets = np.arange(b * t) % width
    precision_recall_f1(targets, targets[::-1], width, average="macro")
    roc_auc(targets % 2, np.arange(b * t) / 2)


def run_retrieval_metrics(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    relevant = np.arange(width)
    ndcg_at_k(np.arange(b * t) % (b * t - 1), relevant, relevant / 2, h)
    hit_rate([relevant], [np.arange(s)], k)


def run_rnn_backward(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    draw = np.random.default_rng(0).standard_normal
    shapes = (b, t, width), (h, width), (h, h), (h,), (h,), (b, h), (b, t, h), (b, h)
    rnn_backward(*[draw(shape) for shape in shapes])


def run_conv2d(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    image = torch.randn(b, t * s, k + 38, width + 40)
    conv2d(image, torch.randn(t * h, s, k, width), torch.randn(t * h), stride=2, padding=1, groups=t)


def run_k_means(b: int, t: int, s: int, h: int, k: int, width: int) -> None:
    draw = np.random.default_rng(0).standard_normal
    fit(draw((b * t, h * k)), draw((k, h * k)), 2)


# For each reference: how it is run, and the letters that have one size in the whole run. In attention, T is not among
# them where a method is called for queries and for keys, and S where the cache may be empty: within a call they hold.
RUNS: dict[str, tuple[Callable[[int, int, int, int, int, int], None], str]] = {
    "multi_head_attention": (run_multi_head_attention, "BSHKD"),
    "grouped_query_attention": (run_grouped_query_attention, "BTJK"),
    "kv_cache": (run_kv_cache, "BTHKD"),
    "lora": (run_lora, "RIO"),
    "normalization": (run_normalization, ""),  # rows of any rank: its names have no suffix
    "rope": (run_rope, "BTHP"),
    "sampling": (run_sampling, "BV"),
    "softmax": (run_softmax, ""),  # any rank, any axis: its names have no suffix
    "transformer_block": (run_transformer_block, "BTHKDF"),
    "lstm": (run_lstm, "BTHIG"),
    "cross_entropy": (run_cross_entropy, "V"),
    "adam": (run_adam, ""),
    "retrieval_metrics": (run_retrieval_metrics, ""),
    "classification_metrics": (run_classification_metrics, "V"),
    "k_means": (run_k_means, "KD"),
    "rnn": (run_rnn, "BTHI"),
    "rnn_backward": (run_rnn_backward, "BTHI"),
    "mlp_backward": (run_mlp_backward, "BHIO"),
    "conv2d": (run_conv2d, "BGIOCHWYXUL"),
}
SIZES = [(2, 3, 5, 7, 11, 13), (5, 2, 9, 3, 4, 23), (13, 4, 17, 2, 3, 7), (3, 5, 7, 11, 2, 19)]


def sizes_of(slug: str, b: int, t: int, s: int, h: int, k: int, width: int) -> dict[str, int]:
    """What each letter is in this run, where the reference's names use it with one meaning throughout."""
    if slug == "lora":
        return {"R": h, "I": width, "O": k}
    if slug == "conv2d":
        sides = {"H": k + 40, "W": width + 42, "Y": 21, "X": 22, "U": k, "L": width}
        return {"B": b, "G": t, "I": s, "O": h, "C": t * s, **sides}
    if slug == "grouped_query_attention":
        return {"B": b, "T": t, "J": s, "K": k, "H": h * s, "D": h * s * k}
    every = {"B": b, "T": t, "S": s, "H": h, "K": k, "D": h * k, "I": width, "V": width, "P": width, "G": 4 * h, "O": k}
    every["F"] = width
    return {letter: every[letter] for letter in RUNS[slug][1]}


def trace(slug: str, sizes: tuple[int, int, int, int, int, int]) -> Claims:
    fixed = sizes_of(slug, *sizes)
    with Claims(in_references, fixed) as claims:
        RUNS[slug][0](*sizes)
    return claims


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("slug", RUNS)
def test_every_suffix_is_the_real_shape(slug: str, sizes: tuple[int, int, int, int, int, int]) -> None:
    claims = trace(slug, sizes)
    assert claims.wrong == set()


@pytest.mark.parametrize("slug", RUNS)
def test_every_suffixed_name_of_the_source_was_looked_at(slug: str) -> None:
    source = (FOLDER / f"{slug}.py").read_text(encoding="utf-8")
    names = local_names(compile(source, slug, "exec"))
    looked_at = {name for _, name in trace(slug, SIZES[0]).seen}
    assert {name for name in names if SUFFIX.search(name)} == looked_at


def local_names(code: types.CodeType) -> set[str]:
    """Names of all variables local to some function of the code."""
    names = set(code.co_varnames) | set(code.co_cellvars)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= local_names(constant)
    return names


def test_every_reference_with_tensors_is_traced() -> None:
    assert set(RUNS) == {problem.slug for problem in all_problems() if not problem.plain}


def test_the_letters_of_a_run_are_distinct() -> None:
    for slug in RUNS:
        for sizes in SIZES:
            values = sizes_of(slug, *sizes).values()
            assert len(set(values)) == len(values), (slug, sizes)


def claims_of(function: Callable[..., object], *arguments: object, **sizes: int) -> set[str]:
    with Claims(lambda code: code is function.__code__, sizes) as claims:
        function(*arguments)
    return claims.wrong


def test_right_suffixes_are_no_offence() -> None:
    def product(x_BI: Tensor, w_OI: Tensor) -> Tensor:
        y_BO = x_BI @ w_OI.T
        return y_BO.relu()

    assert claims_of(product, torch.ones(2, 3), torch.ones(5, 3), B=2, I=3, O=5) == set()


def test_letters_in_the_wrong_order_are_caught() -> None:
    def product(x_BI: Tensor, w_IO: Tensor) -> Tensor:
        return x_BI @ w_IO.T

    assert claims_of(product, torch.ones(2, 3), torch.ones(5, 3)) == {
        "test_letters_in_the_wrong_order_are_caught.<locals>.product: I is 5 in w_IO and 3 in x_BI"
    }


def test_a_letter_that_is_not_the_size_of_the_run_is_caught() -> None:
    def double(x_BI: Tensor) -> Tensor:
        y_BO = 2 * x_BI
        return y_BO.relu()

    assert len(claims_of(double, torch.ones(2, 3), B=2, I=3, O=5)) == 1


def test_a_suffix_of_the_wrong_length_is_caught() -> None:
    def total(x_BI: Tensor) -> Tensor:
        sum_BI = x_BI.sum(dim=1)
        return sum_BI.relu()

    assert len(claims_of(total, torch.ones(2, 3))) == 1


def test_a_letter_that_stands_for_nothing_is_caught() -> None:
    def same(x_BQ: Tensor) -> Tensor:
        return x_BQ

    assert len(claims_of(same, torch.ones(2, 3))) == 1


def test_a_name_that_is_given_another_shape_later_is_caught() -> None:
    def narrow(x_BI: Tensor) -> Tensor:
        for _ in range(2):
            x_BI = x_BI[:, 1:]
        return x_BI

    assert len(claims_of(narrow, torch.ones(2, 5))) >= 1


def test_a_wrong_suffix_in_a_reference_is_caught() -> None:
    source = (FOLDER / "lstm.py").read_text(encoding="utf-8")
    changed = source.replace("outputs_BTH", "outputs_TBH")
    assert changed != source
    namespace: dict[str, Any] = {}
    exec(compile(changed, "changed", "exec"), namespace)
    with Claims(lambda code: code.co_filename == "changed", {"B": 2, "T": 3}) as claims:
        weights = torch.randn(16, 4), torch.randn(16, 4), torch.randn(16), torch.randn(16)
        namespace["lstm"](torch.randn(2, 3, 4), torch.randn(2, 4), torch.randn(2, 4), *weights)
    assert any("outputs_TBH" in sentence for sentence in claims.wrong)
