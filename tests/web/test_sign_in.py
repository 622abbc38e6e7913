"""People sign in at a real OpenID Connect provider, and a session lets them in."""

import re
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import msgspec
import pytest

from library.errors import NotFound
from library.model import Role
from library.people import Person
from library.settings import Secret
from tests.web.conftest import served

JS = Path(__file__).parents[1] / "js"
RETURN = "http://library.test/sign-in/return"


@pytest.fixture(scope="module")
def issuer():
    """The address of a provider that runs."""
    command = ["node", JS / "identity-provider.mjs", RETURN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        yield running.stdout.readline().decode().strip()
        running.stdin.close()


@pytest.fixture
async def library(exchange, issuer):
    """A browser at a library at which people can sign in."""
    settings = msgspec.structs.replace(
        exchange.settings,
        oidc_issuer=issuer,
        oidc_client_id="library",
        oidc_client_secret=Secret("a secret of the test"),
    )
    async with served(settings) as client:
        yield client


async def at_the_provider(address: str, who: str) -> str:
    """Log in there and agree, as a person would; the address to which the provider sends the browser back."""
    async with httpx.AsyncClient() as browser:
        for _ in range(12):
            answer = await browser.get(address)
            while answer.status_code == 200:
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
                form = urljoin(address, re.search(r'action="([^"]+)"', answer.text)[1])
                answer = await browser.post(form, data={"prompt": prompt, "login": who, "password": "any"})
            address = urljoin(address, answer.headers["location"])
            if address.startswith(RETURN):
                return address
    raise AssertionError("the provider never sent the browser back")


async def begin(library, back: str = "/") -> str:
    begun = await library.get("/sign-in", params={"back": back})
    assert begun.status_code == 303
    return begun.headers["location"]


async def sign_in(library, who: str, back: str = "/") -> httpx.Response:
    return await library.get(await at_the_provider(await begin(library, back), who))


async def me(library) -> dict:
    return (await library.get("/api/v1/me")).json()


async def test_somebody_signs_in_with_what_the_provider_says_of_them(exchange, library):
    assert (await me(library))["role"] == "reader"
    back = await sign_in(library, "jana", "/?q=byt")
    assert (back.status_code, back.headers["location"]) == (303, "/?q=byt")
    found = await me(library)
    assert (found["name"], found["organisation"], found["role"]) == ("jana@alfa.example", "alfa", "staff")
    assert found["signed_in"]
    assert (await library.get("/api/v1/jobs")).status_code == 200
    trail = await exchange.accounts.trail(organisation="alfa", limit=1)
    assert [(each.who, each.what) for each in trail] == [("jana@alfa.example", "signed in")]


async def test_the_librarys_own_table_goes_before_the_provider(exchange, library):
    await exchange.people.add(Person(email="petr@beta.example", organisation="beta", role=Role.MEMBER))
    assert (await sign_in(library, "petr")).status_code == 303
    assert ((await me(library))["organisation"], (await me(library))["role"]) == ("beta", "member")


async def test_of_several_roles_the_highest_that_is_known_counts(library):
    await sign_in(library, "olena")
    assert ((await me(library))["organisation"], (await me(library))["role"]) == ("beta", "reviewer")


@pytest.mark.parametrize("who", ["nobody", "petr", "eva"])
async def test_strangers_and_who_only_says_to_be_somebody_are_let_in_as_nobody(exchange, library, who):
    if who == "eva":  # her address is Petr's, but nobody has verified that
        await exchange.people.add(Person(email="petr@beta.example", organisation="beta", role=Role.ADMIN))
    refused = await sign_in(library, who)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    assert "session" not in library.cookies
    assert (await me(library))["role"] == "reader"


async def test_the_request_to_the_provider_has_state_nonce_and_pkce(library):
    asked = parse_qs(urlsplit(await begin(library)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 32 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == [RETURN]


async def test_an_answer_is_taken_once_and_only_by_the_browser_that_began(library):
    address = await at_the_provider(await begin(library), "jana")
    ticket = library.cookies["sign-in"]
    library.cookies.clear()
    assert (await library.get(address)).status_code == 401
    library.cookies.set("sign-in", ticket)
    wrong = re.sub(r"state=[^&]+", "state=" + "a" * 32, address)
    assert (await library.get(wrong)).status_code == 401
    assert (await library.get(address)).status_code == 401  # the wrong one has used it up
    address = await at_the_provider(await begin(library), "jana")
    assert (await library.get(address)).status_code == 303
    assert (await library.get(address)).status_code == 401


async def test_a_code_of_another_sign_in_is_refused(library):
    first = await at_the_provider(await begin(library), "jana")
    code = parse_qs(urlsplit(first).query)["code"][0]
    second = await at_the_provider(await begin(library), "olena")
    stolen = re.sub(r"code=[^&]+", f"code={code}", second)
    refused = await library.get(stolen)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/not-signed-in")


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"]
)
async def test_nobody_is_sent_on_to_another_site(library, back):
    assert (await sign_in(library, "jana", back)).headers["location"] == "/"


async def test_the_session_is_a_cookie_that_pages_cannot_read_and_the_file_does_not_hold(exchange, library):
    answer = await sign_in(library, "jana")
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("session=")]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    token = library.cookies["session"]
    assert token.encode() not in b"".join(path.read_bytes() for path in exchange.settings.data.glob("library.sqlite*"))


async def test_over_tls_the_cookie_is_for_this_host_alone(exchange, issuer):
    settings = msgspec.structs.replace(
        exchange.settings, oidc_issuer=issuer, oidc_client_id="library", trusted_proxies=("127.0.0.1",)
    )
    async with served(settings) as client:
        begun = await client.get("/sign-in", headers={"x-forwarded-proto": "https"})
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-sign-in=")
    assert "Secure" in cookie


async def test_with_a_session_a_change_needs_the_token_that_only_our_pages_know(exchange, library):
    await exchange.people.add(Person(email="jana@alfa.example", organisation="alfa", role=Role.ADMIN))
    await sign_in(library, "jana")
    new = {"organisation": "alfa", "role": "member"}
    for token in ("", "0" * 64):
        refused = await library.post("/api/v1/keys", json=new, headers={"x-csrf-token": token})
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    token = (await me(library))["csrf_token"]
    assert (await library.post("/api/v1/keys", json=new, headers={"x-csrf-token": token})).status_code == 201
    assert (await library.post("/api/v1/search", json={})).status_code == 200


async def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(library):
    await sign_in(library, "jana")
    copy = library.cookies["session"]
    assert (await library.post("/sign-out")).status_code == 403
    assert (await me(library))["signed_in"]
    out = await library.post("/sign-out", data={"csrf_token": (await me(library))["csrf_token"]})
    assert (out.status_code, out.headers["location"]) == (303, "/")
    library.cookies.clear()
    library.cookies.set("session", copy)
    assert not (await me(library))["signed_in"]


async def test_who_is_removed_or_gets_another_role_must_sign_in_again(exchange, library):
    for change in (
        lambda: exchange.people.add(Person(email="petr@beta.example", organisation="beta", role=Role.STAFF)),
        lambda: exchange.people.remove("petr@beta.example"),
    ):
        await exchange.people.add(Person(email="petr@beta.example", organisation="beta", role=Role.MEMBER))
        await sign_in(library, "petr")
        assert (await me(library))["signed_in"]
        await change()
        assert not (await me(library))["signed_in"]
    with pytest.raises(NotFound):
        await exchange.people.remove("petr@beta.example")


async def test_answers_to_a_session_are_for_its_holder_alone(library):
    open_to_all = await library.get("/api/v1/documents/p1")
    await sign_in(library, "jana")
    own = await library.get("/api/v1/documents/p1")
    assert open_to_all.headers["cache-control"].startswith("public")
    assert own.headers["cache-control"].startswith("private")
    assert "Cookie" in own.headers["vary"]
    assert open_to_all.headers["etag"] != own.headers["etag"]


async def test_without_a_provider_nobody_signs_in(client):
    assert (await client.get("/sign-in")).status_code == 404
    assert (await me(client))["sign_in"] is None


async def test_a_provider_that_does_not_answer_is_a_passing_problem(exchange):
    settings = msgspec.structs.replace(exchange.settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="library")
    async with served(settings) as client:
        answer = await client.get("/sign-in")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_the_providers_secret_is_in_no_log(exchange):
    settings = msgspec.structs.replace(exchange.settings, oidc_client_secret=Secret("hush"))
    assert "hush" not in repr(settings)
