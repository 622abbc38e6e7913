"""What a process keeps in memory of what it has read and worked out."""

from library.exchange import open_exchange
from library.model import Organisation
from library.search import SearchQuery, Some, Word
from library.settings import Settings
from tests.builders import a_practice, an_admin, pages_of


async def test_one_setting_bounds_all_that_is_kept(tmp_path):
    settings = Settings(data=tmp_path, memory_mb=1)
    exchange = await open_exchange(settings)
    await exchange.accounts.add_organisation(Organisation(id="alfa", name="Alfa"))
    words = ["děti", "škola", "bydlení", "práce", "kurz", "jazyk", "pomoc", "obec", "rodina", "azyl"]
    for number in range(40):
        await exchange.add(a_practice(id=f"p{number}"), pages_of(" ".join(words * (20 + number % 5))))
    await exchange.rebuild()
    kept = []
    for first in words:
        for second in words:
            asked = SearchQuery(match=Some((Word(first), Word(second))), facets=("topic",), limit=30)
            await exchange.finding.search(asked, an_admin())
            kept.append(exchange.finding.memory)
    assert settings.memory_mb << 19 < max(kept) <= settings.memory_mb << 20
    parts = settings.memory
    assert parts.index + parts.shown + parts.answers + parts.written <= settings.memory_mb << 20
    await exchange.close()
