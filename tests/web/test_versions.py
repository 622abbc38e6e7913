"""What a document was before it came with another file stays readable, for those who might read it then."""

import pytest

from library.model import Visibility
from tests.builders import a_practice, pages_of
from tests.web.conftest import a_kept_file

PATH = "/api/v1/documents/v1/versions"


@pytest.fixture
async def renewed(exchange):
    """A document of beta that was for members, then public, then public with a third file."""
    for number, (title, visibility) in enumerate(
        (("Vnitřní", Visibility.MEMBERS), ("Druhá", Visibility.PUBLIC), ("Třetí", Visibility.PUBLIC)), 1
    ):
        file = await a_kept_file(exchange, "text.txt", "text/plain", f"obsah {number}".encode())
        document = a_practice(
            id="v1",
            organisation="beta",
            title={"cs": title},
            visibility=visibility,
            files=(file,),
            caveats={"cs": "Tajné."},
        )
        await exchange.add(document, pages_of(f"Strana verze {number}.", language="cs"))
    await exchange.catch_up()


@pytest.mark.usefixtures("renewed")
async def test_only_the_present_version_is_searched(client):
    for number, total in ((1, 0), (2, 0), (3, 1)):
        found = (await client.get("/api/v1/search", params={"q": f'"verze {number}"'})).json()
        assert found["total"] == total, number


@pytest.mark.usefixtures("renewed")
async def test_earlier_versions_are_listed_for_those_who_might_see_them(client, keys):
    body = (await client.get(PATH)).json()
    assert [(each["version"], each["present"], each["title"]["cs"]) for each in body["versions"]] == [
        (3, True, "Třetí"),
        (2, False, "Druhá"),
    ]
    for who in ("member", "other staff"):
        assert [each["version"] for each in (await client.get(PATH, headers=keys[who])).json()["versions"]] == [3, 2, 1]


@pytest.mark.usefixtures("renewed")
async def test_a_version_is_shown_with_its_text_and_its_files(client):
    second = (await client.get(f"{PATH}/2")).json()
    assert (second["title"], second["version"], second["caveats"]) == ({"cs": "Druhá"}, 2, {})
    (file,) = second["files"]
    assert (file["version"], file["link"]) == (2, f"{PATH}/2/files/text.txt")
    assert (await client.get(file["link"])).text == "obsah 2"
    assert (await client.get(f"{PATH}/2/pages/1")).json()["text"] == "Strana verze 2."
    assert (await client.get(f"{PATH}/3/pages/1")).json()["text"] == "Strana verze 3."
    assert (await client.get(f"{PATH}/3/files/text.txt", headers={"Range": "bytes=0-4"})).text == "obsah"


@pytest.mark.usefixtures("renewed")
@pytest.mark.parametrize("path", ["/1", "/1/pages/1", "/1/files/text.txt", "/4", "/2/pages/2", "/2/files/other.txt"])
async def test_what_is_not_there_or_was_never_public_is_a_404(client, path):
    assert (await client.get(PATH + path)).status_code == 404


@pytest.mark.usefixtures("renewed")
async def test_versions_are_hidden_with_their_document(exchange, client):
    document = await exchange.catalog.document("v1")
    await exchange.add(
        a_practice(id="v1", organisation="beta", files=document.files, visibility=Visibility.ORGANISATION),
        pages_of("Strana verze 3.", language="cs"),
    )
    for path in ("", "/2", "/2/pages/1", "/2/files/text.txt"):
        hidden = await client.get(PATH + path, headers={"x-request-id": "same"})
        missing = await client.get(
            PATH.replace("/v1/versions", "/zz/versions") + path, headers={"x-request-id": "same"}
        )
        assert hidden.status_code == 404
        assert hidden.content.replace(b"'v1'", b"'zz'") == missing.content


@pytest.mark.usefixtures("renewed")
async def test_versions_that_the_caller_may_not_see_are_not_counted_in_an_error(client):
    assert "it has 3, 2" in (await client.get(f"{PATH}/1")).json()["detail"]
