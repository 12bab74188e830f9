"""The catalogue of the models of the customer lifetime."""

from salesproc.lifetime.bg_nbd_fit import fit_bg_nbd
from salesproc.lifetime.contract_tenures import contract_tenures
from salesproc.lifetime.customer_outlook import customer_outlook
from salesproc.lifetime.expectation_tables import conditional_expectations, repeat_calibration
from salesproc.lifetime.gamma_gamma import fit_gamma_gamma
from salesproc.lifetime.holdout import holdout_history
from salesproc.lifetime.purchase_history import purchase_history
from salesproc.lifetime.purchase_tracking import purchase_tracking
from salesproc.lifetime.shifted_beta_geometric import fit_shifted_beta_geometric
from salesproc.lifetime.survival_forecast import renewal_forecast, survival_forecast
from salesproc.lifetime.value_independence import value_independence
from salesproc.metrics._metric import ANY, POSITIVE, SHARE, Metric, metric

_EASY_WAY = "P. S. Fader, B. G. S. Hardie and K. L. Lee, Marketing Science 24 (2005)"
_ISO_VALUE = "P. S. Fader, B. G. S. Hardie and K. L. Lee, Journal of Marketing Research 42 (2005)"
_RETENTION = "P. S. Fader and B. G. S. Hardie, Journal of Interactive Marketing 21 (2007)"

SHOPS: tuple[Metric, ...] = (
    metric(
        purchase_history,
        "How often did every customer come back, when last, and since when are they a customer?",
        "per customer: days with a purchase - 1, first to last purchase, first purchase to the end of the observation",
        unit="purchases",
        range=POSITIVE,
        level="business result",
        input="orders",
        source=_EASY_WAY,
    ),
    metric(
        holdout_history,
        "What did the customers of a day buy after it?",
        "per customer: the purchase history up to the cut, and days with a purchase after it",
        unit="purchases",
        range=POSITIVE,
        level="business result",
        input="orders",
        source=_EASY_WAY,
    ),
    metric(
        fit_bg_nbd,
        "At what pace do the customers of a shop buy, and how soon do they leave?",
        "the BG/NBD model of highest likelihood: r, alpha, a, b",
        unit="parameter",
        range=POSITIVE,
        level="business result",
        input="orders",
        source=_EASY_WAY,
    ),
    metric(
        fit_gamma_gamma,
        "What is a purchase worth, and how much do customers differ in it?",
        "the gamma-gamma model of highest likelihood: p, q, v",
        unit="parameter",
        range=POSITIVE,
        level="business result",
        input="orders",
        source=_ISO_VALUE,
    ),
    metric(
        customer_outlook,
        "Who is alive, what will they buy, and what is that worth today?",
        "chance to be alive x expected purchases, discounted, x expected value x margin",
        unit="purchases",
        range=POSITIVE,
        direction="higher",
        level="business result",
        input="orders",
        source=_ISO_VALUE,
    ),
    metric(
        purchase_tracking,
        "Do the purchases expected over time follow those made?",
        "repeat purchases of all customers of the calibration per step of time, made and expected",
        unit="purchases",
        range=POSITIVE,
        level="business result",
        input="results",
        source=_EASY_WAY,
    ),
    metric(
        conditional_expectations,
        "Did those who had bought often go on to buy often, as expected?",
        "purchases per customer in the holdout by repeats at the cut, made and expected",
        unit="purchases",
        range=POSITIVE,
        level="business result",
        input="results",
        source=_EASY_WAY,
    ),
    metric(
        repeat_calibration,
        "How many customers came back so often, and how many by the model?",
        "customers by number of repeats, seen and expected",
        unit="customers",
        range=POSITIVE,
        level="business result",
        input="results",
        source=_EASY_WAY,
    ),
    metric(
        value_independence,
        "Do those who buy often spend more each time?",
        "the correlation of repeats and mean value over customers with a repeat purchase",
        unit="correlation",
        range=ANY,
        level="business result",
        input="orders",
        source=_ISO_VALUE,
    ),
)

CONTRACTS: tuple[Metric, ...] = (
    metric(
        contract_tenures,
        "At every renewal, which share of those who had the choice stayed?",
        "customers who renewed / customers who came to the renewal",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="stays",
        source=_RETENTION,
    ),
    metric(
        fit_shifted_beta_geometric,
        "How large is the chance to leave at a renewal, and how much do customers differ in it?",
        "the shifted beta-geometric model of highest likelihood: alpha, beta",
        unit="parameter",
        range=POSITIVE,
        level="business result",
        input="stays",
        source=_RETENTION,
    ),
    metric(
        survival_forecast,
        "Which share of a cohort will be there after each renewal?",
        "the product of (beta + n - 1) / (alpha + beta + n - 1) over the renewals",
        unit="share",
        range=SHARE,
        direction="higher",
        level="business result",
        input="results",
        source=_RETENTION,
    ),
    metric(
        renewal_forecast,
        "How many of the subscribers of today will be there after their next renewals?",
        "the sum over customers of S(n + k) / S(n), n renewals so far and k ahead",
        unit="customers",
        range=POSITIVE,
        direction="higher",
        level="business result",
        input="results",
        source=_RETENTION,
    ),
)

ENTRIES: tuple[Metric, ...] = (*SHOPS, *CONTRACTS)
