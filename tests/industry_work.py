"""A lead, a case and a customer for each delivered template, each as its trade would have it, worked out by hand."""

from typing import NamedTuple


class Step(NamedTuple):
    """What a salesperson does before the lead may leave a stage."""

    stage: str
    #: values of the lead's own fields, and of the lead fields that the template brings
    values: dict = {}
    facts: dict = {}
    #: what else has to happen: "meeting", "call", "quotation", "order", "approval", "file:NAME"
    deeds: tuple[str, ...] = ()
    #: how many criteria are not met when the lead comes to the stage
    missing: int = 0


class Work(NamedTuple):
    """What is done in a company that a template was applied to, and what should come of it."""

    team: str
    source: str
    #: working hours within which the source is promised an answer
    answer_hours: float
    way: tuple[Step, ...]
    #: the rules that the lead meets by what it is, with their points
    points: dict[str, int]
    case_team: str
    case_type: str
    #: promised on a case of this type with normal priority: kind, stage, working hours
    promised: tuple[tuple[str, str | None, float], ...]
    #: the stages that the case goes through
    case_way: tuple[str, ...]
    #: days ago on which the customer bought for 20
    bought: tuple[int, ...]
    segment: str
    tier: str


WORK = {
    # a maker of paints asks for a binder: registration and data sheet before the sample, the trial before the offer
    "chemicals": Work(
        team="direct", source="sample_form", answer_hours=4,
        way=(
            Step("enquiry", {"partner_name": "Alpina Lacke", "country_id": "base.at"}, {"product_asked": "25085-34-4"},
                 missing=2),
            Step("clarified", {}, {"annual_volume_t": 120, "application": "coatings", "spec_received": True,
                                   "registration": "ours"}, missing=4),
            Step("sample_sent", {}, {"sds_sent": True}, ("call",), missing=2),
            Step("laboratory", {}, {"sample": "plant"}, missing=1),
            Step("trial", {}, {"sample": "passed"}, missing=1),
            Step("quotation", {"date_deadline": "2030-01-31"}, {}, ("quotation",), missing=2),
            Step("approval", {}, {"may_store": True}, ("file:specification.pdf", "approval"), missing=3),
        ),
        points={"volume_large": 20, "volume_middle": 10, "spec": 10, "passed": 20},
        case_team="quality", case_type="complaint",
        promised=(("first_response", None, 8), ("stage", "laboratory", 24), ("stage", "corrective", 56),
                  ("resolution", None, 80)),
        case_way=("waiting_customer", "laboratory", "corrective", "solved"),
        bought=(700, 300), segment="spot", tier="distributor_only",
    ),
    # a contractor who would buy every week: the trade licence and the credit check before prices, then a trial order
    "wholesale": Work(
        team="field", source="web_shop", answer_hours=2,
        way=(
            Step("enquiry", {"city": "Ghent", "phone": "+32 9 234 56 78"}, {"business": "contractor"}, missing=2),
            Step("potential", {}, {"yearly_purchases": 80000, "ranges": ["tools", "electrical"], "frequency": "weekly"},
                 ("meeting",), missing=3),
            Step("credit", {}, {"licence_received": True, "credit_check": "insured"}, missing=2),
            Step("prices", {}, {}, ("quotation", "approval"), missing=2),
            Step("trial", {}, {"trial_complete": True}, ("order",), missing=2),
        ),
        points={"weekly": 18, "insured": 12},
        case_team="returns", case_type="return",
        promised=(("first_response", None, 2), ("stage", "goods_back", 24), ("resolution", None, 40)),
        case_way=("waiting_customer", "goods_back", "credit_note", "solved"),
        bought=(20,), segment="starters", tier="counter",
    ),
    # a chain of drugstores lists a product: samples liked, listed at the range review, tried in a few stores
    "retail": Work(
        team="listings", source="marketplace", answer_hours=2,
        way=(
            Step("enquiry", {}, {"format": "drugstore"}, missing=1),
            Step("fit", {}, {"stores_listing": 60, "review_date": "2029-11-30"}, missing=2),
            Step("presented", {}, {"sample": "liked"}, ("meeting",), missing=2),
            Step("offer", {}, {"return_right": "damaged"}, ("quotation", "approval"), missing=3),
            Step("review", {}, {"on_shelf_date": "2030-01-15"}, missing=1),
            Step("test", {}, {"test_result": "passed"}, missing=1),
            Step("set_up", {}, {"gtin_ready": True}, ("order",), missing=2),
        ),
        points={"many_stores": 18, "some_stores": 10, "samples_liked": 14, "test_passed": 20},
        case_team="care", case_type="return",
        promised=(("first_response", None, 4), ("stage", "return_checked", 24), ("resolution", None, 40)),
        case_way=("return_under_way", "return_checked", "solved"),
        bought=(30,), segment="second_purchase", tier="welcome",
    ),
    # a loan for machines: nobody gets an offer who is not identified, nobody a contract without rating and approval
    "banking": Work(
        team="corporate", source="referral", answer_hours=6,
        way=(
            Step("enquiry", {"contact_name": "Mara Weber"}, {"need": "investment"}, missing=2),
            Step("needs", {"expected_revenue": 18000}, {"amount_asked": 1200000, "accounts_present": True},
                 ("meeting",), missing=3),
            Step("kyc", {}, {"kyc_status": "cleared", "pep": False, "risk_country": False, "owners_known": True},
                 missing=2),
            Step("offer", {"date_deadline": "2030-01-31"}, {}, ("quotation",), missing=2),
            Step("decision", {}, {"rating": "2"}, ("approval",), missing=2),
            Step("contract", {}, {}, ("order", "file:contract.pdf"), missing=2),
        ),
        points={"accounts": 15},
        case_team="claims", case_type="claim",
        promised=(("first_response", None, 8), ("stage", "assessed", 80), ("resolution", None, 160)),
        case_way=("waiting_customer", "assessed", "payout", "solved"),
        bought=(800, 600, 500, 300, 200, 100, 50, 20), segment="single_product", tier="b",
    ),
    # a subscription for 120 people: a proof of concept by criteria that were agreed, then the security review
    "software": Work(
        team="new_business", source="demo_request", answer_hours=1,
        way=(
            Step("new", {"contact_name": "Jon Berg", "function": "Head of Planning"}, missing=1),
            Step("discovery", {}, {"use_case": "Shift planning", "seats": 120, "budget": "approved"}, ("meeting",),
                 missing=3),
            Step("solution", {"expected_revenue": 36000, "date_deadline": "2030-01-31"},
                 {"poc": "agreed", "poc_criteria": "Plans a week in ten minutes"}, missing=3),
            Step("poc", {}, {"poc": "passed"}, missing=1),
            Step("proposal", {}, {}, ("quotation", "approval"), missing=2),
            Step("review", {}, {"security_check": "passed"}, missing=1),
            Step("signature", {}, {}, ("order",), missing=1),
        ),
        points={"seats_50": 15, "budget": 20},
        case_team="customer_service", case_type="access",
        promised=(("first_response", None, 4), ("first_response", None, 8), ("resolution", None, 16)),
        case_way=("waiting_customer", "solved"),
        bought=(700, 500, 340, 20), segment="project_only", tier="c",
    ),
    # a laboratory device: approved, tried at the hospital and the room ready, before anything is offered
    "pharma": Work(
        team="devices", source="tender_notice", answer_hours=16,
        way=(
            Step("enquiry", {"contact_name": "Lene Holm", "function": "Head of Laboratory"}, missing=1),
            Step("qualified", {}, {"approval": "in_force", "procedures": 800, "installed_today": "Two of another make"},
                 ("meeting",), missing=3),
            Step("evaluation", {"expected_revenue": 90000}, {"trial": "passed", "site": "ready"}, missing=3),
            Step("committee"),
            Step("offer", {"date_deadline": "2030-01-31"}, {}, ("quotation", "approval"), missing=3),
            Step("onboarding", {}, {}, ("order",), missing=1),
        ),
        points={"procedures": 20, "trial": 25},
        case_team="quality", case_type="quality_complaint",
        promised=(("first_response", None, 8), ("stage", "assessed", 80), ("resolution", None, 160)),
        case_way=("waiting_customer", "assessed", "solved"),
        bought=(20,), segment="trial_order", tier="c",
    ),
}
