"""python -m tests.browser.hostile: documents made to break pages, into the data folder that the settings name."""

import asyncio

from library.exchange import open_exchange
from library.model import Organisation
from library.settings import load_settings
from tests.builders import a_practice, pages_of

SCRIPT = "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT OVERRIDE}zlomysl obráceně\N{RIGHT-TO-LEFT MARK}"
ENDLESS = "nekonečno" * 555
"""A word of 5,000 letters."""
KEYS = 300
"""Values of one facet."""


async def main() -> None:
    exchange = await open_exchange(load_settings())
    await exchange.accounts.add_organisation(Organisation(id="zlomysl", name=f"Zlomysl {SCRIPT}"))
    whole = {"organisation": "zlomysl", "evidence": "own-data"}
    for document, text in (
        (a_practice(id="script", title={"cs": f"Zlomysl {SCRIPT}"}, summary={"cs": SCRIPT}, **whole), SCRIPT),
        (a_practice(id="backwards", title={"cs": f"Zlomysl {RIGHT_TO_LEFT}"}, **whole), RIGHT_TO_LEFT),
        (a_practice(id="endless", title={"cs": f"Zlomysl {ENDLESS}"}, summary={"cs": ENDLESS}, **whole), ENDLESS),
        (a_practice(id="bare", title={"cs": "Zlomysl bez shrnutí"}, summary={}, languages=(), **whole), ""),
        (
            a_practice(
                id="many",
                title={"cs": "Zlomysl všeho"},
                topics=tuple(f"téma {number}" for number in range(KEYS)),
                target_groups=tuple(f"{ENDLESS}{number}" for number in range(30)),
                keywords=tuple(f"slovo {number}" for number in range(KEYS)),
                **whole,
            ),
            "Zlomysl",
        ),
    ):
        await exchange.add(document, pages_of(f"zlomysl {text}", language="cs"))
    await exchange.catch_up()
    await exchange.close()


if __name__ == "__main__":
    asyncio.run(main())
