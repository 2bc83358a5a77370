"""What several facts share: closed values, and the usual reasons for which one is unknown."""

from __future__ import annotations

SYSTEMS = ("mail", "chat", "files", "calendar", "contacts", "directory", "crm", "warehouse", "ads", "code")
SIGN_ON = ("saml", "oidc", "wsfed", "password_vault", "bookmark", "social", "none")

USE = "no stream of sign-ins or grants that could name the tool was read to its end for the window"
DIRECTORY = "the directory was not read to its end"
GRANTS = "no list of grants was read to its end"
SCOPES = f"{GRANTS}, or the list states no scopes"
RATED = f"{SCOPES}; or some scopes are in no table of scopes and the others do not settle it"
APPS = "an app list of a connected identity provider was not read to its end, and no other one holds the tool"
MONEY = "no source of money was read for the whole window, or an amount is in a currency without a rate"
