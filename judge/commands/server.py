"""`judge server`: the resident judge that makes the second `judge run` quick."""

from __future__ import annotations

import os
from typing import Literal

from judge.commands.parameters import Injected
from judge.console import Streams, shown_path
from judge.settings import server_is_wanted
from judge.verdict import JudgeError

EXIT_DONE = 0
EXIT_NONE = 1


def server(what: Literal["status", "stop", "run"], /, *, streams: Injected) -> int:
    """The resident judge: a process of yours that keeps everything loaded, so that `judge run` is quick.

    The first `judge run` starts it; it ends by itself after 15 minutes without work. `--no-server`, `server = false` in the settings
    or JUDGE_SERVER=false do without it; so does every run where CI is set.

    Args:
        what: status says how it is (exit status 1 where none runs), stop ends it, run is it, in this terminal.
        streams: where to print.
    """
    match what:
        case "status":
            return _status(streams)
        case "stop":
            return _stop(streams)
        case "run":
            return _run(streams)


def _status(streams: Streams) -> int:
    from judge.service.identity import identity
    from judge.service.resident_judge import ask_status

    found = ask_status(streams.places.server_folder)
    if found is None:
        wanted = server_is_wanted(streams.configuration(), streams.environment)
        after = "the next `judge run` starts one." if wanted else "none is wanted here (--no-server, settings or CI)."
        streams.write(f"No resident judge runs; {after}\n")
        return EXIT_NONE
    state = "judging" if found.busy else "ready" if found.ready else "starting"
    same = found.identity == identity(streams.environment)
    rows = [
        ("state", state),
        ("process", f"{found.pid}, and {found.worker_pid} which judges"),
        ("judged", f"{found.judged} since it began {found.age_seconds / 60:.0f} minutes ago"),
        ("memory", f"{found.resident_bytes / (1 << 20):.0f} MiB"),
        ("ends", f"after {found.idle_seconds / 60:.0f} more minutes without work"),
        ("usable", "yes" if same else "no: of another version or environment; the next `judge run` replaces it"),
        ("socket", shown_path(streams.places.server_folder)),
        ("log", shown_path(streams.places.server_log)),
    ]
    streams.write("".join(f"{name:9}{value}\n" for name, value in rows))
    return EXIT_DONE


def _stop(streams: Streams) -> int:
    from judge.service.resident_judge import ask_stop

    ended = ask_stop(streams.places.server_folder)
    streams.write("The resident judge has ended.\n" if ended else "No resident judge runs.\n")
    return EXIT_DONE


def _run(streams: Streams) -> int:
    from judge.service.requests import settings_of
    from judge.service.resident import run

    streams.say(f"the resident judge, process {os.getpid()}; Ctrl-C ends it")
    try:
        if run(streams.places.server_folder, settings_of(streams.configuration(), own_code=True)):
            return EXIT_DONE
    except KeyboardInterrupt:
        streams.say("ended.")
        return EXIT_DONE
    raise JudgeError("A resident judge runs already: `judge server status`.")
