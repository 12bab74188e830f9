"""Does each side keep what marketing and sales have promised each other? The agreement as data, and its review."""

from salesproc.agreement.lead_agreement import LeadAgreement
from salesproc.agreement.review import review_agreement
from salesproc.agreement.review_results import AgreementPeriod, AgreementReview, Attempts, PromiseLine

__all__ = [
    "review_agreement",
    "AgreementPeriod",
    "AgreementReview",
    "Attempts",
    "LeadAgreement",
    "PromiseLine",
]
