"""contract.*: what was agreed with the vendor."""

from __future__ import annotations

from model.fact import Fact, Type, asked

FACTS = (
    Fact(
        "contract.exists",
        Type.BOOL,
        "There is a contract or an agreement with a term.",
        "none was seen and nobody has answered",
        asks="business_owner",
        question="Is there a contract for the tool, with a term?",
    ),
    Fact(
        "contract.end",
        Type.DATE,
        "End of the running term; of several contracts the next end.",
        "no source of contracts names the tool, and nobody has answered",
        asks="business_owner",
        question="On which day does the running term end?",
    ),
    asked(
        "contract.auto_renews",
        Type.BOOL,
        "business_owner",
        "Does the contract renew by itself?",
        "The contract renews by itself.",
    ),
    asked(
        "contract.notice_days",
        Type.INT,
        "business_owner",
        "How many days before the end must notice be given?",
        "Days of notice before the end.",
        unit="days",
    ),
    Fact(
        "contract.notice_deadline",
        Type.DATE,
        "Last day for notice: contract.end less contract.notice_days.",
        "contract.end or contract.notice_days is",
    ),
    asked(
        "contract.term_months",
        Type.INT,
        "business_owner",
        "How many months does the running term last?",
        "Months of the running term.",
        unit="months",
    ),
    Fact(
        "contract.value",
        Type.MONEY,
        "Value of the running term, of all contracts together.",
        "no contract states it in the base currency and nobody has answered",
        unit="millionths of the base currency",
        asks="business_owner",
        question="What is the running term worth in all?",
    ),
    asked(
        "contract.uplift_capped",
        Type.BOOL,
        "business_owner",
        "Is the rise of the price at renewal limited in writing?",
        "The rise of the price at renewal is limited in writing.",
    ),
    asked(
        "contract.trial_end",
        Type.DATE,
        "business_owner",
        "On which day does the free trial end?",
        "End of the free trial.",
    ),
    asked(
        "contract.click_through",
        Type.BOOL,
        "business_owner",
        "Were only the vendor's online terms accepted, and nothing signed?",
        "Only the vendor's online terms were accepted.",
    ),
    asked(
        "contract.security_terms",
        Type.BOOL,
        "technical_owner",
        "Are the vendor's duties for security in the contract?",
        "The vendor's duties for security are in the contract.",
    ),
    asked(
        "contract.exit_terms",
        Type.BOOL,
        "business_owner",
        "Does the contract say in which format, until when and how finally we get our data back?",
        "The contract states format, period and deletion at the end.",
    ),
    Fact(
        "contract.renewal_decided",
        Type.BOOL,
        "A decision on the tool was made within the 180 days before contract.notice_deadline; false where"
        " there is none.",
        None,
    ),
)
