"""mobile.*: the tool in the company's apps and messages to phones."""

from __future__ import annotations

from model.fact import Type, asked

FACTS = (
    asked(
        "mobile.sdk_in_app",
        Type.BOOL,
        "app_team",
        "Is the tool's SDK in one of our apps?",
        "The tool's SDK is in an app of the company.",
    ),
    asked(
        "mobile.sdk_supported",
        Type.BOOL,
        "app_team",
        "Does the SDK's version in the released app still get fixes?",
        "The SDK's version in the released app still gets fixes.",
    ),
    asked(
        "mobile.store_label",
        Type.BOOL,
        "app_team",
        "Do the store's privacy label and data safety form name what this SDK collects?",
        "The store's privacy label names what the SDK collects.",
    ),
    asked(
        "mobile.privacy_manifest",
        Type.BOOL,
        "app_team",
        "Does the SDK in the released iOS app bring its privacy manifest?",
        "The SDK in the released iOS app brings its privacy manifest.",
    ),
    asked(
        "mobile.tracks_across_apps",
        Type.BOOL,
        "app_team",
        "Does the SDK link data with other companies' apps or sites, for advertising or measuring?",
        "The SDK links data with other companies' apps or sites.",
    ),
    asked(
        "mobile.tracking_prompt",
        Type.BOOL,
        "app_team",
        "Does the app ask for permission to track before the SDK starts?",
        "The app asks for permission to track before the SDK starts.",
    ),
    asked(
        "mobile.store_account_holder",
        Type.ENUM,
        "app_team",
        "Who holds the store or measuring account: the company, an agency, or a person?",
        "Who holds the store or measuring account.",
        values=(
            "company",
            "agency",
            "person",
        ),
    ),
    asked(
        "mobile.optout_synced",
        Type.BOOL,
        "business_owner",
        "Do refusals of push, SMS and messengers reach all other tools that send?",
        "Refusals of push, SMS and messengers reach all other sending tools.",
    ),
    asked(
        "mobile.sender_registered",
        Type.BOOL,
        "business_owner",
        "Are the names and numbers that send registered to the company?",
        "Names and numbers that send are registered to the company.",
    ),
    asked(
        "mobile.platforms",
        Type.LIST,
        "app_team",
        "On which platforms does the app run that carries it?",
        "Platforms of the app that carries the SDK.",
        values=(
            "ios",
            "android",
            "windows",
            "macos",
        ),
    ),
)
