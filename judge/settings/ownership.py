"""The judge's own files: used only where nobody else can change them, made so that nobody else can."""

from __future__ import annotations

import os

from judge.settings.configuration import Places
from judge.verdict import UsageError
from problems.trust import ROOT, Weakness, weakness


def require_own(places: Places) -> None:
    """See that settings and store are the user's alone to change: the settings name packs, which are code.

    Raises:
        UsageError: they are not; the message says which one, why, and how to mend it.
    """
    for path in dict.fromkeys((places.data_folder, places.config_file.parent, places.config_file, places.database)):
        if (found := weakness(path)) is not None:
            raise UsageError(_sentence(found))


def _sentence(found: Weakness) -> str:
    if found.command:
        return (
            f"{found.words}, so the judge does not use it: settings that others write can make it run their code as you. "
            f"`{found.command}` takes that right away."
        )
    if os.geteuid() == ROOT:
        return (
            f"{found.words}, and you are root: the judge does not work in the home of somebody else. Run it as that user, "
            f"or with `sudo -H`, or set JUDGE_HOME to a folder of root's."
        )
    return (
        f"{found.words}, so the judge does not use it: they could make it run their code as you. "
        "Set JUDGE_HOME to a folder of your own."
    )
