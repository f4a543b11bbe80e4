"""Calls in words, as a person would write them."""

from __future__ import annotations

from typing import Any

import torch

from problems.asks import Call, Construct, Handle
from problems.comparison import dtype_name


def call_words(step: Call | Construct) -> str:
    """A call as a person would write it: "sample(logits, top_k=0)"; arrays by shape."""
    parts = [value_words(value) for value in step.args]
    parts += [f"{name}={value_words(value)}" for name, value in step.kwargs.items()]
    return f"{step.target}({', '.join(parts)})"


def value_words(value: Any) -> str:
    """A value in a call, short."""
    if isinstance(value, Handle):
        return value.name + "".join(f"[{item}]" for item in value.path)
    if isinstance(value, torch.Tensor):
        return f"<{dtype_name(value)} {list(value.shape)}>"
    if isinstance(value, tuple):
        return "(" + ", ".join(value_words(item) for item in value) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(value_words(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {value_words(item)}" for key, item in value.items()) + "}"
    return repr(value)
