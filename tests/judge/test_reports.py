import re
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from judge.reports import arrays, comparison, junit, terminal
from judge.reports.practice import noticed
from judge.reports.screenshot import screenshot
from judge.reports.style import Painter
from judge.verdict import ArrayData, Counterexample, Diagnosis, Kind, Location, Outcome, Verdict
from tests.judge import verdicts
from tests.judge.verdicts import EVERY, array, check, verdict


def report(
    found: Verdict,
    *,
    width: int = 80,
    colour: bool = False,
    file: str = "lstm.py",
    full: bool = True,
    wraps: bool = False,
) -> str:
    layout = terminal.Layout(width=width, colour=colour, full=full, wraps=wraps)
    return terminal.render(found, file=file, repeat="judge run lstm.py --seed 7", layout=layout)


def failing(example: Counterexample, *, kind: Kind = Kind.WRONG_ANSWER, message: str = "It is wrong.") -> Verdict:
    failed = check("agrees", Outcome.FAILED, message, counterexample=example)
    return verdict(kind, "It is wrong.", checks=(failed,))


def compared(expected: ArrayData | None, actual: ArrayData | None, **more: Any) -> str:
    example = Counterexample(sizes={}, inputs=(), expected=expected, actual=actual, **more)
    lines = report(failing(example)).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  Result"))
    return "\n".join(line[12:] for line in lines[first : lines.index("", first)])


def test_accepted():
    assert report(verdicts.ACCEPTED) == snapshot("""\
lstm.py: accepted — all 4 checks passed.

  Checks     4 passed  loads, shape-and-dtype, agrees-with-reference, gradients

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s, 1.8x the reference's CPU time

  Sandbox   linux, full isolation
""")


def test_wrong_answer():
    assert report(verdicts.WRONG_ANSWER) == snapshot("""\
lstm.py: wrong answer — the outputs are not those of an LSTM.

  outputs[0, 1, 0] is 0.75, and should be 0.5.
  The first step is right, the second is not.

  Case      B=1  T=2  I=1  H=1
            lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)

  Inputs    x     float32 [1, 2, 1]  [[[0], [1]]]
            h0    float32 [1, 1]     [[0]]
            w_ih  float32 [4, 1]     [[1], [1], [-1], [0.5]]
            b_ih  float32 [8]        all 0
            mask  None

  Result    float32 [1, 2, 1], as it should be
            expected [0, :, :]    yours [0, :, :]
             0                     0
            >0.5<                 >0.75<

  You print │ step 0
            │ \\x1b[31mstep 1\\x1b[0m [red]not markup[/red]
            │ again
            │ again
            │ again
            │ again
            │ again
            │ again
            │ again
            │ again
            │ again
            │ again
            and 20 more lines

  Checks     1 FAILED  agrees-with-reference
             2 passed  loads, shape-and-dtype
             2 skipped gradients, rows-independent

  Mistake   forget-gate-swapped
            The input gate and the forget gate have changed places: the gates
            come in the order i, f, g, o.

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
lstm.py: wrong answer — the outputs are not those of an LSTM.
""")


def test_large_arrays_are_shown_around_the_worst_element():
    assert report(verdicts.LARGE) == snapshot("""\
lstm.py: wrong answer — the output is not what attention gives.

  Case      B=2  T=9  D=20

  Inputs    query  float32 [9, 20]  [0:6, 0:6]
                  0        0.1429   0.2857   0.4286   0.5714   0.7143
                  2.8571   3        3.1429   3.2857   3.4286   3.5714
                  5.7143   5.8571   6        6.1429   6.2857   6.4286
                  8.5714   8.7143   8.8571   9        9.1429   9.2857
                 11.4286  11.5714  11.7143  11.8571  12       12.1429
                 14.2857  14.4286  14.5714  14.7143  14.8571  15

  Result    float32 [2, 9, 20], as it should be
            expected [1, 3:9, 8:14]
              9.7143   9.8571  10       10.1429  10.2857  10.4286
             12.5714  12.7143  12.8571  13       13.1429  13.2857
             15.4286  15.5714  15.7143  15.8571  16       16.1429
             18.2857  18.4286  18.5714  18.7143  18.8571  19
             21.1429  21.2857  21.4286 >21.5714< 21.7143  21.8571
             24       24.1429  24.2857  24.4286  24.5714  24.7143
            yours [1, 3:9, 8:14]
              9.7143   9.8571  10         10.1429  10.2857  10.4286
             12.5714  12.7143  12.8571    13       13.1429  13.2857
             15.4286  15.5714  15.7143    15.8571  16       16.1429
             18.2857  18.4286  18.5714    18.7143  18.8571  19
             21.1429  21.2857  21.4286 >1022.07<   21.7143  21.8571
             24       24.1429  24.2857    24.4286  24.5714  24.7143

  Checks     1 FAILED  agrees-with-reference

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
lstm.py: wrong answer — the output is not what attention gives.
""")


def test_large_arrays_stand_side_by_side_where_there_is_room():
    assert compared(array("", (2, 3), [[1.0, 2.0, 3.0]] * 2), array("", (2, 3), [[1.0, 2.5, 3.0]] * 2)) == snapshot("""\
float32 [2, 3], as it should be
expected    yours
 1 >2< 3     1 >2.5< 3
 1  2  3     1  2.5  3\
""")
    lines = report(verdicts.LARGE, width=140).splitlines()
    assert any("expected [1, 3:9, 8:14]" in line and "yours [1, 3:9, 8:14]" in line for line in lines)


def test_wrong_shape_shows_no_values():
    assert report(verdicts.WRONG_SHAPE) == snapshot("""\
lstm.py: wrong shape — forward returns [1, 2, 1], and should return [1, 1, 2].

  The last two dimensions have changed places.

  Case      B=1  T=1  D=2

  Inputs    x  float32 [1, 1, 2]
            k  4

  Result    expected  float32 [1, 1, 2]
            yours     float32 [1, 2, 1]

  Checks     1 FAILED  shape-and-dtype
             1 passed  loads
             2 skipped gradients, rows-independent

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
lstm.py: wrong shape — forward returns [1, 2, 1], and should return [1, 1, 2].
""")


def test_runtime_error():
    assert report(verdicts.RUNTIME_ERROR) == snapshot("""\
lstm.py: runtime error — forward raises RuntimeError: The size of tensor a (2) must match the size of tensor b (3).

  forward raises RuntimeError.

  Where     line  9, in forward
             9 │ return self.attend(x)
            line 14, in attend
            14 │ scores = q @ k + mask
               │          ^^^^^^^^^

  Checks     1 FAILED  agrees-with-reference
             2 passed  loads, shape-and-dtype

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
lstm.py: runtime error — forward raises RuntimeError: The size of tensor a (2) must match the size of tensor b (3).
""")


def test_load_error():
    assert report(verdicts.LOAD_ERROR) == snapshot("""\
lstm.py: load error — there is a syntax error in line 3: '(' was never closed.

  Where     line 3
            3 │ print(x
              │      ^
                This bracket stays open.

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   none was needed: your file was not run
""")


def test_forbidden():
    assert report(verdicts.FORBIDDEN) == snapshot("""\
lstm.py: forbidden — nn.LSTM may not be used here.

  The exercise is to write it yourself.

  Where     line 12, in __init__
            12 │ self.rnn = nn.LSTM(4, 4)
               │               ^^^^^^^

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   none was needed: your file was not run
""")


def test_time_limit():
    assert report(verdicts.TIME_LIMIT) == snapshot("""\
lstm.py: time limit — a call took more than 10 seconds.

  Checks     1 FAILED  time
             2 passed  loads, shape-and-dtype

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
lstm.py: time limit — a call took more than 10 seconds.
""")


def test_memory_limit():
    assert report(verdicts.MEMORY_LIMIT) == snapshot("""\
lstm.py: memory limit — a call asked for more than 2 GiB.

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
""")


def test_sandbox_violation():
    assert report(verdicts.SANDBOX_VIOLATION) == snapshot("""\
lstm.py: sandbox violation — your code tried to open a file.
  Nothing protected this machine: your file ran in `process`, which isolates
  nothing. Run only code that you trust there; `judge doctor` says what would
  isolate it.

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   process, no isolation: for code that you trust
""")


def test_internal_error():
    assert report(verdicts.INTERNAL_ERROR) == snapshot("""\
lstm.py: the judge failed — the reference failed.

  ValueError: bad \\x1b[2J case

  Repeat    judge run lstm.py --seed 7

  Time      1.2 s

  Sandbox   linux, full isolation
""")


@pytest.mark.parametrize("found", EVERY.values(), ids=EVERY)
def test_headline_stands_first_and_says_file_and_verdict(found: Verdict):
    first = report(found).split("\n", 1)[0]
    assert found.verdict is not None
    assert first == f"lstm.py: {terminal.WORDS[found.verdict]} — {found.headline}"


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("found", EVERY.values(), ids=EVERY)
def test_lines_keep_to_the_width_but_for_the_headline(found: Verdict, width: int):
    first, *lines = report(found, width=width).splitlines()
    assert [line for line in lines if len(line) > width and line != first] == []
    wrapping = report(found, width=width, wraps=True).splitlines()
    assert [line for line in wrapping if len(line) > width] == []


@pytest.mark.parametrize("found", EVERY.values(), ids=EVERY)
def test_what_is_not_the_full_report_fits_into_a_terminal_and_ends_with_the_headline(found: Verdict):
    lines = report(found, full=False).splitlines()
    if found is not verdicts.LARGE:
        assert len(lines) <= 24
    if found.failed() is not None:
        assert lines[-1] == lines[0]


def test_a_rejection_that_is_not_the_full_report():
    assert report(verdicts.WRONG_ANSWER, full=False) == snapshot("""\
lstm.py: wrong answer — the outputs are not those of an LSTM.

  outputs[0, 1, 0] is 0.75, and should be 0.5.
  The first step is right, the second is not.

  Case      B=1  T=2  I=1  H=1
            lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)
  Inputs    x     float32 [1, 2, 1]  [[[0], [1]]]
            h0    float32 [1, 1]     [[0]]
            w_ih  float32 [4, 1]     [[1], [1], [-1], [0.5]]
            ... 2 more lines: `judge run -v` shows all
  Result    float32 [1, 2, 1], as it should be
            expected [0, :, :]    yours [0, :, :]
             0                     0
            >0.5<                 >0.75<
  You print │ step 0
            and 31 more lines
  Checks    1 of 5 failed (2 not tried): agrees-with-reference
  Mistake   forget-gate-swapped
            The input gate and the forget gate have changed places: the gates
            come in the order i, f, g, o.
  Repeat    judge run lstm.py --seed 7
lstm.py: wrong answer — the outputs are not those of an LSTM.
""")


@pytest.mark.parametrize("found", EVERY.values(), ids=EVERY)
def test_colour_adds_nothing_but_colour(found: Verdict):
    plain, coloured = report(found), report(found, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    assert coloured != plain


NASTY = "[red]a[/red]\x1b[2J\r\x07\u202e\x00\ud800\u2028\x9b"
LITERAL = r"[red]a[/red]\x1b[2J\r\x07\u202e\x00\ud800\u2028\x9b"


def test_text_from_elsewhere_is_shown_without_control_characters():
    example = Counterexample(
        sizes={NASTY: 1},
        inputs=(array(NASTY, (1,), [NASTY]), ArrayData(name="s", dtype="str", shape=(), values=NASTY)),
        call=NASTY,
        actual=ArrayData(dtype="str", shape=(), values=NASTY),
    )
    found = Verdict(
        problem="lstm",
        framework="torch",
        verdict=Kind.WRONG_ANSWER,
        seed=0,
        seconds=0,
        headline=NASTY,
        details=(NASTY,),
        locations=(Location(line=1, column=2, end_column=4, text=NASTY, function=NASTY, note=NASTY),),
        checks=(check(NASTY, Outcome.FAILED, f"one\n{NASTY}", counterexample=example), check(NASTY)),
        diagnosis=Diagnosis(mistake=NASTY, explanation=NASTY),
        output=NASTY,
    )
    text = report(found, file=NASTY, width=300)
    assert [line for line in text.split("\n") if not line.isprintable()] == []
    assert LITERAL in text
    assert text.count("[red]a[/red]") >= 10
    for colour in (True, False):
        assert re.sub(r"\x1b\[\d+m", "", report(found, width=300, colour=colour)) == report(found, width=300)
    ElementTree.fromstring(junit.render(found, file=NASTY))
    assert r"\x1b[2J\r" in junit.render(found, file=NASTY)


def test_output_is_cut_and_says_how_much():
    found = verdict(Kind.ACCEPTED, "all right.", output="x" * 1000 + "\n" + "line\n" * 999)
    text = report(found)
    assert "│ " + "x" * 42 + "… (958 more characters)" in text
    assert "and 988 more lines" in text


def test_long_messages_are_cut():
    found = verdict(
        Kind.RUNTIME_ERROR, "it raises " + "e" * 5000, details=tuple(f"{n} " + "x" * 5000 for n in range(40))
    )
    text = report(found)
    assert len(text) < 12_000
    assert "(4,710 more characters)" in text
    assert "and 27 more lines" in text


def test_caret_stands_below_what_is_meant():
    place = Location(line=7, column=9, end_column=12, text="\tx = (\x1b, foo, bar)", note="what it says")
    found = verdict(Kind.LOAD_ERROR, "wrong.", locations=(place, Location(line=120, text="y")))
    assert report(found).split("\n\n")[1] == snapshot("""\
  Where     line   7
              7 │ x = (\\x1b, foo, bar)
                │           ^^^
                  what it says
            line 120
            120 │ y\
""")


def test_caret_of_a_long_line_stays_in_sight():
    text = "x = f(" + "a, " * 200 + "wrong, " + "b, " * 200 + ")"
    start = text.index("wrong") + 1
    place = Location(line=3, column=start, end_column=start + 5, text=text)
    shown = report(verdict(Kind.LOAD_ERROR, "wrong.", locations=(place,))).split("\n\n")[1].split("\n")
    assert shown[1].find("wrong") == shown[2].find("^^^^^") > 0


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=300),
    st.integers(0, 310),
    st.integers(0, 310),
    st.integers(20, 100),
)
def test_no_place_breaks_the_report(text: str, column: int, end: int, width: int):
    place = Location(line=1, column=column, end_column=end, text=text)
    for line in report(verdict(Kind.LOAD_ERROR, "wrong.", locations=(place,)), width=width + 30).splitlines()[1:]:
        assert len(line) <= width + 30
        assert line.isprintable()


def test_scalars_and_values_that_are_no_arrays():
    three, four = (array("", (), value) for value in (3.0, 4.0))
    assert compared(three, four) == snapshot("""\
float32 [], as it should be
expected    yours
>3<         >4<\
""")
    assert compared(three, ArrayData(dtype="NoneType", shape=(), values=None)) == snapshot("""\
expected  float32 []
yours     NoneType\
""")
    assert compared(None, array("", (2,), [1.0, 2.0])) == snapshot("""\
yours  float32 [2]
[1, 2]\
""")
    assert compared(array("", (0, 3), []), array("", (0, 3), [])) == snapshot("""\
float32 [0, 3], as it should be
expected  empty
yours     empty\
""")
    assert compared(array("", (3,), None), array("", (3,), None)) == snapshot("""\
float32 [3], as it should be
too many values to show\
""")
    assert compared(
        ArrayData(dtype="bool", shape=(), values=True), ArrayData(dtype="bool", shape=(), values=False)
    ) == (
        snapshot("""\
bool, as it should be
expected  True
yours     False\
""")
    )


def test_dtype_that_differs_shows_no_values():
    text = compared(array("", (1,), [5.25]), array("", (1,), [5.25], "float64"))
    assert text == snapshot("""\
expected  float32 [1]
yours     float64 [1]\
""")


def test_numbers_that_differ_late_are_told_apart():
    text = compared(array("", (2,), [1.0, 0.123456789]), array("", (2,), [1.0, 0.123456791]), worst_index=(1,))
    assert text == snapshot("""\
float32 [2], as it should be
expected            yours
 1 >0.123456789<     1 >0.123456791<\
""")


def test_nan_and_infinities_are_shown():
    assert compared(array("", (3,), [1.0, "-inf", 2.5]), array("", (3,), ["nan", "-inf", 2.5])) == snapshot("""\
float32 [3], as it should be
expected         yours
>1< -inf  2.5    >nan< -inf  2.5\
""")


def test_many_inputs_are_cut():
    inputs = tuple(array(f"w{number}", (1,), [0.5]) for number in range(40))
    text = report(failing(Counterexample(sizes={}, inputs=inputs)))
    assert "w23 " in text
    assert "w24 " not in text
    assert "and 16 more" in text


@given(st.lists(st.integers(1, 9), max_size=5).map(tuple), st.data())
def test_window_holds_the_element_and_at_most_36(shape: tuple[int, ...], data: st.DataObject):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in shape)

    def build(prefix: tuple[int, ...], rest: tuple[int, ...]) -> Any:
        return [build((*prefix, place), rest[1:]) for place in range(rest[0])] if rest else str(prefix)

    cells = arrays.window(shape, index).cells(build((), shape))
    assert str(index) in [cell for row in cells for cell in row]
    assert len(cells) <= 6
    assert all(0 < len(row) <= 6 for row in cells)


def test_first_difference_is_found_where_nobody_named_the_worst():
    assert arrays.worst_index(array("", (2, 2), [[1, 2], [3, 4]]), array("", (2, 2), [[1, 2], [0, 4]])) == (1, 0)
    assert arrays.worst_index(array("", (1,), [1]), array("", (1,), [1])) is None


def test_shapes_differ_both_ways():
    one = array("", (1,), [1.0])
    example = Counterexample(sizes={}, inputs=(), expected=one, actual=one)
    assert not comparison.shapes_differ(example)
    for other in (array("", (1, 1), [[1.0]]), array("", (1,), [1.0], "float64")):
        assert comparison.shapes_differ(msgspec.structs.replace(example, actual=other))
    assert not comparison.shapes_differ(msgspec.structs.replace(example, actual=None))


def test_junit_of_a_rejection():
    assert junit.render(verdicts.WRONG_SHAPE, file="lstm.py") == snapshot("""\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="lstm: lstm.py" failures="1" errors="0" skipped="2" tests="4" time="1.250">
    <properties>
      <property name="sandbox" value="linux, full" />
    </properties>
    <testcase classname="lstm" name="loads" time="0.250" />
    <testcase classname="lstm" name="shape-and-dtype" time="0.250">
      <failure type="wrong_shape" message="forward returns [1, 2, 1], and should return [1, 1, 2].">forward returns [1, 2, 1], and should return [1, 1, 2].
The last two dimensions have changed places.</failure>
    </testcase>
    <testcase classname="lstm" name="gradients" time="0.250">
      <skipped message="Not run." />
    </testcase>
    <testcase classname="lstm" name="rows-independent" time="0.250">
      <skipped message="Not run." />
    </testcase>
  </testsuite>
</testsuites>
""")  # noqa: E501


def test_junit_of_a_verdict_that_no_check_carries():
    assert junit.render(verdicts.FORBIDDEN, file="lstm.py") == snapshot("""\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="lstm: lstm.py" failures="1" errors="0" skipped="0" tests="1" time="1.250">
    <testcase classname="lstm" name="forbidden" time="1.250">
      <failure type="forbidden" message="nn.LSTM may not be used here.">nn.LSTM may not be used here.
The exercise is to write it yourself.
line 12: self.rnn = nn.LSTM(4, 4)</failure>
    </testcase>
  </testsuite>
</testsuites>
""")


@pytest.mark.parametrize("found", EVERY.values(), ids=EVERY)
def test_junit_fails_where_it_is_not_accepted(found: Verdict):
    suite = ElementTree.fromstring(junit.render(found, file="lstm.py"))[0]
    bad = len(suite.findall("testcase/failure")) + len(suite.findall("testcase/error"))
    assert bad == int(suite.attrib["failures"]) + int(suite.attrib["errors"])
    assert (bad == 0) is found.accepted
    assert len(suite.findall("testcase")) == int(suite.attrib["tests"])
    assert len(suite.findall("testcase/error")) == (found.verdict is Kind.INTERNAL_ERROR)


def test_screenshot_asks_nothing_of_the_network():
    diagnosis = Diagnosis(mistake="gates-swapped", explanation="They are swapped.", question="Which gate comes first?")
    found = msgspec.structs.replace(verdicts.WRONG_ANSWER, diagnosis=diagnosis)
    picture = screenshot(found, file="lstm.py", repeat="judge run lstm.py --seed 7")
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    assert set(re.findall(r"https?://[^\"'\s)]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert "url(http" not in picture
    assert "Which gate comes first?" in picture.replace("&#160;", " ")
    assert "swapped" not in picture
    printed = msgspec.structs.replace(found, output="[red]not markup[/red]")
    assert "[red]not" in screenshot(printed, file="lstm.py", repeat="again").replace("&#160;", " ")


def test_the_first_word_of_a_verdict_leaves_the_name_of_the_file_as_it_is() -> None:
    paint = Painter(False)
    text = noticed("wrong_answer", "agrees", "it is off", width=80, paint=paint, before="my_file.py: ")
    assert text.startswith("my_file.py: wrong answer in agrees: it is off")
    assert noticed("wrong_answer", "agrees", "it is off", width=80, paint=paint).startswith("wrong answer in agrees")
