"""How a person proves who they are at an identity provider: OpenID Connect, authorization code with PKCE."""

import secrets
from typing import Any, NamedTuple

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from library.errors import NotSignedIn, Unavailable
from library.people import SignIn
from library.settings import Settings

ASKED_FOR = "openid email profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519")
"""How an ID token may be signed: with keys that the provider publishes, never with a shared one or not at all."""
SECONDS = 10
"""For which the provider may keep us waiting."""
LEEWAY = 60
"""Seconds by which the two clocks may differ."""


class Begun(NamedTuple):
    url: str
    sign_in: SignIn


class Identity(NamedTuple):
    """What the provider says of somebody."""

    subject: str
    email: str
    """Empty where the provider has not verified it."""
    claims: dict[str, Any]


class IdentityProvider:
    """The provider that the settings name. Its addresses and keys are asked for when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._addresses: dict[str, Any] = {}

    async def begin(self, return_to: str, back: str) -> Begun:
        """Where to send the browser. Raises Unavailable where the provider does not answer."""
        sign_in = SignIn(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            back=back,
        )
        known = await self._known()
        async with self._client(return_to) as client:
            url, _ = client.create_authorization_url(
                known["authorization_endpoint"],
                state=sign_in.state,
                nonce=sign_in.nonce,
                code_verifier=sign_in.verifier,
            )
        return Begun(str(url), sign_in)

    async def finish(self, sign_in: SignIn, code: str, return_to: str) -> Identity:
        """Whose code this is. Raises NotSignedIn where anything about it is not as it must be, and Unavailable."""
        known = await self._known()
        try:
            async with self._client(return_to) as client:
                token = await client.fetch_token(known["token_endpoint"], code=code, code_verifier=sign_in.verifier)
                claims = await self._checked(token["id_token"], sign_in.nonce)
                further = await client.get(known["userinfo_endpoint"]) if "userinfo_endpoint" in known else None
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise NotSignedIn("the identity provider's answer cannot be used; sign in again") from error
        except httpx2.HTTPError as error:
            raise _no_answer() from error
        said = further.json() if further is not None and further.is_success else {}
        if said.get("sub", claims["sub"]) != claims["sub"]:
            raise NotSignedIn("the identity provider spoke of two people; sign in again")
        claims = said | claims
        email = claims.get("email", "") if claims.get("email_verified") is True else ""
        return Identity(claims["sub"], str(email).lower(), claims)

    async def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        async with httpx2.AsyncClient(timeout=SECONDS) as client:
            keys = KeySet.import_key_set((await client.get((await self._known())["jwks_uri"])).json())
        read = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS))
        token = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
                "nonce": {"essential": True, "value": nonce},
                "sub": {"essential": True},
            },
            {"client_id": self._client_id, "nonce": nonce},
        )
        token.validate(leeway=LEEWAY)
        return dict(read.claims)

    async def _known(self) -> dict[str, Any]:
        if not self._addresses:
            address = self._issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                async with httpx2.AsyncClient(timeout=SECONDS) as client:
                    answer = (await client.get(address)).raise_for_status().json()
            except (httpx2.HTTPError, ValueError) as error:
                raise _no_answer() from error
            if answer.get("issuer") != self._issuer:
                raise Unavailable(
                    "the identity provider calls itself otherwise than `oidc_issuer` does: correct the setting"
                )
            self._addresses = answer
        return self._addresses

    def _client(self, return_to: str) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            client_id=self._client_id,
            client_secret=self._secret or None,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",  # a method's name
            scope=ASKED_FOR,
            redirect_uri=return_to,
            code_challenge_method="S256",
            timeout=SECONDS,
        )


def _no_answer() -> Unavailable:
    return Unavailable("the identity provider does not answer; try again in a while, or use a key")
