"""What do we offer for a recommendation, and whom may we ask for one?"""

from collections.abc import Iterable
from enum import StrEnum

import attrs

from salesproc._given import texts, whole_number
from salesproc.metrics import finish_customer_satisfaction, reduce_answers
from salesproc.stages import Reason, ReasonCode

__all__ = ["ReferralIncentive", "ReferralPolicy"]


class ReferralIncentive(StrEnum):
    """What a customer gets for bringing somebody. Source: a guide to sales processes, document 002 of ``docs/explanation/sources.md``."""

    DISCOUNT = "discount"
    EXCLUSIVE_CONTENT = "exclusive_content"
    EVENT = "event"
    GIFT_OR_SAMPLE = "gift_or_sample"


def _incentives(given: Iterable[str]) -> tuple[str, ...]:
    return texts(given, "incentives")


@attrs.frozen(kw_only=True)
class ReferralPolicy:
    """What is offered for a referral, and when a customer may be asked for one.

    First the order is fulfilled, then the customer is asked whether they are satisfied, and only then for a referral. Not knowing is no yes.

    Attributes:
        incentives: What is offered; `ReferralIncentive` has the usual ones, any text will do.
        max_open_complaints: With more complaints than that still standing nobody is asked.
        satisfied_from: The lowest answer of a survey that counts as satisfied; `referral_request` asks it.
        scale: The lowest and the highest answer that could be given.

    Raises:
        ValueError: The lowest answer that counts is not on the scale, or everybody would be satisfied.

    Source:
        A policy makes referrals a mechanism that scales, document 002; satisfaction before the request, OpenStax *Entrepreneurship* 8.6. See
        ``docs/explanation/sources.md``. No open complaint is ours; 4 and 5 of five are the usual top two boxes.

    >>> policy = ReferralPolicy(incentives=[ReferralIncentive.DISCOUNT])
    >>> policy.why_not(fulfilled=True, satisfied=True)
    ()
    >>> for reason in policy.why_not(fulfilled=True, satisfied=None, open_complaints=1):
    ...     print(reason)
    satisfied is missing
    open_complaints is 1, at most 0 is allowed
    """

    incentives: tuple[str, ...] = attrs.field(default=tuple(ReferralIncentive), converter=_incentives)
    max_open_complaints: int = 0
    satisfied_from: int = 4
    scale: tuple[int, int] = (1, 5)

    def __attrs_post_init__(self) -> None:
        self.satisfied_by(None)

    def satisfied_by(self, answer: int | None) -> bool | None:
        """Whether that answer of a survey says that they are satisfied; None when there was none.

        Raises:
            LogError: It is not on the scale.
        """
        answers = reduce_answers([answer], scale=self.scale)
        satisfied = finish_customer_satisfaction(answers, satisfied_from=self.satisfied_from)
        return None if satisfied.undefined else satisfied.hits == 1

    def why_not(
        self, *, fulfilled: bool | None, satisfied: bool | None, open_complaints: int = 0
    ) -> tuple[Reason, ...]:
        """Every reason not to ask a customer for a referral; empty when they may be asked.

        Args:
            fulfilled: Whether the last order was fulfilled; None where it is not known.
            satisfied: What they said when they were asked; None when they were not.
            open_complaints: How many of their complaints still stand, such as ``len(customer.open_complaints)``.

        Raises:
            TypeError: An answer that is neither yes nor no, such as the text of a form.
            ValueError: A number of complaints below 0.
        """
        for name, answer in (("fulfilled", fulfilled), ("satisfied", satisfied)):
            given: object = answer  # forms and databases give texts and numbers
            if given is not None and not isinstance(given, bool):
                raise TypeError(f"{name} must be True, False or None for unknown, got {answer!r}")
        whole_number(open_complaints, "open_complaints")
        reasons = list[Reason]()
        for name, answer in (("fulfilled", fulfilled), ("satisfied", satisfied)):
            if answer is None:
                reasons.append(Reason(ReasonCode.MISSING, name))
            elif not answer:
                reasons.append(Reason(ReasonCode.NOT_CONFIRMED, name, answer, wanted=True))
        if open_complaints > self.max_open_complaints:
            limit = self.max_open_complaints
            reasons.append(Reason(ReasonCode.TOO_HIGH, "open_complaints", open_complaints, limit))
        return (*reasons,)
