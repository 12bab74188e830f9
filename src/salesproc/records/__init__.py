"""The records of a sale: who it is with, the lead, the deal, the customer, and what was passed on."""

from salesproc.records import lifecycle
from salesproc.records._buyer import (
    RELATIONSHIP,
    Complaint,
    CustomerStage,
    MergedCustomer,
    Purchase,
    Referral,
)
from salesproc.records._deal import AmountChange, CloseDateChange, Objection
from salesproc.records._merging import Conflict, MergedContact, merge_contacts
from salesproc.records._person import Applied, Merged
from salesproc.records.activity import CheckIn, Interaction, PlannedActivity
from salesproc.records.customer import Customer, FormerCustomer
from salesproc.records.delivery import (
    DELIVERY,
    Delivery,
    DeliveryIssue,
    DeliveryStage,
    IssueKind,
    PromiseChange,
)
from salesproc.records.handover import HAND_OVER, HandOver, HandOverStage
from salesproc.records.lead import MQL, SAL, SQL, Disqualified, Lead, LeadRecord
from salesproc.records.opportunity import LostOpportunity, Opportunity, WonOpportunity, restore_deal
from salesproc.records.parties import (
    Account,
    AccountContact,
    AccountId,
    Contact,
    CustomerId,
    LeadId,
    OpportunityId,
    OrderId,
)
from salesproc.records.reasons import (
    ActivityKind,
    Channel,
    ChurnReason,
    ContactChannel,
    ContactLevel,
    ContactRole,
    DisqualifyReason,
    LeadSource,
    LossReason,
    ObjectionKind,
    OpportunityKind,
    RecycleReason,
    RejectReason,
    Role,
)

__all__ = [
    # who it is with
    "Contact",
    "Account",
    "AccountContact",
    "MergedContact",
    "merge_contacts",
    # ids
    "LeadId",
    "OpportunityId",
    "CustomerId",
    "AccountId",
    "OrderId",
    # on the way to becoming a customer
    "Lead",
    "MQL",
    "SAL",
    "SQL",
    "Disqualified",
    "LeadRecord",
    "Merged",
    "Conflict",
    "HandOver",
    "HAND_OVER",
    "HandOverStage",
    # from stored rows, and by events known only at run time
    "lifecycle",
    "Applied",
    # deals
    "Opportunity",
    "WonOpportunity",
    "LostOpportunity",
    "restore_deal",
    "Objection",
    "AmountChange",
    "CloseDateChange",
    # customers
    "Customer",
    "FormerCustomer",
    "MergedCustomer",
    "Purchase",
    "Complaint",
    "Referral",
    "RELATIONSHIP",
    "CustomerStage",
    # the order on its way
    "Delivery",
    "DELIVERY",
    "DeliveryStage",
    "DeliveryIssue",
    "IssueKind",
    "PromiseChange",
    # contacts and duties
    "ActivityKind",
    "Interaction",
    "PlannedActivity",
    "CheckIn",
    # the words a team chooses from
    "LeadSource",
    "Channel",
    "Role",
    "ContactRole",
    "ContactChannel",
    "ContactLevel",
    "OpportunityKind",
    "ObjectionKind",
    "DisqualifyReason",
    "RejectReason",
    "RecycleReason",
    "LossReason",
    "ChurnReason",
]
