"""`judge doctor`: what it finds, what it advises, what it prints."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from inline_snapshot import snapshot

from judge.cli import main
from judge.isolation import doctor
from judge.isolation.doctor import Found, Report, apparmor_profile, examine
from judge.reports.doctor import render
from sandbox.battery import Result
from sandbox.linux import Layer

HELD = (Result("reads a secret file", True, "blocked"), Result("signals other processes", True, "blocked"))
FULL = Found("linux", "full", "", (*HELD, Result("reads the secret by machine code", True, "blocked")))
NONE = Found("docker", "", "there is no image judge-sandbox:0.1.0")
PROCESS = Found("process", "none", "it isolates nothing", HELD)
LAYERS = (Layer("user namespace", ""), Layer("Landlock", "landlock_create_ruleset: Function not implemented (ENOSYS)"))


def report(*kinds: Found, advice: tuple[str, ...] = ()) -> Report:
    return Report("Linux 6.1 on x86_64, Python 3.11.7, as an ordinary user", LAYERS, kinds, advice)


def test_the_report_in_words() -> None:
    advice = ("Landlock is missing.\n    sysctl something", "Another.")
    assert render(report(FULL, NONE, PROCESS, advice=advice), width=80) == snapshot("""\
`judge run` takes linux, full: code of others can be judged.

  Linux 6.1 on x86_64, Python 3.11.7, as an ordinary user

  Layers of the linux sandbox, each tried:
    yes  user namespace
    no   Landlock: landlock_create_ruleset: Function not implemented (ENOSYS)

  Kinds, strongest first:
    linux     full
    docker    no       there is no image judge-sandbox:0.1.0
    process   none     it isolates nothing

  Attacks: a file that                linux        process
    reads a secret file               held         held
    signals other processes           held         held
    reads the secret by machine code  held         -
    (- is not tried: what goes around Python is not held by a kind that isolates nothing)

  What would raise the level:

    Landlock is missing.
        sysctl something

    Another.
""")


def test_what_got_through_stands_in_the_headline_and_at_its_line() -> None:
    through = Found("linux", "full", "", (Result("reads a secret file", False, "the secret was read"),))
    text = render(report(through), width=80)
    assert text.startswith("An attack got through: do not run code that you don't trust in linux here.")
    assert "GOT THROUGH" in text
    assert "linux: the secret was read" in text


def test_where_nothing_works_it_says_so() -> None:
    assert render(report(NONE), width=80).startswith("No sandbox works here")


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (report(FULL, PROCESS), 0),
        (report(NONE, PROCESS), 0),
        (report(NONE), 1),
        (report(FULL, Found("process", "none", "", (Result("x", False, "through"),))), 1),
    ],
)
def test_the_exit_status_says_whether_one_escaped(
    found: Report, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("judge.isolation.examine", lambda progress: found)
    assert main(["doctor"]) == status
    assert capsys.readouterr().out == render(found, width=80)
    assert main(["doctor", "--json"]) == status
    assert msgspec.json.decode(capsys.readouterr().out, type=Report) == found


def test_this_machine_is_examined_and_attacked() -> None:
    said: list[str] = []
    found = examine(said.append)
    assert [kind.kind for kind in found.kinds] == ["linux", "docker", "process"]
    assert not found.escaped
    attacked = [kind for kind in found.kinds if kind.level]
    assert attacked
    assert all(len(kind.attacks) >= 12 for kind in attacked)
    assert any("attacking" in line for line in said)


FAILED = tuple(
    Layer(name, "unshare: Operation not permitted (EPERM)")
    for name in ("user namespace", "a root of its own, read-only", "namespaces for each run")
)


@pytest.mark.parametrize(
    ("switch", "text", "words"),
    [
        ("APPARMOR_SWITCH", "1\n", "apparmor_parser --replace"),
        ("CLONE_SWITCH", "0\n", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("NAMESPACES", "0\n", "sysctl -w user.max_user_namespaces"),
    ],
)
def test_a_switch_of_the_kernel_is_named(
    switch: str, text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    for each in ("APPARMOR_SWITCH", "CLONE_SWITCH", "NAMESPACES"):
        monkeypatch.setattr(doctor, each, tmp_path / each)
    (tmp_path / switch).write_text(text)
    assert words in "\n".join(doctor._advice(FAILED))
    assert words not in "\n".join(doctor._advice(()))


def test_without_landlock_it_says_which_kernel_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    (advice,) = doctor._advice((Layer("Landlock", "landlock_create_ruleset: Function not implemented (ENOSYS)"),))
    assert "Linux 5.13" in advice


def test_the_profile_names_the_interpreter() -> None:
    text = apparmor_profile("/usr/bin/python3.12")
    assert "profile judge-python /usr/bin/python3.12 flags=(unconfined) {" in text
    assert "userns," in text
