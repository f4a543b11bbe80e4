"""`judge doctor`: what isolates code on this machine, tried and attacked."""

from __future__ import annotations

from judge.commands.parameters import Flag, Injected

EXIT_HELD = 0
EXIT_ESCAPED = 1


def doctor(*, json: Flag = False, streams: Injected) -> int:
    """Say what this machine can do to isolate code: each layer tried, each sandbox attacked.

    Exit status 1 where an attack gets through, or where no sandbox works at all.

    Args:
        json: print one JSON object and nothing else.
        streams: where to print.
    """
    progress = streams.progress()
    from judge.isolation import examine

    try:
        report = examine(progress or (lambda stage: None))
    finally:
        streams.end_progress()
    if json:
        streams.write_json(report)
    else:
        from judge.reports.doctor import render

        streams.write(render(report, width=streams.width))
    return EXIT_ESCAPED if report.escaped or report.chosen is None else EXIT_HELD
