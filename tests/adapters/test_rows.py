"""Every row of a file is an entry, a blank, or a reject that says why."""

import copy
import csv
import io
import os
import pickle
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesproc.adapters import LogRow, Note, Reject, RowLog, read_log
from salesproc.errors import LogError, UnknownName
from salesproc.metrics import stage_funnel, time_to_convert

LONG = {"entity": "id", "stage": "stage", "at": "at", "tz": "UTC"}
WIDE = {"entity": "id", "at": {"lead": "lead_date", "won": "won_date"}, "tz": "UTC"}
BERLIN = ZoneInfo("Europe/Berlin")

cells = st.sampled_from(
    [
        "",
        " ",
        "a",
        "lead",
        "2024-01-01",
        "2024-02-30",
        "01/02/2024",
        "9999-12-31",
        'x"y',
        "x,y",
        "x\ny",
        "NULL",
        "日",
    ]
)


def file(text):
    return io.StringIO(text, newline="")


def table(rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return file(out.getvalue())


def read_one(value, **options):
    return read_log([{"id": "1", "stage": "lead", "at": value}], **LONG | options)


# Laws


@given(st.lists(st.lists(cells, min_size=1, max_size=5)))
def test_a_long_file_loses_no_row(rows):
    """Entries and rejects together are the rows of the file."""
    log = read_log(table([["id", "stage", "at"], *rows]), **LONG)
    assert log.read == len(rows) == len(log.rows) + len(log.rejects)
    assert sorted([row.row for row in log] + [reject.row for reject in log.rejects]) == [
        *range(2, len(rows) + 2)
    ]


@given(st.lists(st.tuples(cells.filter(str.strip), cells, cells)))
def test_a_wide_file_loses_no_date(rows):
    """Each date of each row is an entry, left blank, or rejected."""
    log = read_log(table([["id", "lead_date", "won_date"], *rows]), **WIDE)
    assert len(log.rows) + log.blank + len(log.rejects) == 2 * len(rows)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=5), st.text(max_size=5), st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1))
        )
    )
)
def test_what_was_written_is_what_is_read(facts):
    """Names in any script and times to the microsecond survive the way through a file."""
    rows = [("i" + name.strip(), "s" + stage.strip(), at) for name, stage, at in facts]
    rows = [row for row in rows if row[0] == row[0].strip() and row[1] == row[1].strip()]
    log = read_log(
        table([["id", "stage", "at"], *((who, what, at.isoformat()) for who, what, at in rows)]), **LONG
    )
    assert not log.rejects
    assert [(row.entity, row.stage, row.at) for row in log] == [
        (who, what, at.replace(tzinfo=UTC)) for who, what, at in rows
    ]


@given(st.lists(st.tuples(cells, cells, cells)))
def test_a_file_its_mappings_and_its_sequences_give_the_same_entries(rows):
    """It does not matter who has parsed the file."""
    names = ("id", "stage", "at")
    from_file = read_log(table([names, *rows]), **LONG)
    from_mappings = read_log((dict(zip(names, row, strict=True)) for row in rows), **LONG)
    from_sequences = read_log(rows, entity=0, stage=1, at=2, tz="UTC")
    assert (
        [row[:3] for row in from_file]
        == [row[:3] for row in from_mappings]
        == [row[:3] for row in from_sequences]
    )
    assert len(from_file.rejects) == len(from_mappings.rejects) == len(from_sequences.rejects)


# Times


@pytest.mark.parametrize(
    ("text", "expected", "dated"),
    [
        ("2018-03-04", datetime(2018, 3, 4, tzinfo=BERLIN), True),
        (" 2018-03-04 ", datetime(2018, 3, 4, tzinfo=BERLIN), True),
        ("2018-03-04 05:06", datetime(2018, 3, 4, 5, 6, tzinfo=BERLIN), False),
        ("2018-03-04T05:06:07", datetime(2018, 3, 4, 5, 6, 7, tzinfo=BERLIN), False),
        ("2018-03-04 05:06:07.089", datetime(2018, 3, 4, 5, 6, 7, 89000, tzinfo=BERLIN), False),
        ("2018-03-04T05:06:07.0000000Z", datetime(2018, 3, 4, 5, 6, 7, tzinfo=UTC), False),
        ("2018-03-04T05:06:07Z", datetime(2018, 3, 4, 5, 6, 7, tzinfo=UTC), False),
        ("2018-03-04T05:06:07.000+0000", datetime(2018, 3, 4, 5, 6, 7, tzinfo=UTC), False),
        ("2018-03-04 05:06:07+00", datetime(2018, 3, 4, 5, 6, 7, tzinfo=UTC), False),
        ("2018-03-04 05:06-03:30", datetime(2018, 3, 4, 5, 6, tzinfo=timezone(-timedelta(hours=3.5))), False),
        (date(2018, 3, 4), datetime(2018, 3, 4, tzinfo=BERLIN), True),
        (datetime(2018, 3, 4, 5), datetime(2018, 3, 4, 5, tzinfo=BERLIN), False),
        (datetime(2018, 3, 4, 5, tzinfo=UTC), datetime(2018, 3, 4, 5, tzinfo=UTC), False),
    ],
)
def test_iso_times_and_objects_are_read(text, expected, dated):
    log = read_one(text, tz="Europe/Berlin")
    assert [(row.at, row.at.utcoffset(), row.dated) for row in log] == [
        (expected, expected.utcoffset(), dated)
    ]
    assert not log.notes


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("03/04/2018", "'03/04/2018' is not an ISO date"),
        ("04.03.2018", "give date_format="),
        ("20180304", "is not an ISO date"),
        ("2018-W09-7", "is not an ISO date"),
        ("2018-3-4", "is not an ISO date"),
        ("٢٠١٨-٠٣-٠٤", "is not an ISO date"),
        ("2018-02-30", "is no real time"),
        ("2018-03-04T25:00", "is no real time"),
        ("2018-03-04T05:00+99:00", "is no real time"),
        ("NULL", "is not an ISO date"),
        ("9999-12-31", "9999-12-31T00:00:00 is a placeholder"),
        ("1900-01-01", "is a placeholder"),
        (datetime(2999, 1, 1, tzinfo=timezone(timedelta(hours=-12))), "is a placeholder"),
        (43163, "43163 is neither text nor a date"),
        ("", "the time) is blank"),
        (None, "the time) is blank"),
        (float("nan"), "the time) is blank"),
    ],
)
def test_what_is_no_time_is_rejected_with_the_reason(value, reason):
    """Nobody's month is guessed, and no deal is won in the year 9999."""
    log = read_one(value)
    assert log.rows == ()
    [reject] = log.rejects
    assert reject.row == 1
    assert reason in reject.reason
    assert reject.values == ("1", "lead", "" if value is None else str(value))


@pytest.mark.parametrize(
    ("given_format", "text", "expected", "dated"),
    [
        ("%d/%m/%Y", "03/04/2018", datetime(2018, 4, 3, tzinfo=UTC), True),
        ("%m/%d/%Y", "03/04/2018", datetime(2018, 3, 4, tzinfo=UTC), True),
        ("%Y%m%d", "20180304", datetime(2018, 3, 4, tzinfo=UTC), True),
        ("%d.%m.%y %H:%M", "04.03.18 05:06", datetime(2018, 3, 4, 5, 6, tzinfo=UTC), False),
        ("%d.%m.%y %H:%M %z", "04.03.18 05:06 +0100", datetime(2018, 3, 4, 4, 6, tzinfo=UTC), False),
    ],
)
def test_a_date_format_decides_what_is_ambiguous(given_format, text, expected, dated):
    assert [(row.at, row.dated) for row in read_one(text, date_format=given_format)] == [(expected, dated)]


def test_iso_is_read_beside_the_forms_given_and_anything_else_is_rejected():
    """An export with dates of several makes is read in one go."""
    log = read_log(
        file("id,stage,at\n1,lead,04/03/2018\n2,lead,2018-03-04\n3,lead,4 Mar\n"),
        **LONG,
        date_format="%d/%m/%Y",
    )
    assert [row.at.date().isoformat() for row in log] == ["2018-03-04", "2018-03-04"]
    assert "'4 Mar' is not written as '%d/%m/%Y', nor in ISO" in log.rejects[0].reason


def test_a_date_that_two_forms_read_differently_is_rejected():
    forms = ["%d/%m/%Y", "%m/%d/%Y"]
    [reject] = read_one("03/04/2018", date_format=forms).rejects
    assert "'03/04/2018' can be read as 2018-04-03 00:00 and as 2018-03-04 00:00" in reject.reason
    assert read_one("13/04/2018", date_format=forms).rows[0].at.month == 4
    assert read_one("04/04/2018", date_format=forms).rows[0].at.day == 4


def test_who_lacks_a_row_is_known():
    """A deal whose winning row could not be read would count as open."""
    log = read_log(file("id,stage,at\n1,lead,2018-03-04\n1,won,soon\n,won,2018-03-04\n"), **LONG)
    assert log.incomplete == {"1"}
    assert [reject.entity for reject in log.rejects] == ["1", None]


@pytest.mark.parametrize("date_format", ["%d/%m", "%x", "%d %Y %c", ""])
def test_a_date_format_that_leaves_the_year_open_or_asks_the_locale_is_refused(date_format):
    with pytest.raises(ValueError, match="date_format must name a year and not depend on the locale"):
        read_one("1", date_format=date_format)


@pytest.mark.parametrize(
    ("text", "hours_utc", "remark"),
    [
        ("2018-03-25 02:30", 1.5, "2018-03-25 02:30:00 Europe/Berlin did not exist"),
        ("2018-10-28 02:30", 0.5, "2018-10-28 02:30:00 Europe/Berlin happened twice; taken as the first"),
    ],
)
def test_a_local_time_that_clocks_jumped_over_or_repeated_is_kept_and_noted(text, hours_utc, remark):
    log = read_one(text, tz=BERLIN)
    assert log.rows[0].at.astimezone(UTC).replace(tzinfo=None) == datetime.fromisoformat(
        text[:10]
    ) + timedelta(hours=hours_utc)
    [note] = log.notes
    assert note.row == 1
    assert remark in note.remark


def test_a_zone_that_gives_no_offset_makes_no_instant():
    class Nowhere(tzinfo):
        def utcoffset(self, _at, /):
            return None

    [reject] = read_one("2018-03-25 02:30", tz=Nowhere()).rejects
    assert "has no offset in the zone" in reject.reason


@pytest.mark.parametrize("tz", ["Europe/Berln", "/etc", "Europe", ""])
def test_an_unknown_zone_is_named(tz):
    with pytest.raises(UnknownName, match=f"the time zone database has no time zone '{tz}'"):
        read_one("2018-03-04", tz=tz)


# Columns and forms


@pytest.mark.parametrize(
    ("options", "given_name"),
    [
        ({"entity": "idd"}, "idd"),
        ({"stage": "stages"}, "stages"),
        ({"at": "att"}, "att"),
        ({"keep": ["x"]}, "x"),
    ],
)
@pytest.mark.parametrize("source", ["file", "mappings"])
def test_a_missing_column_is_named_with_what_there_is(options, given_name, source):
    rows = file("id,stage,at\n1,lead,2024-01-01\n") if source == "file" else [{"id": 1, "stage": 2, "at": 3}]
    with pytest.raises(UnknownName) as caught:
        read_log(rows, **LONG | options)
    assert (caught.value.given, caught.value.known) == (given_name, ("id", "stage", "at"))


def test_a_key_that_some_mappings_lack_is_blank_there():
    """A program that leaves empty fields out of its records means blank."""
    log = read_log([{"id": 1, "lead_date": "2024-01-01"}, {"id": 2, "won_date": "2024-01-02"}], **WIDE)
    assert [(row.entity, row.stage) for row in log] == [("1", "lead"), ("2", "won")]
    assert log.blank == 2


def test_no_rows_are_an_empty_log():
    assert list(read_log([], **LONG)) == list(read_log(file("id,stage,at\n"), **LONG)) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stage": None}, "stage= must name the column"),
        ({"at": {"won": "at"}}, "stage='stage' must be left out"),
        ({"stage": None, "at": {}}, "at names no stage"),
    ],
)
def test_the_two_forms_are_not_mixed(options, message):
    with pytest.raises(ValueError, match=message):
        read_log(file("id,stage,at\n"), **LONG | options)


def test_a_header_with_one_name_twice_is_refused():
    with pytest.raises(LogError, match=r"several columns of the same name: \['at'\]"):
        read_log(file("id,stage,at,at\n"), **LONG)


@pytest.mark.parametrize(
    ("text", "message"), [("", "is empty"), ('id,"stage"x,at\n', "header row with broken")]
)
def test_a_file_without_a_header_is_refused(text, message):
    with pytest.raises(LogError, match=message):
        read_log(file(text), **LONG)


@pytest.mark.parametrize("row", ["1,lead,2024-01-01", 7, b"x"])
def test_text_is_not_taken_for_a_row(row):
    with pytest.raises(LogError, match="row 1 is neither a mapping nor a sequence of cells"):
        read_log([row], **LONG)


def test_a_sequence_has_places_and_no_names():
    with pytest.raises(LogError, match="row 1 is a sequence, which has no column 'id'; give its place"):
        read_log([("1", "lead", "2024-01-01")], **LONG)
    log = read_log([("1", "lead"), ("1", "lead", "2024-01-01")], entity=0, stage=1, at=2, tz="UTC")
    assert log.rejects == (Reject(1, "2 cells, so there is none at place 2", ("1", "lead")),)
    assert [row.row for row in log] == [2]


# Dirt

DIRTY = """\
\ufeff"id",stage,at,origin
1,lead,2024-01-01,fair
2,lead,2024-01-02
3,lead,2024-01-03,web,extra
 ,lead,2024-01-04,web
5,,2024-01-05,web

7,lead,2024-01-07,"two
lines"
8,lead,2024-01-08,"broken" quote
9,lead,,web
1,won,2024-02-01, web
"""


def test_every_kind_of_dirt_is_listed_with_its_row():
    log = read_log(file(DIRTY), **LONG, keep=["origin"])
    assert [(row.entity, row.row) for row in log] == [("1", 2), ("7", 8), ("1", 11)]
    assert [(reject.row, reject.reason) for reject in log.rejects] == [
        (3, "line 3: 3 cells where the header has 4"),
        (4, "line 4: 5 cells where the header has 4"),
        (5, "column 'id' (the entity) is blank"),
        (6, "column 'stage' (the stage) is blank"),
        (7, "line 7: empty line"),
        (9, "line 10: broken quoting (',' expected after '\"')"),
        (10, "column 'at' (the time) is blank"),
    ]
    assert log.rejects[0].values == ("2", "lead", "2024-01-02")
    assert log.rows[1].kept == (("origin", "two\nlines"),)


def test_a_quote_that_never_closes_does_not_swallow_rows_in_silence():
    """The rest of the file is one reject that names its lines."""
    log = read_log(file('id,stage,at\n1,lead,2024-01-01\n2,"lead,2024-01-02\n3,lead,2024-01-03\n'), **LONG)
    assert len(log.rows) == 1
    assert log.rejects == (Reject(3, "lines 3 to 4: broken quoting (unexpected end of data)", ()),)


def test_cells_beyond_the_header_of_a_dict_reader_are_a_reject():
    log = read_log(csv.DictReader(file("id,stage,at\n1,lead,2024-01-01,x\n")), **LONG)
    assert [reject.reason for reject in log.rejects] == ["more cells than columns: ['x']"]


def test_files_are_read_by_path_delimiter_and_encoding(tmp_path):
    path = tmp_path / "verkäufe.csv"
    path.write_bytes("id;stage;at\n1;köln;2024-01-01\n2;x;y\n".encode("cp1252"))
    log = read_log(path, **LONG, delimiter=";", encoding="cp1252")
    assert [row.stage for row in log] == ["köln"]
    assert log.rejects[0].source == str(path)
    with path.open(encoding="cp1252", newline="") as opened:
        assert read_log(opened, **LONG, delimiter=";") == log
    with pytest.raises(LogError, match=r"is not text in 'utf-8'.*give its encoding"):
        read_log(str(path), **LONG, delimiter=";")
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path / "none.csv", **LONG)
    with (tmp_path / "x").open("w+b", buffering=0) as raw, io.TextIOWrapper(raw) as unnamed:
        unnamed.write("id,stage,at\n1,a,b\n")
        unnamed.seek(0)
        assert len(read_log(unnamed, **LONG).rejects) == 1


def test_numbers_and_enumerations_become_text():
    class Deal(StrEnum):
        WON = "won"

    log = read_log([{"id": 7, "stage": Deal.WON, "at": date(2024, 1, 1), "size": 3}], **LONG, keep=["size"])
    assert log.rows == (LogRow("7", "won", datetime(2024, 1, 1, tzinfo=UTC), 1, True, (("size", "3"),)),)
    wide = read_log([{"id": 7, "d": date(2024, 1, 1)}], entity="id", at={Deal.WON: "d"}, tz="UTC")
    assert type(wide.rows[0].stage) is str


# The log


def test_a_kept_column_gives_the_first_value_that_is_not_blank():
    rows = [
        {"id": "1", "at": "2024-01-01", "owner": " "},
        {"id": "1", "at": "2024-01-02", "owner": "Sara"},
        {"id": "1", "at": "2024-01-03", "owner": "Tom"},
        {"id": "2", "at": "2024-01-03", "owner": None},
    ]
    log = read_log(rows, entity="id", at={"lead": "at"}, tz="UTC", keep=["owner", "owner"])
    owner = log.column("owner")
    assert (owner("1"), owner("2"), owner("3")) == ("Sara", None, None)
    assert pickle.loads(pickle.dumps(owner))("1") == "Sara"
    with pytest.raises(UnknownName, match="the log has no kept column 'owners'; did you mean 'owner'"):
        log.column("owners")
    by_owner = stage_funnel(log, ["lead"], as_of=datetime(2024, 2, 1, tzinfo=UTC), by=owner)
    assert {label: funnel.entities for label, funnel in by_owner.items()} == {"Sara": 1, None: 1}


def test_two_logs_join_into_one():
    """A file of leads and a file of deals are one log."""
    leads = read_log(
        file("id,day,origin\n1,2024-01-01,web\n2,x,web\n"),
        entity="id",
        at={"lead": "day"},
        tz="UTC",
        keep=["origin"],
    )
    deals = read_log(file("id,day\n1,2024-02-01\n3,\n"), entity="id", at={"won": "day"}, tz=BERLIN)
    both = leads + deals
    assert both.rows == leads.rows + deals.rows
    assert len(both) == 2
    assert (both.read, both.blank, len(both.rejects), both.columns) == (4, 1, 1, ("origin",))
    assert both.column("origin")("1") == "web"
    with pytest.raises(TypeError):
        leads + list(deals)


def test_the_summary_counts_everything_and_shows_examples():
    log = read_log(
        file("id,stage,at\n" + "1,lead,x\n" * 12 + "1,lead,2018-03-25 02:30\n"), **LONG | {"tz": BERLIN}
    )
    lines = log.summary().splitlines()
    assert lines[0] == "13 rows read: 1 entries of 1 entities, 0 blank, 12 rejected, 1 doubtful"
    assert lines[1].startswith("rejected: row 2: column 'at': 'x' is not an ISO date")
    assert lines[-2].startswith(
        "doubtful: row 14: column 'at': 2018-03-25 02:30:00 Europe/Berlin did not exist"
    )
    assert lines[-1] == "and 2 more"
    assert repr(log) == "<RowLog: 1 entries, 0 blank, 12 rejected, 1 doubtful>"


def test_the_summary_names_the_file(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("id,stage,at\n1,lead,x\n")
    assert "rejected: leads.csv, row 2: " in read_log(path, **LONG).summary()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "value",
    [
        read_log(file(DIRTY), **LONG, keep=["origin"]),
        LogRow("1", "lead", datetime(2024, 1, 1, tzinfo=UTC), 1),
        Reject(1, "x", ()),
        Note(1, "x"),
        RowLog(()),
    ],
)
def test_it_pickles_and_copies(value, protocol):
    assert pickle.loads(pickle.dumps(value, protocol)) == value == copy.copy(value) == copy.deepcopy(value)
    assert hash(copy.deepcopy(value)) == hash(value)


# Real data


@pytest.fixture
def olist():
    folder = os.environ.get("SALESPROC_DATA")
    if folder is None or not (Path(folder) / "olist_marketing_funnel").is_dir():
        pytest.skip("needs the Olist marketing funnel in the folder that SALESPROC_DATA names")
    return Path(folder) / "olist_marketing_funnel"


def test_the_olist_funnel_is_what_its_files_say(olist):
    """Real leads and real deals, counted again with nothing but the csv module."""
    lead_file = olist / "olist_marketing_qualified_leads_dataset.csv"
    deal_file = olist / "olist_closed_deals_dataset.csv"
    zone = ZoneInfo("America/Sao_Paulo")
    as_of = datetime(2018, 11, 15, tzinfo=UTC)
    leads = read_log(lead_file, entity="mql_id", at={"mql": "first_contact_date"}, tz=zone, keep=["origin"])
    deals = read_log(deal_file, entity="mql_id", at={"won": "won_date"}, tz="UTC")
    assert (len(leads), len(deals), leads.rejects, deals.rejects) == (8000, 842, (), ())

    with lead_file.open(newline="", encoding="utf-8") as opened:
        contacts = {row["mql_id"]: row for row in csv.DictReader(opened)}
    with deal_file.open(newline="", encoding="utf-8") as opened:
        wins = {
            row["mql_id"]: datetime.fromisoformat(row["won_date"] + "Z") for row in csv.DictReader(opened)
        }
    began = {
        key: datetime.fromisoformat(row["first_contact_date"]).replace(tzinfo=zone).astimezone(UTC)
        for key, row in contacts.items()
    }
    log = leads + deals
    funnel = stage_funnel(log, ["mql", "won"], as_of=as_of)
    assert (funnel["mql"].reached, funnel["won"].reached) == (len(contacts), len(wins)) == (8000, 842)
    assert funnel["won"].from_first.hits == len(wins.keys() & contacts.keys())

    times = time_to_convert(log, "mql", "won", as_of=as_of)
    taken = sorted(wins[key] - began[key] for key in wins if wins[key] >= began[key])
    assert (times.finished, times.backwards, times.open) == (len(taken), 1, 8000 - 842)
    assert times.finished_only_mean == sum(taken, timedelta(0)) / len(taken)
    assert times.finished_only_median == taken[len(taken) // 2]
    assert times.median is None
    # Nobody is censored before the last leads are: until then the curve is a plain count.
    ten_weeks = timedelta(days=70)
    assert times.share_within(ten_weeks) == pytest.approx(
        sum(time <= ten_weeks for time in taken) / 7999, rel=1e-12
    )

    by_origin = stage_funnel(log, ["mql", "won"], as_of=as_of, by=log.column("origin"))
    origins = Counter(row["origin"] or None for row in contacts.values())
    won = Counter(contacts[key]["origin"] or None for key in wins)
    assert {label: (part["mql"].reached, part["won"].reached) for label, part in by_origin.items()} == {
        label: (count, won[label]) for label, count in origins.items()
    }
    assert by_origin[None]["mql"].reached == 60


def test_a_day_without_midnight_begins_when_the_clocks_have_jumped():
    """A plain date is a whole day, so there is nothing doubtful about it."""
    log = read_one("2017-10-15", tz="America/Sao_Paulo")
    assert log.notes == ()
    assert log.rows[0].at.isoformat() == "2017-10-15T01:00:00-02:00"
