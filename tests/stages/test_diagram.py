"""Drawings: text that the tools read, whatever the stages are called."""

import re

import pytest

from salesproc.rates import Rate
from salesproc.stages import Process, Stage, StageKind, Transition, dot, markdown_table, mermaid

NASTY = Process(
    'the "nasty" one',
    stages=[Stage('a "b"; <c>'), Stage("عميل|客户"), Stage("end\nline", kind=StageKind.DONE)],
    transitions=[
        Transition("go: on", 'a "b"; <c>', "عميل|客户"),
        Transition("stop", Process.any_open, "end\nline"),
    ],
)


def test_a_mermaid_diagram_has_every_stage_and_every_arrow(deals):
    text = mermaid(
        deals, edges={("discovery", "demo"): 1200, ("demo", "lost"): Rate(1, 8), ("demo", "proposal"): "few"}
    )
    assert text.startswith("stateDiagram-v2\n")
    assert [line.strip() for line in text.splitlines() if "-->" in line] == [
        "[*] --> s0",
        "s0 --> s1: demo (1,200)",
        "s1 --> s2: propose (few)",
        "s2 --> s3: win",
        "s0 --> s4: lose",
        "s1 --> s4: lose (12.5%)",
        "s2 --> s4: lose",
        "s4 --> s0: reopen",
        "s3 --> [*]",
        "s4 --> [*]",
    ]


def test_a_dot_drawing_marks_the_final_stages(deals):
    text = dot(deals)
    assert '"won" [peripheries=2];' in text
    assert '"demo";' in text
    assert '"lost" -> "discovery" [label="reopen"];' in text


def test_names_with_signs_of_the_language_are_escaped():
    drawn = mermaid(NASTY)
    names = re.findall(r'state "(.*)" as s\d', drawn)
    assert names == ["a #34;b#34;#59; #60;c#62;", "عميل#124;客户", "end#10;line"]
    assert "go#58; on" in drawn
    assert '"a \\"b\\"; <c>" -> "عميل|客户" [label="go: on"];' in dot(NASTY)
    assert '"end\\nline" [peripheries=2];' in dot(NASTY)
    table = markdown_table(NASTY)
    assert "عميل\\|客户" in table
    assert "&lt;c>" in table
    assert len(table.splitlines()) == 5


def test_the_table_says_what_each_step_needs(deals):
    rows = markdown_table(deals).splitlines()
    assert rows[2] == (
        "| discovery | open |  | 14 days | demo by demo (needs score of at least 60 and budget); "
        "lost by lose (needs reason) |"
    )
    assert rows[3].startswith("| demo | open | 30% |  |")


def test_a_notebook_shows_the_diagram_and_the_table(deals):
    shown = deals._repr_markdown_()
    assert mermaid(deals) in shown
    assert markdown_table(deals) in shown


@pytest.mark.parametrize("draw", [mermaid, dot, markdown_table])
def test_a_drawing_ends_with_a_line_end(deals, draw):
    assert draw(deals).endswith("\n")
    assert not draw(deals).endswith("\n\n")


def test_a_number_for_an_arrow_that_is_not_there_is_refused(deals):
    """A count that would be left out in silence is a wrong picture."""
    with pytest.raises(ValueError, match="no arrow from discovery to won"):
        mermaid(deals, edges={("discovery", "won"): 3})


def test_short_limits_are_shown_in_hours():
    from datetime import timedelta

    process = Process(
        "p",
        stages=[Stage("a", limit=timedelta(hours=24)), Stage("z", kind=StageKind.DONE)],
        transitions=[Transition("go", "a", "z")],
    )
    assert "| a | open |  | 24 h |" in markdown_table(process)
