"""Homes, settings and packs that others can change: what is in them would run as the person who judges."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from judge import cli

SOURCE = Path(__file__).resolve().parents[1] / "packs" / "sample" / "src" / "sample_problems"
STRANGER = 54321
AS_ROOT = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="NOT TESTED: homes of other users, which only root can make"
)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")

Judge = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("JUDGE_")]:
        monkeypatch.delenv(name)
    found = tmp_path / "home"
    found.mkdir(mode=0o700)
    monkeypatch.setenv("JUDGE_HOME", str(found))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return found


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Judge:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


@pytest.fixture
def course(tmp_path: Path, home: Path) -> Path:
    """A pack that the settings name, and that says on the disk when its code runs."""
    folder = Path(shutil.copytree(SOURCE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__")))
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o022)
    (home / "config.toml").write_text('packs = ["../course"]\n')
    (home / "config.toml").chmod(0o600)
    return folder


EVERY = (["list"], ["history"], ["stats"], ["plan"], ["export"], ["resume"], ["show", "lstm"], ["run", "lstm.py"])


def mend(errors: str) -> None:
    """Do what the sentence says."""
    (command,) = re.findall(r"`(chmod [^`]*)`", errors)
    subprocess.run(shlex.split(command), check=True)


def refused(judge: Judge, *words: str) -> str:
    """Every command refuses in one sentence, and does nothing."""
    Path("lstm.py").write_text("def lstm(): ...\n")
    sentence = ""
    for command in EVERY:
        status, out, errors = judge(*command)
        assert (status, out, errors.count("\n")) == (2, "", 1), command
        for word in words:
            assert word in errors, command
        sentence = errors
    return sentence


# settings


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777])
def test_settings_that_others_can_write_are_not_read(judge: Judge, home: Path, mode: int):
    (home / "config.toml").write_text("packs = []\n")
    (home / "config.toml").chmod(mode)
    errors = refused(judge, f"config.toml can be written by others (mode {mode:o})", "chmod go-w")
    assert not (home / "judge.db").exists()
    mend(errors)
    assert judge("list")[0] == 0


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777, 0o1777, 0o2775])
def test_home_that_others_can_write_is_not_used(judge: Judge, home: Path, mode: int):
    """Nor where it has the sticky bit: others could put settings there that were not there before."""
    home.chmod(mode)
    mend(refused(judge, f"{home} can be written by others"))
    assert list(home.iterdir()) == []
    assert judge("list")[0] == 0


def test_settings_in_a_folder_that_others_can_write_are_not_read_through_a_link(
    judge: Judge, home: Path, tmp_path: Path
):
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles" / "judge.toml").write_text("packs = []\n")
    (tmp_path / "dotfiles").chmod(0o777)
    (home / "config.toml").symlink_to(tmp_path / "dotfiles" / "judge.toml")
    mend(refused(judge, "dotfiles can be written by others"))
    assert judge("list")[0] == 0


def test_store_that_others_can_write_is_not_opened(judge: Judge, home: Path):
    assert judge("list")[0] == 0
    (home / "judge.db").chmod(0o666)
    mend(refused(judge, "judge.db can be written by others"))
    assert judge("list")[0] == 0


def test_places_of_the_system_are_looked_at_as_judge_home_is(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("JUDGE_HOME")
    for name, folder in (("XDG_CONFIG_HOME", "settings"), ("XDG_DATA_HOME", "data")):
        monkeypatch.setenv(name, str(tmp_path / folder))
        (tmp_path / folder / "judge").mkdir(parents=True)
    for folder in ("settings", "data"):
        (tmp_path / folder / "judge").chmod(0o777)
        mend(refused(judge, f"{folder}/judge can be written by others"))
    assert judge("list")[0] == 0


def test_folder_that_is_missing_is_made_for_the_user_alone(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "new" / "newer" / "home"))
    before = os.umask(0)
    try:
        assert judge("list")[0] == 0
    finally:
        os.umask(before)
    for folder in ("new", "new/newer", "new/newer/home"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700
    assert judge("list")[::2] == (0, "")


def test_home_below_a_folder_for_everybody_is_used_where_it_is_ours(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """/tmp has a sticky bit; a container may have one without. What others put in its place would belong to them."""
    for mode in (0o1777, 0o777):
        (tmp_path / f"{mode}").mkdir()
        (tmp_path / f"{mode}").chmod(mode)
        monkeypatch.setenv("JUDGE_HOME", str(tmp_path / f"{mode}" / "home"))
        assert judge("list")[::2] == (0, "")
        assert judge("list")[::2] == (0, "")


def test_traceback_of_a_failure_is_not_written_where_others_can_write(
    judge: Judge, home: Path, monkeypatch: pytest.MonkeyPatch
):
    from judge.commands import doctor

    def fall(*arguments: object, **options: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "doctor", fall)
    home.chmod(0o777)
    status, _, errors = judge("doctor")
    assert (status, "`-v` shows the traceback" in errors) == (3, True)
    assert list(home.iterdir()) == []


# homes of others


@AS_ROOT
def test_home_of_another_user_is_not_used(judge: Judge, home: Path):
    os.chown(home, STRANGER, STRANGER)
    assert "JUDGE_HOME" in refused(judge, f"{home} belongs to another user ({STRANGER})")
    assert list(home.iterdir()) == []


@AS_ROOT
def test_settings_of_another_user_are_not_read(judge: Judge, home: Path):
    (home / "config.toml").write_text("packs = []\n")
    os.chown(home / "config.toml", STRANGER, STRANGER)
    refused(judge, f"config.toml belongs to another user ({STRANGER})")


@AS_ROOT
def test_link_of_another_user_is_not_followed_to_a_home_of_ours(
    judge: Judge, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A folder that somebody unpacked, an archive from the internet, holds settings of their own: nobody may say it is their home."""
    (tmp_path / "link").symlink_to(home)
    os.chown(tmp_path / "link", STRANGER, STRANGER, follow_symlinks=False)
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "link"))
    refused(judge, "link, a symbolic link, belongs to another user")


@AS_ROOT
@pytest.mark.parametrize("there", [False, True], ids=["not made yet", "left by sudo before"])
def test_root_does_not_use_the_home_of_another_user(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
):
    """As with `sudo judge`, which leaves HOME as it was."""
    (tmp_path / "ann").mkdir()
    if there:
        (tmp_path / "ann" / ".config" / "judge").mkdir(parents=True)
        (tmp_path / "ann" / ".local" / "share" / "judge").mkdir(parents=True)
    os.chown(tmp_path / "ann", STRANGER, STRANGER)
    monkeypatch.delenv("JUDGE_HOME")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "ann"))
    errors = refused(judge, "belongs to another user", "`sudo -H`", "JUDGE_HOME")
    assert errors.startswith("judge: ")
    assert there or list((tmp_path / "ann").iterdir()) == []


def as_user(user: int, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", sys.executable, "-P", "-m", "judge"]
    kept = {name: value for name, value in os.environ.items() if name != "JUDGE_HOME"}
    return subprocess.run([*command, *arguments], capture_output=True, text=True, env=kept | environment, check=False)


NO_SETPRIV = pytest.mark.skipif(
    shutil.which("setpriv") is None, reason="NOT TESTED: other users, as there is no setpriv"
)


@AS_ROOT
@NO_SETPRIV
def test_other_user_has_a_home_of_their_own_and_may_read_settings_of_root(home: Path):
    shared = folder_for_all()
    try:
        (shared / "config.toml").write_text("seed = 3\n")
        own = shared / "own"
        own.mkdir(mode=0o700)
        os.chown(own, STRANGER, STRANGER)
        reachable = as_user(STRANGER, "list", JUDGE_HOME=str(own))
        if "Permission denied" in reachable.stderr or "can't open file" in reachable.stderr:
            pytest.skip("NOT TESTED: another user can't read this interpreter")
        assert (reachable.returncode, reachable.stderr) == (0, "")
        assert (own / "judge.db").stat().st_uid == STRANGER
        found = as_user(STRANGER, "list", JUDGE_HOME=str(shared))  # of root: read, and nothing can be remembered in it
        assert (found.returncode, "Nothing can be remembered" in found.stderr) == (0, True)
        other = as_user(STRANGER + 1, "list", JUDGE_HOME=str(own))
        assert (other.returncode, "belongs to another user" in other.stderr) == (2, True)
        (shared / "root").mkdir(mode=0o700)
        hidden = as_user(STRANGER, "list", JUDGE_HOME=str(shared / "root"))  # as where HOME is still that of root
        assert (hidden.returncode, "can't be read: Permission denied" in hidden.stderr) == (2, True)
    finally:
        shutil.rmtree(shared)


def folder_for_all() -> Path:

    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    return folder


@pytest.mark.skipif(shutil.which("unshare") is None, reason="NOT TESTED: user namespaces, as there is no unshare")
def test_home_is_used_where_a_user_namespace_maps_a_single_user(home: Path):
    """There, the folders of root look as if they belonged to nobody."""
    command = ["unshare", "--user", "--map-root-user", sys.executable, "-P", "-m", "judge", "list"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare failed" in found.stderr:
        pytest.skip("NOT TESTED: this system has no user namespaces")
    assert (found.returncode, found.stderr) == (0, "")
    assert (home / "judge.db").exists()


# packs


def ran(judge: Judge, course: Path) -> bool:
    """Whether checks of the pack come to run where its problem is judged."""
    checks, mark = course / "problems" / "moving_average" / "checks.py", course.parent / "ran"
    if "ran" not in checks.read_text():
        mode = checks.stat().st_mode
        checks.write_text(f"{checks.read_text()}\nopen({str(mark)!r}, 'w').close()\n")
        checks.chmod(mode)
    shutil.copy(course / "problems" / "moving_average" / "accepted" / "unfold.py", "moving_average.py")
    judge("run", "moving_average.py", "--sandbox", "process", "--no-server")
    return mark.exists()


def not_usable(judge: Judge, words: str) -> str:
    status, out, errors = judge("list")
    assert (status, errors) == (0, "")
    shown = " ".join(out[out.index("Not usable") :].split())
    assert words.replace(" ", "") in shown.replace(" ", "")
    return shown


@pytest.mark.parametrize(
    "part",
    ["", "problems", "problems/moving_average", "problems/moving_average/checks.py", "reference/moving_average.py"],
)
def test_pack_that_others_can_write_is_listed_and_not_run(judge: Judge, course: Path, part: str, tmp_path: Path):
    (course / part).chmod(0o777)
    shown = not_usable(judge, f"{course / part} can be written by others")
    assert "chmod -R go-w" in shown
    assert not ran(judge, course)
    assert "Attention" in judge("list")[1]  # the others are there
    subprocess.run(["chmod", "-R", "go-w", str(course)], check=True)
    assert "Not usable" not in judge("list")[1]


def test_pack_that_nobody_else_can_write_is_run(judge: Judge, course: Path):
    assert ran(judge, course)


def test_pack_that_the_environment_names_is_looked_at_too(judge: Judge, course: Path, monkeypatch: pytest.MonkeyPatch):
    course.chmod(0o777)
    (course.parent / "home" / "config.toml").unlink()
    monkeypatch.setenv("JUDGE_PACKS", str(course))
    not_usable(judge, f"{course} can be written by others")


def test_link_of_a_pack_to_a_file_that_others_can_write_is_not_followed(judge: Judge, course: Path, tmp_path: Path):
    path = course / "reference" / "moving_average.py"
    shutil.move(path, tmp_path / "elsewhere.py")
    path.symlink_to(tmp_path / "elsewhere.py")
    assert "Not usable" not in judge("list")[1]
    (tmp_path / "elsewhere.py").chmod(0o666)
    assert "chmod go-w" in not_usable(judge, "elsewhere.py can be written by others")


@AS_ROOT
@pytest.mark.parametrize("part", ["", "problems/moving_average/checks.py"])
def test_pack_of_another_user_is_not_run(judge: Judge, course: Path, part: str):
    os.chown(course / part, STRANGER, STRANGER)
    assert "copy" in not_usable(judge, f"belongs to another user ({STRANGER})")
    assert not ran(judge, course)


def test_looking_takes_few_calls(judge: Judge, monkeypatch: pytest.MonkeyPatch):
    looked = []
    lstat = os.lstat
    monkeypatch.setattr(os, "lstat", lambda path, **more: (looked.append(path), lstat(path, **more))[1])
    assert judge("list")[0] == 0
    assert len(looked) < 60
