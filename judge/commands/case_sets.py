"""`judge prepare` and `judge cache`: case sets that wait on disk for the next runs."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from judge.commands.parameters import Injected
from judge.console import Streams, shown_path
from judge.verdict import JudgeError, UsageError
from problems import Problem

EXIT_DONE = 0
MIB = 1 << 20


def prepare(
    *problems: str,
    every: Annotated[bool, Parameter(name="--all", negative=(), show_default=False)] = False,
    streams: Injected,
) -> int:
    """Draw cases for the next runs, so that these need not wait for it. The resident judge does the same while it is idle.

    Args:
        problems: that will be judged.
        every: all problems there are.
        streams: where to print.
    """
    chosen = _chosen(problems, streams, every=every)
    configuration = streams.configuration()
    if not configuration.cache_mib:
        raise UsageError("Nothing is kept where cache_mib is 0. Set it to more in config.toml or as JUDGE_CACHE_MIB.")
    from judge.service.ready_sets import ReadySets
    from judge.service.requests import settings_of
    from judge.service.warm import WarmJudge

    settings = settings_of(configuration, own_code=True)
    progress = streams.progress() or (lambda stage: None)
    warm = WarmJudge()
    try:
        for problem in chosen:
            for framework in problem.offered:
                progress(f"{streams.catalogue.name_of(problem)} in {framework.called}")
                for _ in warm.fill(problem, framework, settings):
                    pass
    finally:
        streams.end_progress()
        warm.close()
    sets = ReadySets(streams.places.case_sets_folder)
    lacking = [
        streams.catalogue.name_of(problem)
        for problem in chosen
        if any(sets.lacks(problem, framework) for framework in problem.offered)
    ]
    if lacking:
        raise JudgeError(
            f"Not all could be kept in {shown_path(streams.places.case_sets_folder)}: some is lacking for {', '.join(lacking)}. "
            f"cache_mib gives more room ({configuration.cache_mib} now); `judge cache status` shows what is there."
        )
    count = len(chosen)
    streams.write(f"Cases are ready for {count} {'problem' if count == 1 else 'problems'}.\n")
    return EXIT_DONE


def _chosen(names: tuple[str, ...], streams: Streams, *, every: bool) -> list[Problem]:
    if every and names:
        raise UsageError("Name problems, or give --all; not both.")
    if every:
        return list(streams.catalogue.problems)
    if not names:
        raise UsageError("Name the problems to prepare, or give --all for every one. `judge list` shows them.")
    return [streams.catalogue.find(name) for name in names]


def cache(what: Literal["status", "clear"], /, *, streams: Injected) -> int:
    """Case sets on disk: cases that were drawn for the next runs. All of it can be deleted at any time.

    Args:
        what: status says what there is, clear deletes it.
        streams: where to print.
    """
    from judge.service.ready_sets import ReadySets

    folder = streams.places.case_sets_folder
    sets = ReadySets(folder)
    if what == "clear":
        freed = sets.clear()
        streams.write(f"Deleted {freed / MIB:.0f} MiB.\n" if freed else "There was nothing to delete.\n")
        return EXIT_DONE
    found = sets.status()
    most = streams.configuration().cache_mib
    if why := sets.refused():
        streams.say(f"{why}, so no case sets are used and none are kept. `judge cache clear` deletes them.")
    if not found:
        streams.write(f"No case sets are kept in {shown_path(folder)}.\n")
        return EXIT_DONE
    width = max(len(f"{each.problem} ({each.framework})") for each in found)
    for each in found:
        name = f"{each.problem} ({each.framework})"
        streams.write(f"{name:{width}}  {each.ready} ready, {each.taken} used  {each.size / MIB:6.1f} MiB\n")
    total = sum(each.size for each in found) / MIB
    streams.write(f"{total:.0f} MiB of at most {most} MiB (cache_mib), in {shown_path(folder)}.\n")
    return EXIT_DONE
