"""A provider of our own making: real keys, a real socket, and answers that can be bent one at a time."""

import base64
import hashlib
import json
import secrets
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug import Request, Response

from web.office import Provider

CLIENT, SECRET = "ostiary-client", "the-client's-secret"


def rsa(kid="key-1"):
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def elliptic(kid="curve"):
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


class OwnProvider:
    """Signs people in without asking them. `claims` and `userinfo` are what it says of the next one; None: as usual."""

    def __init__(self, server, clock, key):
        self.server, self.clock = server, clock
        self.issuer = server.url_for("/tenant").rstrip("/")
        self.key, self.keys = key, [key]
        self.claims, self.userinfo, self.document_more = {}, None, {}
        self.codes, self.calls, self.token_answer = {}, [], None
        server.expect_request("/tenant/.well-known/openid-configuration").respond_with_handler(self._document)
        server.expect_request("/tenant/keys").respond_with_handler(self._keys)
        server.expect_request("/tenant/token", method="POST").respond_with_handler(self._token)
        server.expect_request("/tenant/userinfo").respond_with_handler(self._userinfo)

    def settings(self, **more):
        return Provider(issuer=self.issuer, client_id=CLIENT, client_secret=SECRET, name="Acme sign-on", **more)

    # --- what it publishes -------------------------------------------------------------------------------------------

    def _document(self, _request: Request) -> Response:
        self.calls.append("document")
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout?keep=1",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "none", "HS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        } | self.document_more
        return self._json({name: value for name, value in found.items() if value is not None})

    def _keys(self, _request: Request) -> Response:
        self.calls.append("keys")
        odd = [{"kty": "oct", "k": "c2VjcmV0", "kid": "key-1"}, {"kty": "new"}, "no key"]
        return self._json({"keys": [*odd, *(key.as_dict(private=False) for key in self.keys)]})

    # --- what it answers ---------------------------------------------------------------------------------------------

    def approve(self, url, **claims):
        """Do as somebody does who goes on: return code and state of the address to which the browser was sent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = secrets.token_hex(8)
        self.codes[code] = asked | {"claims": claims}
        return code, asked

    def _token(self, request: Request) -> Response:
        self.calls.append("token")
        self.sent = request.form.to_dict()
        if self.token_answer is not None:
            return self.token_answer
        if (request.form.get("client_id"), request.form.get("client_secret")) != (CLIENT, SECRET):
            return self._json({"error": "invalid_client", "error_description": "who?"}, 401)
        asked = self.codes.pop(request.form["code"], None)
        shown = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(shown).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != proved or asked["redirect_uri"] != request.form["redirect_uri"]:
            return self._json({"error": "invalid_grant", "error_description": "no"}, 400)
        token = self.signed(self.usual(asked["nonce"]) | self.claims | asked["claims"])
        return self._json({"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _userinfo(self, request: Request) -> Response:
        self.calls.append("userinfo")
        assert request.headers["Authorization"] == "Bearer access"
        return self._json(self.userinfo if self.userinfo is not None else {"sub": "00u1"})

    def usual(self, nonce):
        now = int(self.clock.now().timestamp())
        return {
            "iss": self.issuer,
            "sub": "00u1",
            "aud": CLIENT,
            "nonce": nonce,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
            "email": "reviewer@tarnvik.example",
        }

    def signed(self, claims, key=None, **header):
        key, plain = key or self.key, {name: value for name, value in claims.items() if value is not ...}
        algorithm = header.pop("alg", key.get("alg"))
        return jwt.encode({"alg": algorithm, "kid": key.kid} | header, plain, key, algorithms=[algorithm])

    @staticmethod
    def _json(body, status=200):
        return Response(json.dumps(body), status, content_type="application/json")


def minutes(count):
    return timedelta(minutes=count)
