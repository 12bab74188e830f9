"""The customer-base report prints what a plain computation finds in the same file."""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median

import pytest

REPORT = Path(__file__).parents[2] / "docs" / "examples" / "customer_base.py"
REVIEW, EARLIER = date(1998, 6, 30), date(1998, 3, 31)

MADE_UP = """
 customer_id  date number_of_cds  dollar_value
 00001 19970105  1   10.00
 00002 19970110  2   30.00
 00002 19970110  1   10.00
 00002 19970420  1   20.00
 00002 19970801  1   20.00
 00002 19971101  1   20.00
 00002 19980201  1   20.00
 00002 19980501  1   20.00
 00003 19970301  1    0.00
 00004 19970320  3   50.00
 00004 19970320  3   50.00
 00004 19970330  2   40.00
 00004 19970409  2   40.00
 00005 19970325  1   15.00
 00005 19970701  1   25.00
"""


def run(folder):
    return subprocess.run(
        [sys.executable, str(REPORT), str(folder)], capture_output=True, check=False, encoding="utf-8"
    )


def write(folder, text):
    (folder / "CDNOW_master.txt").write_bytes(text.lstrip("\n").replace("\n", "\r\n").encode("ascii"))
    return folder


@pytest.fixture(scope="module")
def folder(real_data):
    found = real_data / "cdnow"
    if not found.is_dir():
        pytest.skip("needs the CDNOW purchases in the folder that SALESPROC_DATA names")
    return found


@pytest.fixture(scope="module")
def text(folder):
    done = run(folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    done = run(write(tmp_path_factory.mktemp("cdnow"), MADE_UP))
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def rows(folder):
    lines = (folder / "CDNOW_master.txt").read_text(encoding="ascii").splitlines()
    found = [line.split() for line in lines[1:]]
    return [
        (who, date(int(day[:4]), int(day[4:6]), int(day[6:])), int(discs), Decimal(spent))
        for who, day, discs, spent in found
    ]


@pytest.fixture(scope="module")
def days(rows):
    """What each customer spent on each day, the days in order."""
    sums = defaultdict(Decimal)
    for who, day, _, spent in rows:
        sums[who, day] += spent
    found = defaultdict(dict)
    for (who, day), spent in sorted(sums.items()):
        found[who][day] = spent
    return found


@pytest.fixture(scope="module")
def totals(days):
    return {who: sum(spent.values()) for who, spent in days.items()}


def section(text, title):
    lines = text.splitlines()
    start = lines.index(title) + 2
    end = next((place - 1 for place in range(start, len(lines)) if set(lines[place]) == {"-"}), len(lines))
    return lines[start:end]


def cells(text, title, first):
    """The cells of the first line of a section that begins with those words; two blanks or more part them."""
    begins = re.compile(rf"{re.escape(first)}(  |$)")
    return re.split(r" {2,}", next(line for line in section(text, title) if begins.match(line)))


def share(part, whole):
    return f"{float(Fraction(part) / Fraction(whole)):.1%}"


def rate(part, whole):
    return f"{share(part, whole)} ({part:,} of {whole:,})"


def dollars(amount):
    return f"{amount:,.0f} USD"


def quarter(day):
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def test_every_trap_of_the_data_is_named_with_its_count(text, rows, days, totals):
    notes = "\n".join(section(text, "What was done to the data"))
    orders, buyers = sum(map(len, days.values())), len(days)
    again = sum(count > 1 for count in Counter(who for who, *_ in rows).values())
    repeat = sum(len(one) > 1 for one in days.values())
    copies = [(row, count - 1) for row, count in Counter(rows).items() if count > 1]
    worth = sum(row[3] * count for row, count in copies)
    firsts = [min(one) for one in days.values()]
    assert f"- {len(rows):,} rows have a day and no time" in notes
    assert f"- {len(rows) - orders:,} rows have the customer and day" in notes
    assert f"which leaves {orders:,}" in notes
    assert (
        f"{again - repeat} more repeat buyers, {share(again, buyers)} instead of {share(repeat, buyers)}"
        in notes
    )
    assert f"- {sum(count for _, count in copies)} of these rows repeat" in notes
    assert f"{dollars(worth)} or {share(worth, sum(totals.values()))} of the money" in notes
    assert f"- {sum(spent == 0 for *_, spent in rows)} rows are worth nothing" in notes
    assert f"({sum(not spent for spent in totals.values())} customers never paid" in notes
    assert f"all {buyers:,} customers first bought between {min(firsts)} and {max(firsts)}" in notes


def test_buyers_and_order_values_are_those_of_a_plain_count(text, days, totals):
    first = {who: quarter(min(one)) for who, one in days.items()}
    by_quarter = defaultdict(lambda: defaultdict(list))
    for who, one in days.items():
        for day, spent in one.items():
            by_quarter[quarter(day)][who].append(spent)
    for start, spent in by_quarter.items():
        before = sum(one < start for one in first.values())
        new, orders = sum(first[who] == start for who in spent), sum(map(len, spent.values()))
        money = sum(map(sum, spent.values()))
        assert cells(text, "Who bought", str(start)) == [
            str(start),
            f"{new:,}",
            f"{len(spent) - new:,}",
            share(len(spent) - new, before) if before else "n/a",
            share(sum(len(one) > 1 for one in spent.values()), len(spent)),
            f"{orders:,}",
            f"{money / orders:.2f} USD",
            dollars(money),
        ]
    lines = "\n".join(section(text, "Who bought"))
    assert f"over the whole time: {rate(sum(len(one) > 1 for one in days.values()), len(days))}" in lines
    later = [spent for one in days.values() for spent in [*one.values()][1:]]
    assert f"their later orders: {sum(later) / len(later):.2f} USD (mean of {len(later):,})" in lines
    assert cells(text, "Who bought", "all")[-1] == dollars(sum(totals.values()))


def test_cohorts_are_those_of_a_plain_count_and_what_has_not_happened_is_unseen(text, days):
    months = {who: {12 * (day.year - 1997) + day.month - 1 for day in one} for who, one in days.items()}
    last = 12 + REVIEW.month - 1
    section_lines = section(text, "Who came back")
    by_month = section_lines[section_lines.index("") :]
    for cohort, line in enumerate(by_month[2:5]):
        members = [found for found in months.values() if min(found) == cohort]
        seen = [
            share(sum(cohort + age in found for found in members), len(members))
            if cohort + age <= last
            else "unseen"
            for age in (1, 2, 3, 6, 9, 12, 15, 16, 17)
        ]
        assert line.split() == [f"1997-0{cohort + 1}-01", f"{len(members):,}", *seen]
    means = []
    for age in (1, 2, 3, 6, 9, 12, 15, 16, 17):
        old_enough = [found for found in months.values() if min(found) + age <= last]
        means.append(share(sum(min(found) + age in found for found in old_enough), len(old_enough)))
    assert by_month[5].split() == ["all", *means]
    quarters = [{quarter(day) for day in one} for one in days.values()]
    active = Counter(start for found in quarters for start in found)
    assert cells(text, "Who came back", "1997-01-01")[1:] == [
        f"{len(days):,}",
        *(f"{active[start] / len(days):.0%}" for start in sorted(active)),
    ]


def segment(silent, orders, recency, frequency):
    """The segment by the cuts, from the table of names written out."""
    r = 5 - sum(silent > cut for cut in recency)
    f = 1 + sum(orders > cut for cut in frequency)
    if f >= 4 and r >= 3:
        return "champions" if r == 5 else "loyal"
    if r >= 4:
        return "potential loyal" if f > 1 else {5: "new", 4: "promising"}[r]
    if r == 3:
        return "need attention" if f == 3 else "about to sleep"
    return {5: "must not lose", 4: "at risk", 3: "at risk"}.get(f, "hibernating")


def test_segments_are_those_of_a_plain_sort(text, days, totals):
    values = {who: ((REVIEW - max(one)).days, len(one)) for who, one in days.items()}
    places = [-(-step * len(values) // 5) - 1 for step in (1, 2, 3, 4)]
    fifths = [[sorted(column)[place] for place in places] for column in zip(*values.values(), strict=True)]
    ours = (30, 90, 180, 365), (1, 2, 3, 5)
    by_fifths = {who: segment(*value, *fifths) for who, value in values.items()}
    by_limits = {who: segment(*value, *ours) for who, value in values.items()}
    counts, other = Counter(by_limits.values()), Counter(by_fifths.values())
    money = Counter()
    for who, name in by_limits.items():
        money[name] += totals[who]
    for name in (
        "champions", "loyal", "potential loyal", "new", "promising", "need attention", "about to sleep",
        "must not lose", "at risk", "hibernating",
    ):  # fmt: skip
        found = (
            f"{other[name]:,}",
            f"{counts[name]:,}",
            share(counts[name], len(values)),
            dollars(money[name]),
        )
        assert cells(text, "Recency, frequency, money", name)[1:5] == [*found]
    silent = max(values[who][0] for who, name in by_fifths.items() if name == "loyal")
    assert f"silent for {silent} days" in text
    gaps = [(later - day).days for one in days.values() for day, later in pairwise(one)]
    assert f"{rate(sum(gap <= 90 for gap in gaps), len(gaps))} came within 90 days" in text


def test_the_nine_cells_are_those_of_a_plain_sort_and_sum(text, days, totals):
    whole, ranked = sum(totals.values()), sorted(totals.values(), reverse=True)
    before = {}
    for spent, so_far in zip(ranked, accumulate([0, *ranked]), strict=False):
        before.setdefault(spent, so_far)
    ends = [("A", whole * Decimal("0.80")), ("B", whole * Decimal("0.95"))]
    grades = {
        who: next((grade for grade, end in ends if spent and before[spent] < end), "C")
        for who, spent in totals.items()
    }
    steady = {}
    for who, one in days.items():
        sums = Counter()
        for day, spent in one.items():
            sums[quarter(day)] += spent
        square = 6 * sum(spent * spent for spent in sums.values()) - totals[who] ** 2
        limits = [("X", Decimal("0.25")), ("Y", Decimal(1))] if totals[who] else []
        steady[who] = next((name for name, limit in limits if square <= limit * totals[who] ** 2), "Z")
    counts, money = Counter(grades[who] + steady[who] for who in days), Counter()
    for who, spent in totals.items():
        money[grades[who] + steady[who]] += spent
    title = "How much and how steadily"
    for name in (one + other for one in "ABC" for other in "XYZ"):
        expected = [name, f"{counts[name]:,}", dollars(money[name]) if counts[name] else "n/a"]
        assert cells(text, title, name)[:3] == expected
    for grade, count in Counter(steady.values()).items():
        assert cells(text, title, grade)[1] == f"{count:,}"


def test_concentration_is_that_of_a_plain_sort(text, totals):
    ranked, whole = sorted(totals.values(), reverse=True), sum(totals.values())
    paid = sum(spent > 0 for spent in ranked)
    lines = "\n".join(section(text, "On how many customers the money rests"))
    assert f"largest of {paid:,} customers {share(ranked[0], whole)}" in lines
    assert f"as {whole**2 / sum(spent**2 for spent in ranked):,.1f} equal ones" in lines
    for count in (10, 100, paid // 5):
        assert f"the {count:,} largest bring {share(sum(ranked[:count]), whole)}" in lines
    for part in (50, 80):
        needed = next(n for n, spent in enumerate(accumulate(ranked), 1) if 100 * spent >= part * whole)
        assert f"{part}% of the money comes from {needed:,} customers, {share(needed, paid)}" in lines


def silence(days, review):
    """Per customer, the state of their silence and what is at stake."""
    found = {}
    for who, one in days.items():
        known = [day for day in one if day <= review]
        gaps = [(later - day).days for day, later in pairwise(known)]
        silent, state = (review - known[-1]).days, "unknown"
        if len(gaps) > 1:
            times = Fraction(silent) / Fraction(median(gaps))
            state = "active" if times <= 2 else "late" if times <= 4 else "silent"
        found[who] = state, sum(one[day] for day in known if (known[-1] - day).days < 365)
    return found


def test_silence_and_what_became_of_the_silent_are_counted_by_hand(text, days):
    now, before = silence(days, REVIEW), silence(days, EARLIER)
    for state in ("active", "late", "silent", "unknown"):
        members = [who for who, (name, _) in now.items() if name == state]
        there = [who for who, (name, _) in before.items() if name == state]
        recent = sum(
            spent for who in members for day, spent in days[who].items() if (REVIEW - day).days < 365
        )
        assert cells(text, "Who is slipping away", state)[1:] == [
            f"{len(members):,}",
            dollars(sum(now[who][1] for who in members)),
            dollars(recent),
            rate(sum(max(days[who]) > EARLIER for who in there), len(there)),
        ]
    late = sorted((stake for state, stake in now.values() if state == "late"), reverse=True)
    assert f"the 100 late ones with most at stake have {dollars(sum(late[:100]))} of it" in text
    once = [(REVIEW - min(one)).days for one in days.values() if len(one) == 1]
    assert f"the {len(once):,} who bought once, the last of them {min(once)} days ago" in text


def rung(one, review):
    known = [day for day in one if day <= review]
    recent = [day for day in known if (review - day).days < 365]
    gaps = [(later - day).days for day, later in pairwise(recent)]
    if len(recent) >= 4:
        limit = 3 * median(gaps)
        if sum(gap > limit for gap in gaps) <= len(gaps) // 5 and (review - recent[-1]).days <= limit:
            return "regular"
    return "repeat" if len(known) > 1 else "customer"


def test_the_ladder_and_its_moves_are_counted_by_hand(text, days):
    before = {who: rung(one, EARLIER) for who, one in days.items()}
    now = {who: rung(one, REVIEW) for who, one in days.items()}
    moves = Counter((before[who], now[who]) for who in days)
    names, lines = ("customer", "repeat", "regular"), "\n".join(section(text, "The loyalty ladder"))
    for name in names:
        there = [who for who in days if before[who] == name]
        count = sum(one == name for one in now.values())
        back = rate(sum(max(days[who]) > EARLIER for who in there), len(there))
        assert cells(text, "The loyalty ladder", name)[1:] == [
            f"{len(there):,}",
            f"{count:,}",
            share(count, len(days)),
            back,
        ]
        row = [f"{moves[name, other]:,}" for other in names]
        assert re.search(rf"^{name} +{' +'.join(row)} +0 +0 +0 +{len(there):,}$", lines, re.MULTILINE)
    often = [who for who, one in days.items() if sum((REVIEW - day).days < 365 for day in one) >= 20]
    assert rate(sum(now[who] == "regular" for who in often), len(often)) in lines


def test_lost_potential_is_that_of_medians_by_hand(text, days):
    groups = defaultdict(list)
    for one in days.values():
        first = one[min(one)]
        name = (
            "up to 15"
            if first <= 15
            else "up to 30"
            if first <= 30
            else "up to 60"
            if first <= 60
            else "above 60"
        )
        bought = [spent for day, spent in one.items() if (REVIEW - day).days < 365]
        groups[name].append(sum(bought) if bought else None)
    together = 0
    for name, spent in groups.items():
        active = [one for one in spent if one is not None]
        usual = median(active)
        missing = [usual - one for one in active if one < usual]
        together += sum(missing)
        expected = f"{len(active):,}", f"{usual:,.2f} USD", f"{len(missing):,}", dollars(sum(missing))
        assert cells(text, "Lost potential of the last year", name)[1:] == [*expected]
    silent = sum(one is None for spent in groups.values() for one in spent)
    assert f"together {dollars(together)}; {silent:,} customers bought nothing in the last year" in text


def test_nobody_is_named_and_it_can_be_read_in_a_terminal_of_a_hundred_and_twenty_columns(text):
    assert not re.search(r"\b[0-9]{5}\b", text)
    assert max(map(len, text.splitlines())) <= 120
    assert "who offer it for research and teaching and state no licence: it is read, not shipped" in text


def test_made_up_rows_are_reported_as_one_can_check_in_the_head(made_up):
    notes = "\n".join(section(made_up, "What was done to the data"))
    assert "- 15 rows have a day and no time" in notes
    assert "- 2 rows have the customer and day of an earlier row: one order, which leaves 13" in notes
    assert "0 more repeat buyers, 60.0% instead of 60.0%" in notes
    assert "- 1 of these rows repeat an earlier one in everything, 50 USD or 13.5% of the money" in notes
    assert "- 1 rows are worth nothing" in notes
    assert "(1 customers never paid" in notes
    assert "all 5 customers first bought between 1997-01-05 and 1997-03-25" in notes
    assert cells(made_up, "Who bought", "all")[1:] == [
        "5", "0", "n/a", "60.0%", "13", "28.46 USD", "370 USD",
    ]  # fmt: skip
    assert cells(made_up, "Who came back", "1997-03-01")[-2:] == ["unseen", "unseen"]
    # The second buys every quarter, the third never paid, the fourth bought three times in three weeks and no more.
    assert cells(made_up, "Recency, frequency, money", "loyal")[2:5] == ["1", "20.0%", "140 USD"]
    assert cells(made_up, "How much and how steadily", "AX")[1:3] == ["1", "140 USD"]
    assert "largest of 4 customers 48.6%" in made_up
    assert "danger from losing the largest: high" in made_up
    assert cells(made_up, "Who is slipping away", "active")[1:4] == ["1", "80 USD", "80 USD"]
    assert cells(made_up, "Who is slipping away", "silent")[1:4] == ["1", "180 USD", "0 USD"]
    assert cells(made_up, "The loyalty ladder", "regular")[1:] == ["1", "1", "20.0%", "100.0% (1 of 1)"]
    assert cells(made_up, "Lost potential of the last year", "up to 15")[1:4] == ["1", "25.00 USD", "0"]


def test_a_line_that_is_no_order_stops_the_report(tmp_path):
    done = run(write(tmp_path, MADE_UP + " 00006 19970326  1\n"))
    assert done.returncode != 0
    assert "What was done" not in done.stdout
