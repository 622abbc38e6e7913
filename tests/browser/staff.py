"""python -m tests.browser.staff: let Jana of Alfa's staff be signed in, and print her session."""

import asyncio

from library.exchange import open_exchange
from library.model import Organisation, Role
from library.people import Person
from library.settings import load_settings


async def main() -> None:
    exchange = await open_exchange(load_settings())
    await exchange.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    jana = Person(email="jana@alfa.example", organisation="alfa", role=Role.STAFF)
    print(await exchange.people.sign_in(jana, 4))
    await exchange.close()


if __name__ == "__main__":
    asyncio.run(main())
