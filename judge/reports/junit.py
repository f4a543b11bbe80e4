"""The report for continuous integration: JUnit XML, a test case for each check."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from judge.verdict import CheckResult, Kind, Outcome, Verdict

# What XML 1.0 can't hold (https://www.w3.org/TR/xml/#charsets), and carriage returns, which readers turn into newlines.
_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(verdict: Verdict, *, file: str) -> str:
    """One test suite.

    A verdict that no check carries (a syntax error, a forbidden name) becomes a test case of its own, so that whatever
    is not accepted fails.

    Args:
        verdict: what was found.
        file: the solution's name.
    """
    suite = ElementTree.Element("testsuite", name=_fit(f"{verdict.problem or 'judge'}: {file}"))
    if verdict.sandbox is not None:
        properties = ElementTree.SubElement(suite, "properties")
        isolation = f"{verdict.sandbox.kind}, {verdict.sandbox.level}"
        ElementTree.SubElement(properties, "property", name="sandbox", value=isolation)
    for check in verdict.checks:
        _add_check(suite, verdict, check, file)
    if not verdict.accepted and verdict.failed() is None:
        _add_verdict(suite, verdict, file)
    if verdict.output:
        ElementTree.SubElement(suite, "system-out").text = _fit(verdict.output)
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("time", f"{verdict.seconds:.3f}")
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _add_check(suite: ElementTree.Element, verdict: Verdict, check: CheckResult, file: str) -> None:
    case = _case(suite, check.name, file, check.seconds)
    match check.outcome:
        case Outcome.PASSED:
            pass
        case Outcome.SKIPPED:
            ElementTree.SubElement(case, "skipped", message=_fit(check.message))
        case Outcome.FAILED:
            kind = verdict.verdict if check is verdict.failed() else None
            _add_reason(case, kind or Kind.WRONG_ANSWER, check.message)


def _add_verdict(suite: ElementTree.Element, verdict: Verdict, file: str) -> None:
    kind = verdict.verdict or Kind.INTERNAL_ERROR
    places = [f"line {place.line}: {place.text.strip()} {place.note}".rstrip() for place in verdict.locations]
    text = [verdict.headline, *verdict.details, *places, verdict.error or ""]
    _add_reason(_case(suite, kind.value, file, verdict.seconds), kind, "\n".join(part for part in text if part))


def _case(suite: ElementTree.Element, name: str, file: str, seconds: float) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=_fit(file.removesuffix(".py")), name=_fit(name), time=f"{seconds:.3f}"
    )


def _add_reason(case: ElementTree.Element, kind: Kind, text: str) -> None:
    tag = "error" if kind is Kind.INTERNAL_ERROR else "failure"
    reason = ElementTree.SubElement(case, tag, type=kind.value, message=_fit(text.split("\n", 1)[0]))
    reason.text = _fit(text)


def _fit(text: str) -> str:
    """The text with everything XML can't hold as Python would escape it."""
    return _UNFIT.sub(lambda found: ascii(found.group())[1:-1], text)
