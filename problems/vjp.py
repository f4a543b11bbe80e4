"""Vector-Jacobian products of a call, against those of the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from problems.agreement import Picked, at_step, shape_finding
from problems.checks import CaseAnswers
from problems.comparison import Finding, LayoutTree, dtype_name, is_array
from problems.late import torch
from problems.patterns import listed


def input_names(inputs: Mapping[str, Any]) -> list[str]:
    """A name for every floating tensor among the inputs, in the order in which gradients come back."""
    names: list[str] = []
    for name, value in inputs.items():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            names.append(name)
        elif isinstance(value, (tuple, list)):
            names += [f"{name}[{i}]" for i, part in enumerate(value) if isinstance(part, torch.Tensor)]
    return names


def gradient_finding(
    asked: CaseAnswers, step: int, names: Sequence[str], result: LayoutTree, skip: Sequence[str] = ()
) -> Finding | None:
    """Gradients of one differentiated call against the reference's."""
    answer, exact = asked.answers[step], asked.right.exact(step)
    if found := shape_finding(asked, step, result):
        return found
    if answer.why or answer.inputs is None:
        return Finding(sentence=f"the result can't be differentiated: {answer.why}", step=step)
    assert exact.inputs is not None
    inputs = Picked(asked.right, step, lambda other, place: (other.inputs or [])[place])
    parameters = Picked(asked.right, step, lambda other, name: other.parameters[name])
    faults: dict[str, Finding | None] = {}
    for place, name in enumerate(names):
        if name not in skip and exact.inputs[place] is not None:
            faults[name] = _gradient_fault(asked, inputs, place, name, answer.inputs[place], exact.inputs[place])
    for name, right in exact.parameters.items():
        if right is not None:
            faults[name] = _gradient_fault(asked, parameters, name, name, answer.parameters.get(name), right)
    first = next((found for found in faults.values() if found is not None), None)
    if first is None:
        return None
    every = dict(zip(names, exact.inputs, strict=False)) | exact.parameters
    faults = {
        name: found for name, found in faults.items() if found or bool(every[name].any())
    }  # zeros are easily right
    return at_step(msgspec.structs.replace(first, facts=(*first.facts, *_beside(faults))), step)


def _beside(faults: Mapping[str, Finding | None]) -> tuple[str, ...]:
    """Which of the gradients are right, and which are not."""
    wrong = [name for name, found in faults.items() if found is not None]
    if len(faults) < 2:
        return ()
    if len(wrong) == len(faults):
        return (f"none of the {len(faults)} gradients is right",)
    if len(wrong) > len(faults) - len(wrong):
        right = [name for name, found in faults.items() if found is None]
        return (f"only the {_gradients(right)} right",)
    if len(wrong) == 1:
        return ("all other gradients are right",)
    return (f"only the {_gradients(wrong)} wrong",)


def _gradients(names: Sequence[str]) -> str:
    return f"gradient for {names[0]} is" if len(names) == 1 else f"gradients for {listed(names)} are"


def _gradient_fault(asked: CaseAnswers, right: Picked, key: Any, name: str, mine: Any, exact: Any) -> Finding | None:
    """A gradient that is missing, of another shape or dtype than its input, or wrong."""
    label = f"the gradient for {name}"
    if mine is None:
        if right.compare(torch.zeros_like(exact, dtype=asked.case.torch_dtype), key, label) is None:
            return None  # it is zero but for rounding
        sentence = f"no gradient reaches {name}: the result does not depend on it, or the graph is cut"
        return Finding(sentence=sentence, name=label, expected=exact)
    if not is_array(mine) or tuple(mine.shape) != tuple(exact.shape) or dtype_name(mine) != asked.case.dtype:
        return Finding(sentence=f"{label} is not of the shape and dtype of {name}", name=label)
    return right.compare(mine, key, label)
