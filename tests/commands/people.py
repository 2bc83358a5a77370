"""Accounts for tests of commands: made by the commands themselves, each acts with its own token."""

import contextlib
import json
import os

from tests.commands.conftest import call

ROOT = "root@example.com"
#: Address -> role.
STAFF = {
    "ivy@example.com": "approver_it",
    "max@example.com": "approver_marketing",
    "rex@example.com": "reviewer",
    "bea@example.com": "business_user",
    "ada@example.com": "auditor",
}
IT, MARKETING, REVIEWER, USER, AUDITOR = STAFF


class Staff:
    """Runs commands as somebody; `tokens` by address."""

    def __init__(self):
        made = call("review", "init", "--email", ROOT, "--format", "json")
        assert made.exit_code == 0, made.stderr
        self.tokens = {ROOT: json.loads(made.stdout)["token"]}
        for address, role in STAFF.items():
            self.add(address, "--role", role)

    def add(self, address, *words):
        made = self(ROOT, "review", "account", "add", address, *words, "--format", "json")
        assert made.exit_code == 0, made.stderr
        self.tokens[address] = json.loads(made.stdout)["token"]

    def __call__(self, address, *words, token=None):
        """Run a command as an account; what it takes beside the words is put behind them."""
        with self.holding(self.tokens.get(address, "") if token is None else token):
            return call(*words, "--as", address)

    @contextlib.contextmanager
    def holding(self, token):
        before = os.environ.get("OSTIARY_TOKEN")
        os.environ["OSTIARY_TOKEN"] = token
        try:
            yield
        finally:
            os.environ.pop("OSTIARY_TOKEN")
            if before is not None:
                os.environ["OSTIARY_TOKEN"] = before

    def json(self, address, *words):
        done = self(address, *words, "--format", "json")
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)
