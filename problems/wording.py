"""Calls in words, as a person would write them."""

from __future__ import annotations

from typing import Any

from problems.asks import Call, Construct, Given, Handle
from problems.comparison import dtype_name
from problems.late import torch

LONGEST = 200  # letters of one value


def call_words(step: Call | Construct) -> str:
    """A call as a person would write it: "sample(logits, top_k=0)"; arrays by shape."""
    parts = [value_words(value) for value in step.args]
    parts += [f"{name}={value_words(value)}" for name, value in step.kwargs.items()]
    return f"{step.target}({', '.join(parts)})"


def value_words(value: Any) -> str:
    """A value in a call, short."""
    if isinstance(value, Handle):
        return value.name + "".join(f"[{item}]" for item in value.path)
    if isinstance(value, Given):
        return value.kind
    if isinstance(value, torch.Tensor):
        return f"<{dtype_name(value)} {list(value.shape)}>"
    if isinstance(value, tuple):
        return "(" + ", ".join(value_words(item) for item in value) + ")"
    if isinstance(value, list):
        return _shortened("[" + ", ".join(value_words(item) for item in value) + "]")
    if isinstance(value, dict):
        return _shortened("{" + ", ".join(f"{key!r}: {value_words(item)}" for key, item in value.items()) + "}")
    return _shortened(repr(value))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
