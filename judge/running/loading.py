"""Loading a file: what the door must be told of it, and the words for what can go wrong."""

from __future__ import annotations

import ast
import difflib
from typing import Any

import msgspec

from judge.program import signature_parameters
from judge.running.examination import Examiner, Fault, end_fault, raised_words
from judge.source import Submission
from judge.verdict import Kind
from problems import Framework, Problem
from problems.problem import EntryPoint
from sandbox import EndKind, EntryFault, Loaded, Raised


def load_spec(
    problem: Problem, framework: Framework, *, source: str, filename: str, seed: int, siblings: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What the inside must know to load a file. What lies beside it can't be imported, nor left out."""
    forbidden = problem.forbidden
    return {
        "source": source,
        "filename": filename,
        "seed": seed,
        "entry": [_entry(entry) for entry in problem.entry],
        "forbidden_names": list(forbidden.names),
        "forbidden_operators": list(forbidden.operators),
        "forbidden_packages": [*forbidden.packages, *framework.foreign],
        "beside": list(siblings),
    }


def _entry(entry: EntryPoint) -> dict[str, Any]:
    return {
        "name": entry.name,
        "kind": entry.kind,
        "parameters": _parameters(entry.signature),
        "methods": {name: _parameters(signature) for name, signature in entry.methods.items()},
    }


def _parameters(signature: str) -> list[dict[str, Any]]:
    return [{"name": name, "required": required} for name, required in signature_parameters(signature)]


def load_fault(loaded: Loaded, submission: Submission, examiner: Examiner) -> Fault | None:
    """What went wrong in loading, or None."""
    if loaded.end is not None:
        facts = _guard_facts(submission.tree, None)
        if loaded.end.kind in (EndKind.CRASHED, EndKind.EXITED):
            return Fault(
                kind=Kind.LOAD_ERROR, sentence=f"while your file was loaded, {loaded.end.message}", facts=facts
            )
        found = end_fault(loaded.end, step=-1)
        return msgspec.structs.replace(found, facts=facts) if found.kind is Kind.TIME_LIMIT else found
    if loaded.raised is not None:
        return _raised_fault(loaded, submission, examiner)
    if loaded.faults:
        return _entry_fault(loaded.faults[0], loaded.defined, submission.problem)
    return None


def _raised_fault(loaded: Loaded, submission: Submission, examiner: Examiner) -> Fault:
    raised = loaded.raised
    assert raised is not None
    locations = examiner.locations(raised)
    if raised.memory:
        sentence = f"an allocation was refused while your file was loaded: {raised.message or raised.type_name}"
        return Fault(kind=Kind.MEMORY_LIMIT, sentence=sentence, locations=locations)
    lines = [each.line for each in locations[:1]]
    facts = _import_facts(raised, submission.framework) or _guard_facts(submission.tree, *lines)
    sentence = f"your file can't be loaded: {raised_words(raised)}"
    return Fault(kind=Kind.LOAD_ERROR, sentence=sentence, facts=facts, locations=locations)


def _import_facts(raised: Raised, framework: Framework) -> tuple[str, ...]:
    """What a solution may import, where it tried to import something else."""
    top = raised.missing_module.split(".")[0] if "ModuleNotFoundError" in raised.bases else ""
    relative = "ImportError" in raised.bases and "relative import" in raised.message
    if not top and not relative:
        return ()
    allowed = (
        f"A solution is one file: it can import {', '.join(['the standard library', *framework.packages])}, "
        "and neither files beside it nor other packages."
    )
    return (f"{allowed} `{top}` is none of these." if top else allowed,)


def _guard_facts(tree: ast.Module | None, line: int | None = None) -> tuple[str, ...]:
    """That a statement which is no part of the solution runs while the file is loaded, and where it belongs.

    Args:
        tree: of the file.
        line: where loading ended, where that is known; None: the first such statement is meant.
    """
    for statement in () if tree is None else tree.body:
        if line is not None and not statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            continue
        calls = isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call)
        if calls or isinstance(statement, (ast.For, ast.While, ast.With)):
            return (
                f"Line {statement.lineno} runs while the file is loaded. If it is no part of the solution, "
                'put it under `if __name__ == "__main__":`, which is not run.',
            )
    return ()


def _entry_fault(fault: EntryFault, defined: tuple[str, ...], problem: Problem) -> Fault:
    name = fault.name.split(".")[0]
    entry = next((entry for entry in problem.entry if entry.name == name), problem.entry[0])
    match fault.fault:
        case "missing":
            sentence = _missing(name, defined)
        case "not a class" | "not a function":
            kind = fault.fault.removeprefix("not a ")
            is_ = "class" if fault.detail == "type" else fault.detail
            article = "an" if is_[:1].lower() in "aeiou" else "a"
            sentence = f"`{name}` should be a {kind}; in your file it is {article} {is_}"
        case "not a module":
            sentence = f"`{name}` should be a subclass of torch.nn.Module"
        case "missing method":
            sentence = f"your class {name} has no method `{fault.name.split('.')[1]}`"
        case _:
            sentence = f"`{fault.name}` does not take the arguments that are asked for: {fault.detail}"
    return Fault(kind=Kind.LOAD_ERROR, sentence=sentence, facts=(f"The problem asks for {asked_words(entry)}.",))


def _missing(name: str, defined: tuple[str, ...]) -> str:
    by_lower = {other.lower(): other for other in defined}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.7)
    if close:
        return f"your file defines {by_lower[close[0]]}; this problem asks for {name}"
    return f"your file does not define {name}"


def asked_words(entry: EntryPoint) -> str:
    """An entry point as it is asked for: "class LoRALinear(base, rank) with forward(x)"."""
    if entry.kind == "function":
        return f"the function {entry.name}{entry.signature}"
    methods = ", ".join(f"{name}{signature}" for name, signature in entry.methods.items())
    return f"the class {entry.name}{entry.signature} with {methods}"
