"""Settings and places: the only module that reads the environment.

A flag beats the environment, the environment beats `config.toml`. Flags are given to `read_configuration` by the
command line, so that nothing else has to know the order.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from judge.settings.seeds import LARGEST_SEED
from judge.verdict import UsageError

HINTS = ("ladder", "full", "off")
SANDBOXES = ("auto", "linux", "docker", "process")


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set, by `config.toml`, the environment or a flag.

    Attributes:
        sandbox: the kind of sandbox, one of `SANDBOXES`.
        seed: the seed that cases follow from; None draws a fresh one for each run.
        call_seconds: CPU seconds for one call, in place of the problem's own limit.
        run_seconds: CPU seconds for a whole run, in place of the problem's own limit.
        memory_mib: memory beyond what torch itself takes, in place of the problem's own limit.
        output_kib: printed output that is kept, in place of the problem's own limit.
        hints: what is shown of a mistake that was recognised: "ladder" a question that leads to it, "full" its explanation, "off" nothing.
        packs: folders that hold further problems, `problems/` and `reference/` beside each other.
        server: leave a resident judge behind and use it.
        cache_mib: what case sets may take on disk that are ready for the next runs; with 0 none are kept.
    """

    sandbox: str = "auto"
    seed: int | None = None
    call_seconds: float | None = None
    run_seconds: float | None = None
    memory_mib: int | None = None
    output_kib: int | None = None
    hints: str = "ladder"
    packs: tuple[Path, ...] = ()
    server: bool = True
    cache_mib: int = 512


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where the judge keeps what outlives a run."""

    config_file: Path
    data_folder: Path
    server_folder: Path
    cache_folder: Path

    @property
    def case_sets_folder(self) -> Path:
        """Case sets that are ready for the next runs. All of it can be deleted at any time."""
        return self.cache_folder / "case-sets"

    @property
    def database(self) -> Path:
        """The one file that holds attempts and hints."""
        return self.data_folder / "judge.db"

    @property
    def server_log(self) -> Path:
        """What the resident judge says of itself."""
        return self.data_folder / "server.log"

    @property
    def proofs_folder(self) -> Path:
        """What proofs have found that are not ended (`judge verify`)."""
        return self.data_folder / "proofs"

    @property
    def costs_folder(self) -> Path:
        """What was decided about costs near the line."""
        return self.data_folder / "costs"

    @property
    def failures_folder(self) -> Path:
        """Where tracebacks of the judge's own failures are written."""
        return self.data_folder / "failures"


def read_places(environment: Mapping[str, str]) -> Places:
    """Where settings and data are: below JUDGE_HOME where it is set, else where the system keeps such things."""
    home = environment.get("JUDGE_HOME")
    if home:
        folder = Path(home).absolute()
        return Places(
            config_file=folder / "config.toml",
            data_folder=folder,
            server_folder=folder / "server",
            cache_folder=folder / "cache",
        )
    import platformdirs

    data = Path(platformdirs.user_data_dir("judge", appauthor=False))
    runtime = environment.get("XDG_RUNTIME_DIR")
    return Places(
        config_file=Path(platformdirs.user_config_dir("judge", appauthor=False)) / "config.toml",
        data_folder=data,
        server_folder=Path(runtime, "judge") if runtime and Path(runtime).is_dir() else data / "server",
        cache_folder=Path(platformdirs.user_cache_dir("judge", appauthor=False)),
    )


def wants_colour(environment: Mapping[str, str]) -> bool:
    """Whether the environment allows colour: NO_COLOR unset or empty, and the terminal not a dumb one."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def server_is_wanted(configuration: Configuration, environment: Mapping[str, str]) -> bool:
    """Whether a resident judge may be used and left behind: it is not switched off, and this is no continuous integration."""
    in_ci = environment.get("CI", "").lower() not in ("", "0", "false", "no")
    return configuration.server and not in_ci


def read_configuration(
    environment: Mapping[str, str],
    config_file: Path,
    flags: Mapping[str, str | None] | None = None,
) -> Configuration:
    """Put the settings together.

    Args:
        environment: JUDGE_SANDBOX, JUDGE_SEED, JUDGE_CALL_SECONDS and so on; an empty one counts as unset.
        config_file: need not exist.
        flags: by setting, as typed; None where a flag was not given.

    Raises:
        UsageError: a setting is unknown or its value is not possible; the message names the place and the setting.
    """
    settings = _from_file(config_file)
    for key in Configuration.__struct_fields__:
        variable = f"JUDGE_{key.upper()}"
        if environment.get(variable):
            settings[key] = _from_text(key, environment[variable], where=f"The variable {variable}")
    for key, text in (flags or {}).items():
        if text is not None:
            settings[key] = _from_text(key, text, where=f"--{key.replace('_', '-')}")
    return Configuration(**settings)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = msgspec.toml.decode(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise UsageError(f"The settings in {path} can't be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The settings in {path} are not TOML: {error}.") from error
    for key in found:
        if key not in Configuration.__struct_fields__:
            possible = ", ".join(Configuration.__struct_fields__)
            raise UsageError(f"{path} has a setting {key!r} that the judge doesn't know. Possible are: {possible}.")
    return {key: _checked(key, value, where=f"{key} in {path}", folder=path.parent) for key, value in found.items()}


def _from_text(key: str, text: str, *, where: str) -> object:
    if key == "packs":
        return _checked(key, [part for part in text.split(os.pathsep) if part], where=where)
    if key in ("sandbox", "hints"):
        return _checked(key, text, where=where)
    if key == "server":
        words = {
            "true": True,
            "1": True,
            "yes": True,
            "on": True,
            "false": False,
            "0": False,
            "no": False,
            "off": False,
        }
        return _checked(key, words.get(text.lower(), text), where=where)
    kind = float if key.endswith("_seconds") else int
    try:
        value = kind(text)
    except ValueError:
        raise UsageError(f"{where} is {text!r}; {_possible(key)}.") from None
    return _checked(key, value, where=where)


def _checked(key: str, value: object, *, where: str, folder: Path = Path()) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = number and isinstance(value, int)
    match key:
        case "sandbox":
            good = value in SANDBOXES
        case "hints":
            good = value in HINTS
        case "server":
            good = isinstance(value, bool)
        case "packs":
            if isinstance(value, list) and all(isinstance(part, str) and part for part in value):
                return tuple(folder / Path(part).expanduser() for part in value)
            good = False
        case "seed":
            good = whole and 0 <= value <= LARGEST_SEED  # type: ignore[operator]
        case "cache_mib":
            good = whole and 0 <= value <= 2**30  # type: ignore[operator]
        case "call_seconds" | "run_seconds":
            good = number and 0 < value <= 86_400  # type: ignore[operator]
        case _:
            good = whole and 0 < value <= 2**30  # type: ignore[operator]
    if not good:
        raise UsageError(f"{where} is {value!r}; {_possible(key)}.")
    return value


def _possible(key: str) -> str:
    match key:
        case "sandbox":
            return f"possible are {', '.join(SANDBOXES)}"
        case "hints":
            return f"possible are {', '.join(HINTS)}"
        case "server":
            return "possible are true and false"
        case "packs":
            return "it must be a list of folders"
        case "seed":
            return "it must be a whole number from 0 to 2^63 - 1"
        case "call_seconds" | "run_seconds":
            return "it must be a number of seconds greater than 0, a day at most"
        case "cache_mib":
            return "it must be a whole number from 0 (nothing is kept) to 2^30"
        case _:
            return "it must be a whole number greater than 0, 2^30 at most"
