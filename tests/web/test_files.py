"""Originals: ranges, names, and nothing that a browser would run."""

import pytest

from library.web.files import Part, asked_part, disposition
from library.web.problems import RangeNotSatisfiable
from tests.builders import a_practice, pages_of
from tests.web.conftest import a_kept_file

CONTENT = bytes(range(256)) * 4
ADDRESS = "/api/v1/documents/f1/files/zpr%C3%A1va.pdf"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=0-9", Part(0, 10)),
        ("bytes=90-", Part(90, 10)),
        ("bytes=90-1000", Part(90, 10)),
        ("bytes=-10", Part(90, 10)),
        ("bytes=-1000", Part(0, 100)),
        (None, None),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("lines=1-2", None),
        ("bytes=" + "9" * 5000 + "-", None),
    ],
)
def test_a_range_is_a_part_or_is_passed_over(header, part):
    assert asked_part(header, 100) == part


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=0-", 0)])
def test_a_range_behind_the_end_cannot_be_had(header, size):
    with pytest.raises(RangeNotSatisfiable):
        asked_part(header, size)


@pytest.mark.parametrize(
    ("name", "media_type", "header"),
    [
        ("zpráva.pdf", "application/pdf", "inline; filename=\"zprava.pdf\"; filename*=UTF-8''zpr%C3%A1va.pdf"),
        ("a.html", "text/html", "attachment; filename=\"a.html\"; filename*=UTF-8''a.html"),
        ("a.svg", "image/svg+xml", "attachment; filename=\"a.svg\"; filename*=UTF-8''a.svg"),
        ('a"\r\nb.txt', "text/plain", "inline; filename=\"a___b.txt\"; filename*=UTF-8''a%22%0D%0Ab.txt"),
        ("звіт", "application/msword", "attachment; filename=\"file\"; filename*=UTF-8''%D0%B7%D0%B2%D1%96%D1%82"),
    ],
)
async def test_a_name_goes_out_in_any_script(exchange, name, media_type, header):
    assert disposition(await a_kept_file(exchange, name, media_type, b"x")) == header


@pytest.fixture
async def file(exchange):
    kept = await a_kept_file(exchange, "zpráva.pdf", "application/pdf", CONTENT)
    await exchange.add(a_practice(id="f1", files=(kept,)), pages_of("Zpráva."))
    return kept


async def test_the_whole_file_comes_with_its_hash(client, file):
    answer = await client.get(ADDRESS)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["etag"] == f'"{file.sha256}"'
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_a_part_comes_as_206(client, file):
    answer = await client.get(ADDRESS, headers={"range": "bytes=10-19"})
    assert (answer.status_code, answer.content) == (206, CONTENT[10:20])
    assert answer.headers["content-range"] == f"bytes 10-19/{file.size}"
    assert answer.headers["content-length"] == "10"


async def test_a_part_behind_the_end_is_416_and_says_how_long_the_file_is(client, file):
    answer = await client.get(ADDRESS, headers={"range": "bytes=5000-"})
    assert (answer.status_code, answer.json()["type"]) == (416, "/problems/range-not-satisfiable")
    assert answer.headers["content-range"] == f"bytes */{file.size}"


async def test_a_part_of_another_state_of_the_file_is_the_whole(client, file):
    same = {"range": "bytes=0-1", "if-range": f'"{file.sha256}"'}
    other = {"range": "bytes=0-1", "if-range": '"another"'}
    assert (await client.get(ADDRESS, headers=same)).status_code == 206
    assert (await client.get(ADDRESS, headers=other)).status_code == 200


async def test_who_has_it_already_gets_304(client, file):
    answer = await client.get(ADDRESS, headers={"if-none-match": f'W/"x", "{file.sha256}"'})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_head_says_how_long_it_is_without_reading_it(client, file):
    answer = await client.head(ADDRESS)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(file.size)


async def test_what_could_act_as_us_is_for_saving(exchange, client):
    page = await a_kept_file(exchange, "a.html", "text/html", b"<script>alert(1)</script>")
    await exchange.add(a_practice(id="f1", files=(page,)), pages_of("Zpráva."))
    answer = await client.get("/api/v1/documents/f1/files/a.html")
    assert answer.headers["content-disposition"].startswith("attachment")


async def test_an_item_of_a_list_links_to_its_file(exchange, client, file):
    assert file.name == "zpráva.pdf"
    await exchange.catch_up()
    (item,) = (await client.get("/api/v1/search", params={"q": "zpráva"})).json()["items"]
    assert item["links"]["file"] == ADDRESS
    assert (await client.get(item["links"]["file"])).content == CONTENT


@pytest.mark.usefixtures("file")
async def test_a_file_of_another_name_is_not_there(client):
    assert (await client.get("/api/v1/documents/f1/files/other.pdf")).status_code == 404
    assert (await client.get("/api/v1/documents/f1/files/..%2F..%2Flibrary.sqlite")).status_code == 404


async def test_a_file_whose_bytes_are_gone_is_unavailable(exchange, client, file):
    exchange.originals.path(file.sha256).unlink()
    answer = await client.get(ADDRESS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
