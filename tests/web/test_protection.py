"""What the library does not take, and what it never gives out: refused, or kept as harmless text."""

import asyncio

import msgspec
import pytest

from library.model import Visibility
from library.web.bodies import in_good_time
from library.web.problems import TooSlow
from library.web.requests import LONGEST_ADDRESS
from tests.builders import a_practice, pages_of
from tests.web.conftest import a_kept_file, served

WRITES = [("POST", "/api/v1/keys"), ("POST", "/api/v1/documents"), ("PATCH", "/api/v1/documents/p1")]


# Cross-site --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
async def test_what_a_form_of_another_site_can_send_changes_nothing(exchange, client, keys, call, kind):
    method, path = call
    before = len(await exchange.accounts.keys())
    body = b'{"organisation": "alfa", "role": "admin"}'
    refused = await client.request(method, path, content=body, headers={**keys["admin"], "content-type": kind})
    assert (refused.status_code, refused.json()["type"]) == (415, "/problems/unsupported-media-type")
    assert len(await exchange.accounts.keys()) == before


async def test_pages_of_other_sites_may_not_call_unless_the_settings_say_so(client, exchange):
    asked = {"origin": "https://partner.example", "access-control-request-method": "GET"}
    assert "access-control-allow-origin" not in (await client.get("/api/v1/topics", headers=asked)).headers
    opened = msgspec.structs.replace(exchange.settings, cors_origins=("https://partner.example",))
    async with served(opened) as cross:
        answer = await cross.get("/api/v1/topics", headers=asked)
        assert answer.headers["access-control-allow-origin"] == "https://partner.example"
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]
        before = await cross.options("/api/v1/search", headers={**asked, "access-control-request-headers": "x-api-key"})
        assert before.status_code == 204
        stranger = await cross.get("/api/v1/topics", headers={"origin": "https://evil.example"})
        assert stranger.headers.get("access-control-allow-origin") != "https://evil.example"
        failed = await cross.get("/api/v1/documents/nothing", headers=asked)
        assert failed.headers["access-control-allow-origin"] == "https://partner.example"


# Oversized and slow ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/search?q=", "/api/v1/suggest?q=", "/nowhere/", "/api/v1/documents/"])
async def test_an_address_without_end_is_refused(client, path):
    refused = await client.get(path + "a" * LONGEST_ADDRESS)
    assert (refused.status_code, refused.json()["type"]) == (414, "/problems/address-too-long")


@pytest.mark.parametrize(("method", "path"), [WRITES[0], ("POST", "/api/v1/search")])
async def test_a_body_without_end_is_refused(client, keys, method, path):
    async def without_end():
        for _ in range(30):
            yield b"[" * 100_000

    headers = {**keys["admin"], "content-type": "application/json"}
    refused = await client.request(method, path, content=without_end(), headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"q": "\xff"}', b"\x00", b'{"q": 1e999999}'])
async def test_json_that_is_made_to_break_readers_is_refused(client, keys, body):
    for method, path in (*WRITES[:1], ("POST", "/api/v1/search")):
        headers = {**keys["admin"], "content-type": "application/json"}
        refused = await client.request(method, path, content=body, headers=headers)
        assert refused.status_code in (400, 422), refused.text
        assert refused.headers["content-type"] == "application/problem+json"


def body_that(*pieces: tuple[float, bytes, bool]):
    """What an ASGI server hands out, each piece after so many seconds."""
    coming = iter(pieces)

    async def receive():
        seconds, body, more = next(coming)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": body, "more_body": more}

    return receive


async def everything(receive, pieces):
    for _ in range(pieces):
        await receive()


async def test_a_body_that_stops_coming_is_given_up():
    receive = in_good_time(body_that((0, b"a", True), (60, b"b", False)), wait=0.05)
    await receive()
    with pytest.raises(TooSlow, match="1 bytes came"):
        await receive()


async def test_a_body_that_trickles_is_given_up_although_it_never_stops():
    receive = in_good_time(body_that(*[(0.02, b"a", True)] * 100), wait=0.1, slowest=1_000)
    with pytest.raises(TooSlow):
        await everything(receive, 100)


async def test_a_large_body_may_take_its_time_as_long_as_it_comes():
    receive = in_good_time(body_that(*[(0.02, b"a" * 1_000, True)] * 9, (0, b"", False)), wait=0.1, slowest=10_000)
    await everything(receive, 10)


async def test_nothing_is_given_up_once_the_body_is_there():
    receive = in_good_time(body_that((0, b"", False), (0.1, b"", False)), wait=0.02)
    await receive()
    await receive()


async def test_a_slow_body_is_a_problem_that_says_so(client, monkeypatch):
    monkeypatch.setattr("library.web.requests.in_good_time", lambda receive: in_good_time(receive, wait=0.05))

    async def slow():
        yield b'{"q":'
        await asyncio.sleep(5)

    refused = await client.post("/api/v1/search", content=slow(), headers={"content-type": "application/json"})
    assert (refused.status_code, refused.json()["type"]) == (408, "/problems/too-slow")
    assert refused.headers["connection"] == "close"


# Names, headers and texts --------------------------------------------------------------------------------------------

TRAVERSALS = (
    "..%2f..%2flibrary.sqlite",
    "%2e%2e%2flibrary.sqlite",
    "..%5clibrary.sqlite",
    "%00",
    "....%2f%2fetc%2fpasswd",
)


@pytest.mark.parametrize("name", [*TRAVERSALS, "%2fetc%2fpasswd", "a.txt%00.pdf", "C%3a%5cwindows%5cwin.ini"])
async def test_no_path_leads_out_of_the_files_of_a_document(client, name):
    for path in (
        f"/api/v1/documents/p1/files/{name}",
        f"/docs/assets/{name}",
        f"/assets/x/{name}",
        f"/problems/{name}",
    ):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert b"SQLite" not in answer.content


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE documents; --",
    "' OR '1'='1",
    "{{7*7}}${7*7}",
    '=HYPERLINK("http://evil.example")',
    "a\r\nSet-Cookie: session=stolen",
    "\u202egnp.exe",
    "../../etc/passwd",
)


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_texts_in_every_parameter_are_text(exchange, client, keys, text):
    count = await exchange.catalog.count()
    schema = client._transport.app.app.openapi_schema.to_schema()
    for path, item in schema["paths"].items():
        for parameter in item.get("get", {}).get("parameters", ()):
            if parameter["in"] != "query":
                continue
            answer = await client.get(
                path.replace("{", "").replace("}", ""), params={parameter["name"]: text}, headers=keys["admin"]
            )
            assert answer.status_code < 500, (path, parameter["name"])
            assert "set-cookie" not in answer.headers
            if "html" in answer.headers["content-type"]:
                assert "<script>alert" not in answer.text
                assert "<img src=x" not in answer.text
    assert await exchange.catalog.count() == count


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_texts_in_every_field_are_kept_and_shown_as_text(exchange, client, text):
    await exchange.add(
        a_practice(id="h", title={"cs": text}, summary={"cs": text}, keywords=(text,), funders=(text,)), pages_of(text)
    )
    await exchange.catch_up()
    shown = (await client.get("/api/v1/documents/h")).json()
    assert (shown["title"]["cs"], shown["keywords"], shown["funders"]) == (text, [text], [text])
    for path in ("/", "/feed.atom", "/oai?verb=ListRecords&metadataPrefix=oai_dc"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


@pytest.mark.parametrize(
    "name", ["a\r\nSet-Cookie: x=1.html", 'a".html', "a;filename=b.html", "..\\..\\x.html", "\u202elmth.html"]
)
async def test_an_uploaded_page_is_never_shown_by_our_address(exchange, client, name):
    file = await a_kept_file(exchange, name, "text/html", b"<script>alert(1)</script>")
    put = a_practice(id="h", files=(file,), visibility=Visibility.PUBLIC)
    await exchange.add(put, pages_of("text"))
    link = (await client.get("/api/v1/documents/h")).json()["files"][0]["link"]
    answer = await client.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"x-request-id": "a\tb"},
        {"accept-language": "cs;q=nan, *;q=1e999, ,,;;"},
        {"if-none-match": 'W/"' * 1_000},
        {"range": "bytes=" + "0-1," * 1_000},
        {"authorization": "Bearer " + "x" * 5_000},
        {"host": "evil.example"},
        {"x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher", "forwarded": "for=_x"},
        {"content-length": "-1"},
        {"accept": "*/*;q=x, text/html;;"},
    ],
)
async def test_hostile_headers_break_nothing(client, headers):
    for path in ("/api/v1/search?q=byt", "/api/v1/documents/p1", "/"):
        answer = await client.get(path, headers=headers)
        assert answer.status_code < 500
        assert "set-cookie" not in answer.headers
        assert "evil.example" not in str(answer.headers)


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/search", "/docs", "/nowhere", "/api/v1/documents/nothing", "/feed.atom"]
)
async def test_every_answer_is_shut_against_frames_sniffing_and_other_sites(client, path):
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
