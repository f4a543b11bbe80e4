"""`judge history`, `judge export` and `judge import`: what is remembered, and what is to be."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path

from judge.commands.catalogue import problem_name
from judge.commands.parameters import Flag, Injected, Number
from judge.console import Streams, shown_path
from judge.practice.clock import local
from judge.verdict import UsageError, counted, escaped
from problems import AmbiguousProblem, BrokenProblem, UnknownProblem


def history(
    name: str | None = None,
    /,
    *,
    show: Number = None,
    delete: str | None = None,
    mend: Flag = False,
    yes: Flag = False,
    json: Flag = False,
    streams: Injected,
) -> int:
    """List every attempt; show one with its code and verdict; delete what you don't want kept; take out what makes no sense.

    Args:
        name: a problem, by its name or an alias; without it, all.
        show: the number of an attempt to print.
        delete: numbers of attempts, as 3 or 3,5 or 3-8; all deletes everything that is remembered, of the problem if one is named.
        mend: take records that make no sense out of the store, into a file of their own.
        yes: don't ask before deleting or taking out.
        json: print one JSON object an attempt, a line each.
        streams: where to print.
    """
    if (show is not None) + (delete is not None) + mend > 1:
        raise UsageError("--show, --delete and --mend exclude each other.")
    if mend:
        if name is not None:
            raise UsageError(f"--mend goes through all records: leave {escaped(name)} out.")
        return _mend(streams, yes=yes)
    problem = None if name is None else _problem(name, streams)
    if show is not None:
        return _show(show, streams, json=json)
    if delete is not None:
        return _delete(problem, delete, streams, yes=yes)
    from judge.records import lines
    from judge.reports.history import listing

    with streams.store() as store:
        found = lines(store, problem)
    if json:
        for line in found:
            streams.write_json(line)
    else:
        digests = _digests({line.problem for line in found}, streams)
        streams.write(listing(found, width=streams.width, local=local, digests=digests))
    return 0


def export(
    file: Path | None = None,
    /,
    *,
    force: Flag = False,
    streams: Injected,
) -> int:
    """Write all that is remembered as JSON Lines: attempts with their code, sessions, hints, reviews, the plan.

    Args:
        file: to write to; without it, standard output.
        force: replace the file where it is there already.
        streams: where to print.
    """
    from judge.archive import exported

    with streams.store() as store:
        data = exported(store)
    records = data.count(b"\n") - 1
    if file is None:
        streams.write_bytes(data)
        return 0
    try:
        with file.open("wb" if force else "xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise UsageError(f"{shown_path(file)} is there already: --force replaces it.") from None
    except OSError as error:
        raise UsageError(f"{shown_path(file)} can't be written: {error.strerror}.") from error
    streams.write(f"{records} record{'' if records == 1 else 's'} written to {shown_path(file)}.\n")
    return 0


def import_(file: Path | None = None, /, *, streams: Injected) -> int:
    """Take in what `judge export` wrote, here or elsewhere. What is known already is left as it is.

    Args:
        file: to read; without it, standard input.
        streams: where to print.
    """
    from judge.archive import imported

    if file is None and streams.can_answer:
        raise UsageError("Which file? `judge import FILE`; `judge export FILE` writes one.")
    try:
        data = streams.read_bytes() if file is None else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{shown_path(file or Path('The input'))} can't be read: {error.strerror}.") from error
    with streams.store() as store:
        taken = imported(store, data, where=shown_path(file) if file else "The input")
    were = "was" if taken.known == 1 else "were"
    streams.write(f"{counted(taken.added, 'record')} added; {taken.known} {were} known already.\n")
    if taken.confined:
        streams.say(
            f"{counted(taken.confined, 'session')} begun with --sandbox process {'goes' if taken.confined == 1 else 'go'} on "
            "with --sandbox auto here: nothing runs without a sandbox because a file says so."
        )
    return 0


def _problem(name: str, streams: Streams) -> str:
    """The name that a problem is remembered by: of one that is here, or of one that is not, and is remembered."""
    from judge.records import remembered

    try:
        return streams.catalogue.listed(problem_name(name)).name
    except (UnknownProblem, BrokenProblem):
        with streams.store() as store:
            if remembered(store, name):
                return name
    return streams.catalogue.find(problem_name(name)).name


def _mend(streams: Streams, *, yes: bool) -> int:
    from judge.archive import broken, take_out

    with streams.store() as store:
        found = broken(store)
        if not found:
            streams.write("Every record makes sense: there is nothing to mend.\n")
            return 0
        streams.write("".join(f"{each.table} {each.number}: {escaped(each.fault)}\n" for each in found))
        records = counted(len(found), "record")
        if not yes and not streams.ask(f"Take {records} out of the store, into a file of their own?"):
            streams.say("Nothing was changed.")
            return 0
        path = take_out(store, found, streams.places.database)
    streams.write(
        f"{records} taken out and kept in {shown_path(path)}. A line that is mended there can be taken in again by `judge import`.\n"
    )
    return 0


def _digests(names: set[str | None], streams: Streams) -> dict[str, str]:
    """Of the files of these problems now; of those that are not here any more, none."""
    found = {}
    for name in names - {None}:
        with suppress(UnknownProblem, AmbiguousProblem, BrokenProblem):
            found[str(name)] = streams.catalogue.listed(str(name)).digest
    return found


def _show(number: int, streams: Streams, *, json: bool) -> int:
    from judge.records import attempt
    from judge.reports.history import heading
    from judge.reports.markup import python
    from judge.reports.terminal import Layout, render
    from judge.verdict import to_json

    with streams.store() as store:
        found = attempt(store, number)
    if json:
        streams.write_bytes(to_json(found.verdict) + b"\n")
        return 0
    streams.write(heading(found, local=local, digests=_digests({found.line.problem}, streams)) + "\n")
    match found.source:
        case None:
            streams.write("Its code was read from a pipe and is not kept.\n")
        case bytes():
            streams.write("\n".join(escaped(line) for line in found.source.decode(errors="replace").split("\n")) + "\n")
        case str():
            plain = "\n".join(escaped(line.expandtabs(4)) for line in found.source.split("\n"))
            streams.write(python(plain, streams).rstrip("\n") + "\n")
    words = ["judge", "run", found.line.file_name, "--seed", str(found.verdict.seed)]
    streams.write("\n")
    streams.write(
        render(
            found.verdict,
            file=found.line.file_name,
            repeat=escaped(shlex.join(words)),
            hints="full",
            layout=Layout(width=streams.width, colour=streams.colour, full=True, wraps=streams.is_terminal),
        )
    )
    return 0


def _delete(problem: str | None, what: str, streams: Streams, *, yes: bool) -> int:
    from judge.records import counts_of, delete_all, delete_attempts, numbers_in, require_attempt
    from judge.reports.history import amount

    with streams.store() as store:
        if what == "all":
            of = f" of {escaped(problem)}" if problem else ""
            told = f"all that is remembered{of}: {amount(counts_of(store, problem))}"
        elif problem is not None:
            raise UsageError(f"Attempts have numbers of their own: --delete {what}, without {escaped(problem)}.")
        else:
            numbers = numbers_in(what)
            if len(numbers) == 1:
                require_attempt(store, numbers[0])
            told = f"attempt{'' if len(numbers) == 1 else 's'} {what}"
        if not yes and not streams.ask(f"Delete {told}? It can't be undone."):
            streams.say("Nothing was deleted.")
            return 0
        if what == "all":
            delete_all(store, problem)
            streams.write(f"Deleted {told}.\n")
        else:
            gone = delete_attempts(store, numbers)
            streams.write(f"Deleted {gone} attempt{'' if gone == 1 else 's'}.\n")
    return 0
