"""Who is alive, what will they buy? The BG/NBD and gamma-gamma models on the CDNOW purchases: a tenth of the customers of an online music shop.

    python docs/examples/customer_lifetime.py FOLDER

The models see 39 weeks and are held against the 39 weeks after. Totals only: nobody is named.
"""

import sys
from datetime import date, timedelta
from pathlib import Path

from salesproc import Money
from salesproc.lifetime import (
    BgNbd,
    Estimate,
    GammaGamma,
    HoldoutHistory,
    conditional_expectations,
    customer_outlook,
    fit_bg_nbd,
    fit_gamma_gamma,
    holdout_history,
    purchase_tracking,
    repeat_calibration,
    value_independence,
)

CUT, END = date(1997, 9, 30), date(1998, 6, 30)


def read(folder: Path) -> HoldoutHistory[str]:
    """The orders of the file, cut in the middle; a line that is no order stops the report."""
    orders = list[tuple[str, date, Money]]()
    for line in (folder / "CDNOW_sample.txt").read_text(encoding="ascii").splitlines():
        if line.strip():
            _, customer, day, _, spent = line.split()
            orders.append((customer, date.fromisoformat(day), Money(spent, "USD")))
    return holdout_history(orders, calibration_end=CUT, as_of=END, unit="week")


def main(folder: str) -> None:
    """Print the report."""
    holdout = read(Path(folder))
    print(holdout)
    model, values = fit_bg_nbd(holdout.calibration), fit_gamma_gamma(holdout.calibration)
    print_models(model, values)
    print_checks(model, holdout)
    print_values(values, holdout)
    print_outlook(model, values, holdout)


def print_models(model: BgNbd, values: GammaGamma) -> None:
    """The estimates, each with its interval."""
    for one in (model, values):
        print()
        print(one)
        for name, estimate in one.estimates().items():
            print(f"  {name:<6}{around(estimate, '.3f')}")
        if one.fit is not None:
            found = f"{one.fit.agreed} of {one.fit.starts} starts lead here"
            print(
                f"  log-likelihood {one.fit.log_likelihood:,.1f} of {one.fit.customers:,} customers, {found}"
            )
            print(f"  undetermined: {one.undetermined or 'nothing'}")


def print_checks(model: BgNbd, holdout: HoldoutHistory[str]) -> None:
    """What the model says beside what happened, in the weeks it has seen and in those it has not."""
    print()
    print(f"weeks it has seen: {repeat_calibration(model, holdout.calibration)}")
    print(f"weeks it has not:  {purchase_tracking(model, holdout)}")
    print("repeats before  customers  expected after  made after")
    for row in conditional_expectations(model, holdout).rows:
        print(
            f"{row.repeats:>14}{'+' if row.and_more else ' '}{row.customers:>10,}{row.expected:>16.2f}{row.actual:>12.2f}"
        )


def print_values(values: GammaGamma, holdout: HoldoutHistory[str]) -> None:
    """Whether values may be looked at apart, and what one is."""
    print()
    print(value_independence(holdout.calibration))
    mean = values.estimate_of(lambda one: one.mean_value or 0.0)
    print(f"a purchase is worth {around(mean, '.2f')} USD; {values.left_out:,} customers say nothing of it")


def print_outlook(model: BgNbd, values: GammaGamma, holdout: HoldoutHistory[str]) -> None:
    """What is to be expected of everybody, and what comes of reading days for weeks."""
    outlook = customer_outlook(
        holdout.calibration, model, horizon=holdout.length, values=values, discount=0.15, per="year"
    )
    print()
    print(outlook)
    print(f"  alive      {around(outlook.total('alive'), ',.0f')}")
    print(
        f"  purchases  {around(outlook.total('purchases'), ',.0f')}; made: {sum(holdout.bought.values()):,}"
    )
    print(f"  revenue    {around(outlook.total('worth'), ',.0f')} USD at 15% a year")
    days = customer_outlook(holdout.calibration, model, horizon=timedelta(days=39), values=values)
    print(f"39 days are not 39 weeks: {days.purchases:,.0f} purchases")


def around(estimate: Estimate, spec: str) -> str:
    """The value with its interval."""
    if estimate.low is None or estimate.high is None:
        return format(estimate.value, spec)
    return f"{estimate.value:{spec}} ({estimate.low:{spec}} to {estimate.high:{spec}})"


if __name__ == "__main__":
    main(sys.argv[1])
