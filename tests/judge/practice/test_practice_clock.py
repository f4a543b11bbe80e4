import time

import pytest

from judge.practice.clock import Stopwatch, SystemClock, between, moved
from tests.judge.practice.hands import HandClock


@pytest.mark.parametrize(("through_suspend", "spent"), [(True, 3700.0), (False, 100.0)])
def test_suspend_uses_up_an_interview_and_no_lesson(through_suspend: bool, spent: float):
    clock = HandClock()
    watch = Stopwatch(clock, spent=40, through_suspend=through_suspend)
    clock.work(60)
    assert watch.spent() == 100
    clock.suspend(3600)
    assert watch.spent() == spent


@pytest.mark.parametrize("through_suspend", [True, False])
@pytest.mark.parametrize("change", [-7200.0, 7200.0])
def test_changed_system_time_uses_up_nothing_and_is_seen(through_suspend: bool, change: float):
    clock = HandClock()
    watch = Stopwatch(clock, through_suspend=through_suspend)
    before = watch.reading
    clock.work(5)
    clock.set_time(change)
    clock.work(5)
    assert watch.spent() == 10
    assert moved(before, watch.reading) == change
    assert between(before, watch.reading) == 10


def test_over_a_boot_the_wall_time_counts_and_never_backwards():
    clock = HandClock()
    before = clock.read()
    clock.reboot(600)
    assert between(before, clock.read()) == 600
    assert moved(before, clock.read()) == 0
    clock.set_time(-86_400)
    assert between(before, clock.read()) == 0


def test_without_a_name_for_the_boot_the_wall_time_counts():
    clock = HandClock(boot="")
    before = clock.read()
    clock.work(60)
    clock.set_time(30)
    assert (between(before, clock.read()), moved(before, clock.read())) == (90, 0)


def test_system_clock_goes_on():
    clock = SystemClock()
    first = clock.read()
    time.sleep(0.01)
    second = clock.read()
    assert first.awake < second.awake <= second.passed
    assert 0 < between(first, second) < 60
    assert first.at.tzinfo is not None
