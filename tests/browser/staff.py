"""python -m tests.browser.staff: let Jana of the staff and Petr, a member, be signed in, and print their sessions."""

import asyncio

import msgspec

from library.exchange import open_exchange
from library.model import Organisation, Role
from library.people import Person
from library.settings import load_settings

PEOPLE = {"jana": Role.STAFF, "petr": Role.MEMBER}


async def main() -> None:
    exchange = await open_exchange(load_settings())
    await exchange.accounts.add_organisation(Organisation(id="alfa", name="Spolek Alfa"))
    people = {name: Person(email=f"{name}@alfa.example", organisation="alfa", role=PEOPLE[name]) for name in PEOPLE}
    sessions = {name: await exchange.people.sign_in(person, 4) for name, person in people.items()}
    print(msgspec.json.encode(sessions).decode())
    await exchange.close()


if __name__ == "__main__":
    asyncio.run(main())
