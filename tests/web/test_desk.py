"""The staff desk as it comes without a script: pages and forms."""

from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from selectolax.lexbor import LexborHTMLParser

from library.model import Role
from tests.web.conftest import served, sign_in


async def look(client, path: str, status: int = 200) -> LexborHTMLParser:
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    return LexborHTMLParser(answer.text)


def texts(html: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(found.text().split()) for found in html.css(selector)]


async def send(client, path: str, fields: dict, files=(), token: str | None = None) -> httpx.Response:
    """Send a form of the desk as a browser does, with the token of its pages unless another is given."""
    if token is None:
        token = (await look(client, "/desk")).css_first("meta[name=csrf-token]").attributes["content"]
    parts = [(name, (None, value)) for name, value in {"csrf_token": token, **fields}.items()]
    return await client.post(path, files=[*parts, *[("file", (name, content)) for name, content in files]])


async def hand_in(client, *names: str) -> str:
    """The path of the batch in which these files are."""
    files = [(name, f"Text of {name}".encode()) for name in names]
    return (await send(client, "/desk/batches", {"kind": "practice"}, files)).headers["location"]


async def test_who_is_not_signed_in_is_asked_to_and_comes_back(exchange):
    settings = msgspec.structs.replace(exchange.settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="library")
    async with served(settings) as client:
        sent_on = await client.get("/desk/batches/x?lang=uk")
    assert (sent_on.status_code, sent_on.headers["location"]) == (
        303,
        "/sign-in?back=%2Fdesk%2Fbatches%2Fx%3Flang%3Duk",
    )


async def test_without_a_provider_the_page_says_how_to_sign_in(client):
    html = await look(client, "/desk?lang=en", 401)
    assert "ask whoever runs the library for a link" in html.css_first("main").text()


async def test_who_is_no_staff_reads_so_on_a_plain_page(exchange, client):
    await sign_in(exchange, client, Role.MEMBER)
    html = await look(client, "/desk?lang=en", 403)
    assert "not as staff" in html.css_first("main").text()
    assert html.css_first("form").attributes["action"] == "/sign-out"


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/desk/batches", "/desk"),
        ("/desk/documents", "/desk/documents"),
        ("/desk/documents/p1", "/desk/documents/p1"),
        ("/desk/documents/p1/personal-data", "/desk/documents/p1"),
        ("/desk/documents/p1/resemblances/mem", "/desk/documents/p1/resemblances/mem"),
        ("/desk/batches/x/retry", "/desk/batches/x"),
        ("/desk/jobs/x/retry", "/desk"),
    ],
)
async def test_who_is_not_signed_in_any_more_reads_that_nothing_was_saved_and_comes_back_to_the_form(
    exchange, form, page
):
    settings = msgspec.structs.replace(exchange.settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="library")
    async with served(settings) as client:
        answer = await client.post(f"{form}?lang=en", files={"csrf_token": (None, "x"), "title.cs": (None, "Napsáno")})
    link = LexborHTMLParser(answer.text).css_first("main a")
    assert (answer.status_code, link.attributes["target"]) == (401, "_blank")
    assert parse_qs(urlsplit(link.attributes["href"]).query) == {"back": [f"{page}?lang=en"]}
    assert urlsplit(link.attributes["href"])[:3] == ("", "", "/sign-in")
    assert "was not saved" in answer.text
    assert "Napsáno" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("language", "sentence"), [("cs", "se neuložilo"), ("uk", "не збережено")])
async def test_without_a_provider_it_is_said_where_a_link_to_sign_in_is_had(client, language, sentence):
    answer = await client.post(f"/desk/documents/p1?lang={language}", data={"csrf_token": "x"})
    html = LexborHTMLParser(answer.text)
    assert answer.status_code == 401
    assert sentence in html.css_first("main").text()
    assert not html.css("main a")


@pytest.mark.parametrize("path", ["//evil.example/desk/documents/x", "/desk/documents/%2F%2Fevil.example"])
async def test_the_way_back_leads_to_no_other_site(exchange, path):
    settings = msgspec.structs.replace(exchange.settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="library")
    async with served(settings) as client:
        answer = await client.post(httpx.URL("http://library.test", raw_path=path.encode()), data={"csrf_token": "x"})
    links = [link.attributes["href"] for link in LexborHTMLParser(answer.text).css("main a")]
    assert all(link.startswith(("/sign-in?back=/desk", "/sign-in?back=%2Fdesk")) for link in links)


async def test_files_are_handed_in_with_what_is_said_of_all_of_them(exchange, staff):
    said = {"kind": "study", "visibility": "organisation"}
    answer = await send(staff, "/desk/batches?lang=cs", said, [("a.txt", b"A"), ("b.txt", b"B")])
    assert answer.status_code == 303
    path = answer.headers["location"]
    html = await look(staff, path)
    assert path.endswith("?lang=cs")
    assert texts(html, ".file-name") == ["a.txt", "b.txt"]
    assert texts(html, "#tallies .tally") == ["0 hotových", "2 čekají", "0 nepřijato"]
    jobs = await exchange.inbox.jobs(batch=path.split("/")[-1].partition("?")[0])
    assert [job.said for job in jobs] == [said, said]
    assert texts(await look(staff, "/desk?lang=cs"), ".batches .tally") == ["2 čekají"]


async def test_a_file_that_is_there_already_leads_to_its_document(exchange, staff):
    await hand_in(staff, "a.txt")
    job = await exchange.inbox.take()
    await exchange.inbox.done(job.id)
    again = await send(staff, "/desk/batches?lang=en", {"kind": "practice"}, [("a.txt", b"Text of a.txt")])
    html = LexborHTMLParser(again.text)
    assert texts(html, ".outcomes li") == ["a.txt: is in the library already. Look at it a.txt"]
    assert html.css_first(".outcomes a").attributes["href"] == f"/desk/documents/{job.document}?lang=en"


async def test_a_file_that_is_there_under_another_name_is_named_with_both(exchange, staff):
    first = await hand_in(staff, "a.txt")
    job = await exchange.inbox.take()
    await exchange.inbox.done(job.id)
    await send(staff, "/desk/batches", {"kind": "practice"}, [("b.txt", b"Text of a.txt")])
    (newest, *_) = await exchange.batches.newest("alfa", 1)
    html = await look(staff, f"/desk/batches/{newest.id}?lang=en")
    assert texts(html, ".outcomes li") == ["b.txt: is in the library already, as “a.txt”. Look at it b.txt"]
    assert texts(await look(staff, "/desk?lang=en"), ".batches li .soft") == ["1 file", "1 file"]
    assert texts(await look(staff, f"{first}?lang=en"), ".file-more") == ["also handed in as 'b.txt'"]


async def test_a_refused_file_is_named_beside_one_of_its_name_that_is_there_already(staff):
    await hand_in(staff, "a.txt")
    both = [("b.txt", b"Text of a.txt"), ("b.txt", b"x" * 20_000)]
    html = LexborHTMLParser((await send(staff, "/desk/batches?lang=en", {"kind": "practice"}, both)).text)
    large, known = texts(html, ".outcomes li")
    assert large.startswith("b.txt: The file is larger than allowed.")
    assert known == "b.txt: is in the library already, as “a.txt”."


async def test_the_page_of_a_batch_of_several_organisations_names_the_own_files(exchange, staff):
    batch = (await exchange.batches.open("alfa", "")).id
    for organisation in ("alfa", "beta"):
        await exchange.accept(
            [organisation.encode()], name=organisation, said={}, organisation=organisation, batch=batch
        )
    assert texts(await look(staff, f"/desk/batches/{batch}"), ".file-name") == ["alfa"]


async def test_a_file_that_is_too_large_is_named_with_the_cure(staff):
    html = LexborHTMLParser((await send(staff, "/desk/batches?lang=en", {}, [("b.txt", b"x" * 20_000)])).text)
    assert texts(html, ".outcomes li")[0].startswith("b.txt: The file is larger than allowed.")


async def test_a_failed_file_has_a_sentence_a_cure_and_a_button_to_try_again(exchange, staff):
    path = await hand_in(staff, "a.txt", "b.txt")
    taken = await exchange.inbox.take()
    await exchange.inbox.fail(
        taken.id, "encrypted-file", "this is an e-mail; unpack it and hand in the documents that it holds"
    )
    html = await look(staff, f"{path}?lang=en")
    assert texts(html, ".file[data-state=failed] .file-what") == ["The file is protected by a password."]
    assert texts(html, ".file[data-state=failed] .file-cure") == ["Save it without the password and hand that in."]
    html = await look(staff, f"{path}?lang=cs")
    assert texts(html, ".file[data-state=failed] .file-more") == [
        "je to e-mail; rozbalte ho a předejte dokumenty, které jsou uvnitř"
    ]
    html = await look(staff, f"{path}?lang=en")
    retry = html.css_first(".file[data-state=failed] form").attributes["action"]
    assert retry == f"/desk/jobs/{taken.id}/retry?lang=en"
    again = await send(staff, retry, {})
    assert (again.status_code, again.headers["location"]) == (303, f"{path}?lang=en")
    assert texts(await look(staff, f"{path}?lang=en"), "#tallies .tally")[1:] == ["2 waiting", "0 failed"]


async def test_all_that_failed_is_tried_again_with_one_button(exchange, staff):
    path = await hand_in(staff, "a.txt", "b.txt")
    for _ in range(2):
        await exchange.inbox.fail((await exchange.inbox.take()).id, "damaged-file", "torn")
    html = await look(staff, path)
    assert "hidden" not in html.css_first("#retry-all").attributes
    assert (await send(staff, html.css_first("#retry-all").attributes["action"], {})).status_code == 303
    assert len(await exchange.inbox.jobs(state="waiting")) == 2


async def test_a_form_without_the_token_of_our_pages_changes_nothing(exchange, staff):
    path = await hand_in(staff, "a.txt")
    job = await exchange.inbox.take()
    await exchange.inbox.fail(job.id, "damaged-file", "torn")
    for target in ("/desk/batches", f"/desk/jobs/{job.id}/retry", f"{path}/retry"):
        for token in ("", "0" * 64):
            assert (await send(staff, target, {}, [("b.txt", b"B")], token)).status_code == 403
        assert (await staff.post(target, data={"csrf_token": "x"})).status_code in (403, 415)
    assert [each.state for each in await exchange.inbox.jobs()] == ["failed"]


async def test_another_organisations_batch_is_not_there(exchange, staff):
    path = await hand_in(staff, "a.txt")
    await sign_in(exchange, staff, email="petr@beta.example", organisation="beta")
    assert (await staff.get(path)).status_code == 404
    assert not (await look(staff, "/desk")).css(".batches")


async def test_nothing_in_a_files_name_becomes_html(staff):
    name = "<img src=x onerror=alert(1)> \u202e.txt"
    html = await look(staff, await hand_in(staff, name))
    assert not html.css("main img")
    assert texts(html, ".file-name")[0].startswith("<img")
