"""Fakes of vendors' interfaces, served over a real socket: one a kind of source. `FAKES` is what the suite walks."""

from tests.connectors.fakes.aws import AwsFake
from tests.connectors.fakes.duo import DuoFake
from tests.connectors.fakes.entra import EntraFake
from tests.connectors.fakes.google import GoogleFake
from tests.connectors.fakes.jumpcloud import JumpCloudFake
from tests.connectors.fakes.okta import OktaFake
from tests.connectors.fakes.onelogin import OneLoginFake

FAKES = {fake.kind: fake for fake in (AwsFake, DuoFake, EntraFake, GoogleFake, JumpCloudFake, OktaFake, OneLoginFake)}
