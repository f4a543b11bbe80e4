"""Modes of torch: whether gradients are recorded, which arguments want one, and whether a module trains."""

from __future__ import annotations

from problems.asks import SAME, Call, Handle, Program, Read
from problems.cases import Case
from problems.checks import Check, Subject
from problems.properties.results import HELD, other_case
from problems.requirements import Agrees, RightTypes

WITHOUT_GRADIENTS = ("no_grad", "inference_mode")
WANTED = ("first wanted", "others wanted")
WORDS = {
    "no_grad": "under torch.no_grad()",
    "inference_mode": "under torch.inference_mode()",
    "first wanted": "where the first argument alone wants a gradient",
    "others wanted": "where all arguments but the first want a gradient",
}


def parameters_check(subject: Subject, *, cases: int = 3) -> Check:
    """The parameters of a layer are nn.Parameters that its `parameters()` give."""

    def ask(case: Case) -> Program:
        assert subject.layer is not None
        return [*subject.prepared(case), Read(names=tuple(subject.layer.weights(case)))]

    return Check(
        name="parameters-are-registered",
        sentence="What the statement names as parameters are parameters of the module.",
        draw=subject.draw,
        ask=ask,
        requires=RightTypes(),
        cases=cases,
    )


def modes_check(subject: Subject, *, cases: int = 12, gradients: bool = True) -> Check:
    """A call gives the same in every mode; of a layer, also in evaluation and with frozen weights.

    Args:
        subject: the call.
        cases: how many.
        gradients: whether its arguments may want a gradient. Where a statement asks for none, a right answer may write into its result row
            by row, which torch refuses there.
    """
    wanted = WANTED if gradients else ()

    def calls(case: Case, modes: tuple[str, ...], before: str = "") -> Program:
        # In inference mode nothing can be differentiated, so a right answer that differentiates within raises there.
        return [
            subject.call(case, mode=mode, note=f"{before}{WORDS[mode]}", may_raise=mode == "inference_mode")
            for mode in modes
        ]

    def ask(case: Case) -> Program:
        # A right answer may keep a table or a mask by its size. Made in inference mode, it could be used in no gradient later on: so a
        # call in another mode comes first.
        others = subject.inputs(other_case(case))
        program = [
            *subject.prepared(case),
            *calls(case, (*WITHOUT_GRADIENTS, *wanted)),
            subject.call(case, mode="no_grad", into="first", note=WORDS["no_grad"]),
            subject.call(case, others, mode="no_grad", note=WORDS["no_grad"]),
            Call(target=SAME, args=(Handle("first"),), result=subject.result, note=f"{WORDS['no_grad']}, {HELD}"),
        ]
        if subject.target != "m":  # what is called is no module
            return program
        evaluated, frozen = "after m.eval()", "after m.requires_grad_(False)"
        return [
            *program,
            Call(target="m.eval", answer=False),
            subject.call(case, note=evaluated),
            *calls(case, ("no_grad",), f"{evaluated}, "),
            Call(target="m.train", answer=False),
            Call(target="m.requires_grad_", args=(False,), answer=False),
            subject.call(case, note=frozen),
            *calls(case, ("first wanted",), f"{frozen}, "),
        ]

    return Check(
        name="in-every-mode",
        sentence="The result is the same whether or not gradients are recorded, in training and in evaluation.",
        draw=subject.draw,
        ask=ask,
        requires=Agrees(subject.result),
        cases=cases,
        needs_gradients=True,
    )
