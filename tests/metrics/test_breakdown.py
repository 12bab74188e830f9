"""A breakdown is a mapping that cannot change and shows what has no label."""

import copy
import pickle
from datetime import date
from enum import StrEnum

import pytest

from salesproc.metrics import Breakdown, stage_funnel, time_to_convert

AS_OF = date(2024, 2, 1)
OWNER = {"a": "Tom", "b": "Sara", "c": "Sara", "d": None, "e": "<i>"}
LOG = [(who, "lead", date(2024, 1, 1)) for who in OWNER] + [("a", "won", date(2024, 1, 5))]
PARTS = stage_funnel(LOG, ["lead", "won"], as_of=AS_OF, by=OWNER.get)


def test_it_is_a_mapping_largest_first_then_by_label():
    assert isinstance(PARTS, Breakdown)
    assert list(PARTS) == ["Sara", "<i>", "Tom", None]
    assert len(PARTS) == 4
    assert "Tom" in PARTS
    assert "Ann" not in PARTS
    assert PARTS.get("Ann") is None
    assert PARTS["Tom"]["won"].reached == PARTS.total["won"].reached == 1


def test_labels_of_any_kind_stand_in_a_fixed_order():
    class Size(StrEnum):
        BIG = "big"

    labels = {"a": 1, "b": "1", "c": Size.BIG, "d": None, "e": (2, 3)}
    forwards = stage_funnel(LOG, ["lead"], as_of=AS_OF, by=labels.get)
    backwards = stage_funnel(LOG[::-1], ["lead"], as_of=AS_OF, by=labels.get)
    assert list(forwards) == list(backwards)
    assert list(forwards)[-1] is None


def test_it_cannot_be_changed():
    with pytest.raises(TypeError):
        PARTS["Tom"] = PARTS["Sara"]
    with pytest.raises(AttributeError):
        PARTS.total = None
    with pytest.raises(TypeError, match="unhashable"):
        hash(PARTS)


def test_its_rows_carry_the_label():
    rows = PARTS.to_rows()
    assert [(row["label"], row["stage"]) for row in rows[-2:]] == [("(none)", "lead"), ("(none)", "won")]
    assert len(rows) == 8


def test_it_shows_every_part_and_the_total():
    assert repr(PARTS) == "<Breakdown by 4 labels: 'Sara', '<i>', 'Tom', '(none)'>"
    text = str(PARTS)
    assert [part.splitlines()[0] for part in text.split("\n\n")] == ["Sara", "<i>", "Tom", "(none)", "total"]
    html = PARTS._repr_html_()
    assert "<i>" not in html
    assert "<td>&lt;i&gt;</td><td>lead</td>" in html
    empty = stage_funnel([], ["lead"], as_of=AS_OF, by=OWNER.get)
    assert empty._repr_html_() == "<table><caption>0 parts</caption><tr><th>label</th></tr></table>"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("value", [PARTS, time_to_convert(LOG, "lead", "won", as_of=AS_OF, by=OWNER.get)])
def test_it_pickles_and_copies(value, protocol):
    back = pickle.loads(pickle.dumps(value, protocol))
    assert back == value == copy.copy(value) == copy.deepcopy(value)
    assert list(back) == list(value)


def test_results_of_one_line_each_stand_below_one_another():
    parts = time_to_convert(LOG, "lead", "won", as_of=AS_OF, by=OWNER.get)
    assert (
        str(parts).splitlines()[0]
        == "Sara    <Durations: median n/a, 0 finished, 0 lost, 2 open, 0 backwards>"
    )
    assert str(parts).splitlines()[-1].startswith("total   <Durations: ")
