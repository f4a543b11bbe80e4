"""Is code for machine learning, written from scratch, right? `judge.grade(source, "attention")` says so.

`import judge` imports nothing heavy. Files are judged in processes of their own, so that neither torch nor the packages `problems`,
`reference` and `sandbox` are ever imported into the caller's. Everything else in this package is not public.
"""

TYPE_CHECKING = False  # to a type checker it is true; importing `typing` for it would take longer than all the rest
if TYPE_CHECKING:
    from judge.api.host import JudgeFailed as JudgeFailed
    from judge.api.host import UsageError as UsageError
    from judge.api.markdown import extract as extract
    from judge.api.pool import Pool as Pool
    from judge.api.verdict import Verdict as Verdict
    from judge.api.waiting import grade as grade
    from judge.api.waiting import problems as problems
    from judge.api.waiting import starter as starter
    from judge.api.waiting import statement as statement

_PLACES = {
    "JudgeFailed": "host",
    "Pool": "pool",
    "UsageError": "host",
    "Verdict": "verdict",
    "extract": "markdown",
    "grade": "waiting",
    "problems": "waiting",
    "starter": "waiting",
    "statement": "waiting",
}
__all__ = [
    "JudgeFailed",
    "Pool",
    "UsageError",
    "Verdict",
    "extract",
    "grade",
    "problems",
    "starter",
    "statement",
]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"judge.api.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
