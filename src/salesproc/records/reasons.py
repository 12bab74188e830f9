"""The words a sales team chooses from: reasons, sources, channels, roles, objections, kinds of deal.

Each catalogue holds the known values. Every field that takes one is typed ``str``, so text of your own, or a
``StrEnum`` of your own, does as well. "The guide" is document 002 of ``docs/explanation/sources.md``.
"""

from enum import StrEnum

__all__ = [
    "ActivityKind",
    "Channel",
    "ChurnReason",
    "ContactChannel",
    "ContactLevel",
    "ContactRole",
    "DisqualifyReason",
    "LeadSource",
    "LossReason",
    "ObjectionKind",
    "OpportunityKind",
    "RecycleReason",
    "RejectReason",
    "Role",
]


class DisqualifyReason(StrEnum):
    """Why somebody is no prospect.

    Source: no need and no means, OpenStax *Entrepreneurship* 8.6; the wrong profile, the guide; unreachable, inaccurate
    data and no interest, the dispositions of a lead in Forrester's demand waterfall.
    """

    NO_NEED = "no_need"
    CANNOT_AFFORD = "cannot_afford"
    WRONG_PROFILE = "wrong_profile"
    NO_INTEREST = "no_interest"
    UNREACHABLE = "unreachable"
    INACCURATE_DATA = "inaccurate_data"
    OTHER = "other"


class RejectReason(StrEnum):
    """Why sales does not accept what marketing passed on.

    Procedural: sent to the wrong place. Clerical: the record is incomplete or wrong. Definitional: it does not meet what
    both have agreed on.

    Source: the three families of Forrester's (SiriusDecisions') sales-accepted lead.
    """

    PROCEDURAL = "procedural"
    CLERICAL = "clerical"
    DEFINITIONAL = "definitional"


class RecycleReason(StrEnum):
    """Why somebody goes back to marketing, to be asked again later.

    Source: "not at this time" and leads that did not buy, the guide; the others, statuses of leads in common CRMs.
    """

    NOT_NOW = "not_now"
    DID_NOT_BUY = "did_not_buy"
    NO_BUDGET_YET = "no_budget_yet"
    NO_RESPONSE = "no_response"
    NEW_INTEREST = "new_interest"
    OTHER = "other"


class LossReason(StrEnum):
    """Why a deal was lost.

    Source: objections that were not resolved, OpenStax *Entrepreneurship* 8.6; obstacles and brush-offs, the guide; buying
    from a competitor, document 001; no response, missing features and poor fit, the lists common CRMs begin with.
    """

    COST = "cost"
    CREDIT = "credit"
    BENEFIT = "benefit"
    REJECTION = "rejection"
    BUDGET = "budget"
    PRIORITY = "priority"
    TIMING = "timing"
    AUTHORITY = "authority"
    TRUST = "trust"
    COMPETITOR = "competitor"
    MISSING_FEATURES = "missing_features"
    POOR_FIT = "poor_fit"
    NO_RESPONSE = "no_response"
    OTHER = "other"


class ChurnReason(StrEnum):
    """Why a customer left.

    Source: an interview on key customers and an article on regular customers (document 004): better terms elsewhere, bad
    service, no longer needed, and lack of attention above all; a new salesperson, OpenStax *Entrepreneurship* 8.6.
    """

    NEGLECT = "neglect"
    BETTER_TERMS = "better_terms"
    SERVICE = "service"
    NO_LONGER_NEEDED = "no_longer_needed"
    OWNER_CHANGED = "owner_changed"
    OTHER = "other"


class LeadSource(StrEnum):
    """Where somebody came from.

    Source: sponsored links, organic search and social networks, the guide's traffic sources; events and webinars are ours.
    """

    PAID_LINK = "paid_link"
    ORGANIC_SEARCH = "organic_search"
    SOCIAL = "social"
    REFERRAL = "referral"
    DIRECT = "direct"
    EVENT = "event"
    WEBINAR = "webinar"
    PROSPECTING = "prospecting"
    OTHER = "other"


class Channel(StrEnum):
    """By which way of acquisition a deal came about.

    Source: the guide's models of acquisition: inbound, outbound, three kinds of partner, referrals, and a mixture.
    """

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    VALUE_ADDED_RESELLER = "value_added_reseller"
    BUSINESS_DEVELOPMENT = "business_development"
    RESELLER_AFFILIATE = "reseller_affiliate"
    REFERRAL = "referral"
    MIXED = "mixed"


class ContactChannel(StrEnum):
    """How somebody is spoken to. Source: documents 002 and 004, mail, messages, telephone, websites, social networks and visits."""

    PHONE = "phone"
    EMAIL = "email"
    MESSAGE = "message"
    VIDEO = "video"
    IN_PERSON = "in_person"
    WEBSITE = "website"
    SOCIAL = "social"
    POST = "post"


class ActivityKind(StrEnum):
    """What is done for a sale or a customer.

    Source: what fills a rep's day, document 002; trial closes and asking for the order, check-ins and referral requests, OpenStax *Entrepreneurship* 8.6;
    gifts and greetings, document 004.
    """

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    VISIT = "visit"
    DEMO = "demo"
    PROPOSAL = "proposal"
    TRIAL_CLOSE = "trial_close"
    ASK_FOR_ORDER = "ask_for_order"
    CONTRACT = "contract"
    CHECK_IN = "check_in"
    REFERRAL_REQUEST = "referral_request"
    GREETING = "greeting"
    GIFT = "gift"


class Role(StrEnum):
    """Who does what on the selling side.

    Source: the guide (marketing, pre-sales, sales, customer success) and document 004 (key-account manager, a director who
    takes part, the keeper of the customer file).
    """

    MARKETING = "marketing"
    SDR = "sdr"
    SALES_REP = "sales_rep"
    SALES_MANAGER = "sales_manager"
    CUSTOMER_SUCCESS = "customer_success"
    KEY_ACCOUNT_MANAGER = "key_account_manager"
    EXECUTIVE = "executive"
    DATA_STEWARD = "data_steward"


class ContactRole(StrEnum):
    """What somebody does on the buying side. Source: document 004, whom to know at a customer."""

    OWNER = "owner"
    CHIEF_EXECUTIVE = "chief_executive"
    PURCHASING_MANAGER = "purchasing_manager"
    ACCOUNTANT = "accountant"
    USER = "user"
    OTHER = "other"


class ContactLevel(StrEnum):
    """How high somebody stands on the buying side. Source: document 004, relations on every floor."""

    OWNER = "owner"
    TOP = "top"
    MIDDLE = "middle"
    STAFF = "staff"


class ObjectionKind(StrEnum):
    """What a buyer holds against buying.

    Source: cost, credit, benefit and outright rejection, OpenStax *Entrepreneurship* 8.6; budget, priority, timing and a
    competitor, the guide; authority and trust, the families sales textbooks add.
    """

    COST = "cost"
    CREDIT = "credit"
    BENEFIT = "benefit"
    REJECTION = "rejection"
    BUDGET = "budget"
    PRIORITY = "priority"
    TIMING = "timing"
    AUTHORITY = "authority"
    TRUST = "trust"
    COMPETITOR = "competitor"


class OpportunityKind(StrEnum):
    """What a deal is to the customer: the first, more of the same, something else, or the same again.

    Source: up-sell and cross-sell, the guide; new business and renewal, the deal types of common CRMs.
    """

    NEW_BUSINESS = "new_business"
    UPSELL = "upsell"
    CROSS_SELL = "cross_sell"
    RENEWAL = "renewal"
