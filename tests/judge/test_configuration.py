import os
from pathlib import Path

import pytest

from judge.settings import Configuration, read_configuration, read_places, wants_colour
from judge.verdict import UsageError


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_nothing_set_gives_the_defaults(config_file: Path):
    assert read_configuration({}, config_file) == Configuration()


def test_file_is_read(config_file: Path):
    config_file.write_text('sandbox = "docker"\ncall_seconds = 2\nmemory_mib = 512\n')
    found = read_configuration({}, config_file)
    assert (found.sandbox, found.call_seconds, found.memory_mib, found.run_seconds) == ("docker", 2, 512, None)


def test_environment_beats_file_and_flag_beats_environment(config_file: Path):
    config_file.write_text('sandbox = "docker"\nseed = 1\nrun_seconds = 5.5\n')
    environment = {"JUDGE_SANDBOX": "linux", "JUDGE_SEED": "2", "JUDGE_OUTPUT_KIB": "", "OTHER": "x"}
    assert read_configuration(environment, config_file) == Configuration(sandbox="linux", seed=2, run_seconds=5.5)
    flags = {"sandbox": None, "seed": "3"}
    assert read_configuration(environment, config_file, flags) == Configuration(
        sandbox="linux", seed=3, run_seconds=5.5
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('colour = "red"', ["colour", "sandbox", "memory_mib"]),
        ('sandbox = "chroot"', ["sandbox", "'chroot'", "auto, linux, docker, process"]),
        ("sandbox = 3", ["sandbox"]),
        ("seed = true", ["seed", "True"]),
        ("seed = -1", ["seed", "-1"]),
        ("seed = 9223372036854775807", []),
        ('call_seconds = "10"', ["call_seconds"]),
        ("call_seconds = 0", ["call_seconds"]),
        ("run_seconds = nan", ["run_seconds"]),
        ("run_seconds = inf", ["run_seconds"]),
        ("memory_mib = 1.5", ["memory_mib"]),
        ("output_kib = [1]", ["output_kib"]),
        ("sandbox", ["TOML"]),
    ],
)
def test_impossible_file_names_file_and_setting(config_file: Path, text: str, words: list[str]):
    config_file.write_text(text)
    if not words:
        read_configuration({}, config_file)
        return
    with pytest.raises(UsageError) as caught:
        read_configuration({}, config_file)
    for word in [str(config_file), *words]:
        assert word in str(caught.value)


def test_file_that_is_not_utf8_is_said(config_file: Path):
    config_file.write_bytes(b'sandbox = "\xff"')
    with pytest.raises(UsageError, match="TOML"):
        read_configuration({}, config_file)


def test_folder_in_place_of_the_file_is_said(config_file: Path):
    config_file.mkdir()
    with pytest.raises(UsageError, match="can't be read"):
        read_configuration({}, config_file)


@pytest.mark.parametrize("text", ["1.5", "x", "1e3", "-1", str(2**63), "1 2"])
def test_impossible_seed_is_said_with_its_place(config_file: Path, text: str):
    with pytest.raises(UsageError, match="JUDGE_SEED"):
        read_configuration({"JUDGE_SEED": text}, config_file)
    with pytest.raises(UsageError, match="--seed"):
        read_configuration({}, config_file, {"seed": text})


def test_home_overrides_both_places(tmp_path: Path):
    places = read_places({"JUDGE_HOME": str(tmp_path)})
    assert places.config_file == tmp_path / "config.toml"
    assert places.database == tmp_path / "judge.db"
    assert read_places({"JUDGE_HOME": ""}).database != Path("judge.db").absolute()


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour_follows_the_environment(environment: dict[str, str], colour: bool):
    assert wants_colour(environment) is colour


def test_packs_of_the_file_start_from_its_folder(config_file: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/somewhere")
    config_file.write_text('packs = ["course", "/else/where", "~/mine"]\n')
    found = read_configuration({}, config_file).packs
    assert found == (config_file.parent / "course", Path("/else/where"), Path("/somewhere/mine"))


def test_packs_of_the_environment_start_from_here(config_file: Path):
    config_file.write_text('packs = ["course"]\n')
    assert read_configuration({"JUDGE_PACKS": f"one{os.pathsep}{os.pathsep}two"}, config_file).packs == (
        Path("one"),
        Path("two"),
    )


@pytest.mark.parametrize("text", ['packs = "course"', "packs = [1]", 'packs = [""]', "packs = 3"])
def test_packs_are_a_list_of_folders(config_file: Path, text: str):
    config_file.write_text(text)
    with pytest.raises(UsageError, match=r"packs in .* it must be a list of folders"):
        read_configuration({}, config_file)
