"""data.*: whose data it holds, and on which terms."""

from __future__ import annotations

from model.fact import Fact, Type, asked

FACTS = (
    Fact(
        "data.personal",
        Type.BOOL,
        "The tool holds or reads data of persons: a scope opens contacts, mail or CRM records, or the company's"
        " own record in the catalogue or an answer says so; what tools of its kind usually hold does not count.",
        "nothing shows it and nobody has answered; false by an answer only, never from the category",
        asks="business_owner",
        question="Does the tool hold or read data of persons: contacts, leads, customers, visitors?",
    ),
    asked(
        "data.records",
        Type.INT,
        "business_owner",
        "Of about how many persons (leads, customers, subscribers) does the tool hold data?",
        "Persons whose data the tool holds, in order of magnitude.",
        unit="persons",
    ),
    asked(
        "data.regions",
        Type.LIST,
        "vendor",
        "In which countries or regions is the data of our account stored?",
        "Countries or regions in which the vendor stores the account's data.",
        unit="region names",
    ),
    asked(
        "data.special_categories",
        Type.BOOL,
        "privacy",
        "Does the tool hold data on health, beliefs, origin, sexuality, trade union membership, biometrics"
        " or convictions, or could it be inferred?",
        "Data of the kinds of GDPR Article 9 or 10 is held or can be inferred.",
    ),
    asked(
        "data.children",
        Type.BOOL,
        "privacy",
        "Are persons addressed who are too young to consent by themselves?",
        "Persons under the digital age of consent are addressed.",
    ),
    asked(
        "data.role",
        Type.ENUM,
        "privacy",
        "What is the vendor for this use: our processor, a controller of its own, or a joint controller?",
        "The vendor's role for this use.",
        values=(
            "processor",
            "controller",
            "joint",
        ),
    ),
    asked(
        "data.dpa_signed",
        Type.BOOL,
        "privacy",
        "Does a data processing agreement cover this tool and account?",
        "A data processing agreement covers this tool and account.",
    ),
    asked(
        "data.joint_arrangement",
        Type.BOOL,
        "privacy",
        "Is there an arrangement between the joint controllers, and is its essence public?",
        "An arrangement between joint controllers exists and its essence is public.",
    ),
    asked(
        "data.transfer_outside",
        Type.BOOL,
        "privacy",
        "Is personal data stored in, or reachable from, a country outside our privacy area, remote support included?",
        "Personal data is stored in or reachable from a country outside the privacy area.",
    ),
    asked(
        "data.transfer_safeguard",
        Type.ENUM,
        "privacy",
        "What does that transfer rest on: an adequacy decision, standard contractual clauses, binding"
        " corporate rules, or nothing?",
        "What the transfer rests on.",
        values=(
            "adequacy",
            "scc",
            "bcr",
            "none",
        ),
    ),
    asked(
        "data.subprocessors_reviewed",
        Type.DATE,
        "privacy",
        "On which day was the vendor's list of sub-processors last read?",
        "Day on which the vendor's list of sub-processors was last read.",
    ),
    asked(
        "data.retention_set",
        Type.BOOL,
        "business_owner",
        "Is a deletion period set in the tool itself, not only written down?",
        "A deletion period is set in the tool itself.",
    ),
    asked(
        "data.deletion_confirmed",
        Type.BOOL,
        "vendor",
        "Has the vendor confirmed that our data was deleted after the end of use?",
        "The vendor confirmed the deletion after the end of use.",
    ),
    asked(
        "data.recorded",
        Type.BOOL,
        "privacy",
        "Is this use in the record of processing activities, under the tool's name?",
        "The use is in the record of processing activities.",
    ),
    asked(
        "data.dpia_done",
        Type.BOOL,
        "privacy",
        "Does a data protection impact assessment cover this use?",
        "A data protection impact assessment covers this use.",
    ),
    asked(
        "data.assurance",
        Type.LIST,
        "vendor",
        "Which independent reports on the vendor's security did we read, with a scope that covers the tool?",
        "Independent reports that were read, with their scope checked.",
        values=(
            "iso27001",
            "soc2_type2",
            "csa_star",
            "other",
            "none",
        ),
    ),
    asked(
        "data.assurance_end",
        Type.DATE,
        "vendor",
        "Until which day does the newest of these reports reach?",
        "End of the period that the newest report covers.",
    ),
    asked(
        "data.breach_known",
        Type.BOOL,
        "technical_owner",
        "Has the vendor disclosed a breach that may touch this tool, since the last decision?",
        "The vendor disclosed a breach that may touch the tool since the last decision.",
    ),
    asked(
        "data.breach_handled",
        Type.BOOL,
        "technical_owner",
        "Was that breach assessed, and everything changed that had to be changed?",
        "The company assessed that breach and changed what had to be changed.",
    ),
    asked(
        "data.breach_notice_agreed",
        Type.BOOL,
        "privacy",
        "Must the vendor report a breach without undue delay to a mailbox of ours, by contract?",
        "The contract makes the vendor report a breach without undue delay to a named mailbox.",
    ),
)
