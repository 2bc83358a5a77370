"""ai.*: what learns, generates or acts by itself."""

from __future__ import annotations

from model.fact import Type, asked

FACTS = (
    asked(
        "ai.features",
        Type.BOOL,
        "business_owner",
        "Are functions switched on that generate, learn or decide (AI)?",
        "Generative or learning functions are switched on.",
    ),
    asked(
        "ai.trains_on_input",
        Type.ENUM,
        "vendor",
        "What does the vendor do with what we enter: not train on it, train unless we object (did we?), or"
        " train on it?",
        "Whether the vendor trains on what is entered.",
        values=(
            "no",
            "opt_out_done",
            "opt_out_open",
            "yes",
        ),
    ),
    asked(
        "ai.personal_data",
        Type.BOOL,
        "business_owner",
        "Is personal data put into prompts, knowledge or training?",
        "Personal data is put into prompts, knowledge or training.",
    ),
    asked(
        "ai.prompt_rules",
        Type.BOOL,
        "business_owner",
        "Were people told in writing what may not be entered?",
        "People were told in writing what may not be entered.",
    ),
    asked(
        "ai.agent",
        Type.BOOL,
        "business_owner",
        "Does it act by itself, in other systems or towards customers, without a click?",
        "It acts by itself in other systems or towards customers.",
    ),
    asked(
        "ai.agent_acts_as",
        Type.ENUM,
        "technical_owner",
        "Under which identity does it act: a service's, a person's, or none that can be told?",
        "Identity under which it acts.",
        values=(
            "service",
            "person",
            "none",
        ),
    ),
    asked(
        "ai.human_approval",
        Type.BOOL,
        "business_owner",
        "Does a person release what goes to customers or changes records?",
        "A person releases what goes to customers or changes records.",
    ),
    asked(
        "ai.actions_logged",
        Type.BOOL,
        "technical_owner",
        "Can what the agent did, and with which input, be read back for 90 days?",
        "What the agent did can be read back for 90 days.",
    ),
    asked(
        "ai.talks_to_customers",
        Type.BOOL,
        "business_owner",
        "Do customers converse with it?",
        "Customers converse with it.",
    ),
    asked(
        "ai.tells_it_is_ai",
        Type.BOOL,
        "business_owner",
        "Does it say at the start that it is a machine?",
        "It says at the start that it is a machine.",
    ),
    asked(
        "ai.publishes_synthetic",
        Type.BOOL,
        "business_owner",
        "Are generated images, sound or video published that look real?",
        "Generated media that look real are published.",
    ),
    asked(
        "ai.labels_synthetic",
        Type.BOOL,
        "business_owner",
        "Are these disclosed as generated?",
        "Such media are disclosed as generated.",
    ),
    asked(
        "ai.on_since",
        Type.DATE,
        "business_owner",
        "On which day were the AI functions switched on, or did they first appear?",
        "Day on which AI functions were switched on or first appeared.",
    ),
    asked(
        "ai.records_meetings",
        Type.BOOL,
        "business_owner",
        "Does it record or transcribe calls, meetings or webinars?",
        "It records or transcribes calls, meetings or webinars.",
    ),
    asked(
        "ai.recording_notice",
        Type.BOOL,
        "business_owner",
        "Is everybody who is recorded told before it starts?",
        "Everybody who is recorded is told before it starts.",
    ),
)
