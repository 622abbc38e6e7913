"""python -m library: what an administrator does with the library."""

import argparse
import os
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec

from library.accounts import EVERY_SCOPE, KeyRecord
from library.backups import restore
from library.command import ExitCode, complain, run
from library.errors import LibraryError, Unavailable
from library.exchange import Exchange
from library.model import Organisation, Role, Scope
from library.page.addresses import sign_in_link
from library.people import Person
from library.search import IndexState
from library.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is returned."""
    asked = parser().parse_args(arguments)
    code: int = asked.command(asked)
    return code


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="good-practice", description="Run the good-practice exchange library.")
    root.epilog = "LIBRARY_DATA names the data folder; every setting can be given as LIBRARY_<NAME>."
    commands = root.add_subparsers(metavar="COMMAND", required=True)

    serve = commands.add_parser("serve", help="answer searches over HTTP")
    serve.set_defaults(command=_serve)

    check = commands.add_parser("check", help="say how the library is: catalogue, index, queue")
    check.set_defaults(command=lambda _: run(_check))

    rebuild = commands.add_parser("rebuild", help="make the search index anew beside the present one")
    rebuild.set_defaults(command=lambda _: run(_rebuild))

    backup = commands.add_parser("backup", help="copy the library to a new folder, while it serves")
    backup.add_argument("folder", type=Path, metavar="FOLDER")
    backup.set_defaults(command=lambda asked: run(lambda exchange: _back_up(exchange, asked.folder)))

    restoring = commands.add_parser("restore", help="make a backup the library of this data folder, which has none yet")
    restoring.add_argument("folder", type=Path, metavar="FOLDER")
    restoring.set_defaults(command=lambda asked: _restore(asked.folder))

    purge = commands.add_parser("purge", help="remove a document for good, from everything")
    purge.add_argument("document", metavar="DOCUMENT")
    purge.add_argument("--reason", required=True, help="stays for good: write nothing of the content in it")
    purge.set_defaults(command=lambda asked: run(lambda exchange: _purge(exchange, asked)))

    purges = commands.add_parser("purges", help="what was purged, the latest first")
    purges.set_defaults(command=lambda _: run(_list_purges))

    _organisations(commands.add_parser("organisations", help="who shares documents"))
    _keys(commands.add_parser("keys", help="who may do what"))

    _people(commands.add_parser("people", help="who may sign in, besides those whom the identity provider vouches for"))

    audit = commands.add_parser("audit", help="who changed what, the latest first")
    audit.add_argument("--organisation", metavar="ID", help="only what concerns this one")
    audit.add_argument("--subject", metavar="ID", help="only what was done to this document, key or organisation")
    audit.add_argument("--limit", type=int, default=100, help="how many entries; 100 unless said")
    audit.set_defaults(command=lambda asked: run(lambda exchange: _audit(exchange, asked)))
    return root


def _organisations(parent: argparse.ArgumentParser) -> None:
    commands = parent.add_subparsers(metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="enter an organisation, or a file of them")
    add.add_argument("id", nargs="?", metavar="ID", help="small letters, digits, hyphens")
    add.add_argument("--name", help="its name, as it writes it itself")
    add.add_argument("--url", default="", help="its web pages")
    add.add_argument("--consortium", action="store_true", help="enter the consortium's partners")
    add.add_argument("--from", dest="table", metavar="FILE", help="enter all [[organisation]] of a TOML file")
    add.set_defaults(command=lambda asked: _add_organisations(asked, add))
    commands.add_parser("list", help="all of them").set_defaults(command=lambda _: run(_list_organisations))


def _keys(parent: argparse.ArgumentParser) -> None:
    commands = parent.add_subparsers(metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="make a key; it is printed alone, and only this once")
    add.add_argument("--organisation", required=True, metavar="ID")
    add.add_argument("--role", required=True, choices=[role.value for role in Role if role is not Role.READER])
    add.add_argument("--note", default="", help="what the key is for")
    add.add_argument("--scope", action="append", choices=list(Scope), help="repeat; all of them unless said")
    add.add_argument("--days", type=int, help="for how long it holds; until it is revoked unless said")
    add.set_defaults(command=lambda asked: run(lambda exchange: _add_key(exchange, asked)))
    commands.add_parser("list", help="all keys, without the keys themselves").set_defaults(
        command=lambda _: run(_list_keys)
    )
    revoke = commands.add_parser("revoke", help="end a key at once")
    revoke.add_argument("key", metavar="KEY_ID", help="as `keys list` names it")
    revoke.set_defaults(command=lambda asked: run(lambda exchange: _revoke_key(exchange, asked.key)))


def _people(parent: argparse.ArgumentParser) -> None:
    commands = parent.add_subparsers(metavar="COMMAND", required=True)
    add = commands.add_parser("add", help="enter somebody, or change what somebody may do")
    add.add_argument("email", metavar="EMAIL", help="as the identity provider has verified it")
    add.add_argument("--organisation", required=True, metavar="ID")
    add.add_argument("--role", required=True, choices=[role.value for role in Role if role is not Role.READER])
    add.set_defaults(command=lambda asked: run(lambda exchange: _add_person(exchange, asked)))
    commands.add_parser("list", help="all of them").set_defaults(command=lambda _: run(_list_people))
    link = commands.add_parser("link", help="print a link by which somebody signs in, once and within an hour")
    link.add_argument("email", metavar="EMAIL", help="of somebody who was entered")
    link.set_defaults(command=lambda asked: run(lambda exchange: _make_link(exchange, asked.email)))
    remove = commands.add_parser("remove", help="let somebody in no longer, and end their sessions")
    remove.add_argument("email", metavar="EMAIL")
    remove.set_defaults(command=lambda asked: run(lambda exchange: _remove_person(exchange, asked.email)))


def _serve(_: argparse.Namespace) -> int:
    import uvicorn  # noqa: PLC0415  # the other commands start faster without it

    try:
        settings = load_settings()
    except LibraryError as error:
        complain(error.detail)
        return ExitCode.USAGE
    if settings.workers > 1:
        # Where the processes put their figures together; the folder goes with this process.
        figures = tempfile.TemporaryDirectory(prefix="library-metrics-")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures.name
    uvicorn.run(
        "library.serving:app_from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # EveryRequest believes those proxies only that the settings name
    )
    return ExitCode.WELL


async def _check(exchange: Exchange) -> ExitCode:
    state = await exchange.index.state()
    counts = await exchange.inbox.counts()
    print(f"documents    {await exchange.catalog.count()}")
    print(f"index        {state.value}")
    print(f"to index     {len(await exchange.unindexed.oldest(1_000))}")
    for job_state, count in counts.items():
        print(f"{job_state.value + ' jobs':12} {count}")
    return ExitCode.WELL if state is IndexState.READY else ExitCode.SOME_FAILED


async def _rebuild(exchange: Exchange) -> ExitCode:
    def tell(done: int, of: int) -> None:
        print(f"\r{done} of {of} documents", end="" if done < of else "\n", file=sys.stderr, flush=True)

    print(f"{await exchange.rebuild(tell if sys.stderr.isatty() else None)} documents in the new index")
    return ExitCode.WELL


async def _back_up(exchange: Exchange, folder: Path) -> ExitCode:
    made = await exchange.back_up(folder)
    print(f"{made.documents} documents and {made.files} files in {folder}")
    for sha256 in made.missing:
        complain(f"the original {sha256} is not where it should be, and is not in the backup")
    return ExitCode.SOME_FAILED if made.missing else ExitCode.WELL


def _restore(folder: Path) -> int:
    try:
        made = restore(folder, load_settings())
    except LibraryError as error:
        complain(error.detail)
        return ExitCode.NOT_REACHABLE if isinstance(error, Unavailable) else ExitCode.USAGE
    print(f"{made.documents} documents and {made.files} files as they were on {made.made:%Y-%m-%d %H:%M} UTC")
    print("What was purged after that is here again: purge it once more.")
    return run(_rebuild)


async def _purge(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    purged = await exchange.purge(asked.document, asked.reason)
    print(f"{purged.document} is gone from catalogue, files and index")
    return ExitCode.WELL


async def _list_purges(exchange: Exchange) -> ExitCode:
    for each in await exchange.purges.all():
        print(f"{each.document:24} {each.purged:%Y-%m-%d %H:%M} {each.who}: {each.reason}")
    return ExitCode.WELL


def _add_organisations(asked: argparse.Namespace, usage: argparse.ArgumentParser) -> int:
    if asked.consortium:
        table = files("library").joinpath("partners.toml").read_text(encoding="utf-8")
    elif asked.table:
        with open(asked.table, encoding="utf-8") as file:  # noqa: PTH123  # a path as typed
            table = file.read()
    elif asked.id and asked.name:
        return run(lambda exchange: _enter(exchange, [Organisation(id=asked.id, name=asked.name, url=asked.url)]))
    else:
        usage.error("give ID and --name, or --consortium, or --from FILE")
    organisations = msgspec.convert(tomllib.loads(table)["organisation"], list[Organisation])
    return run(lambda exchange: _enter(exchange, organisations))


async def _enter(exchange: Exchange, organisations: Sequence[Organisation]) -> ExitCode:
    for organisation in organisations:
        await exchange.accounts.add_organisation(organisation)
    return ExitCode.WELL


async def _list_organisations(exchange: Exchange) -> ExitCode:
    for organisation in await exchange.accounts.organisations():
        print(f"{organisation.id:24} {organisation.name}")
    return ExitCode.WELL


async def _add_key(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    expires = None if asked.days is None else datetime.now(UTC) + timedelta(days=asked.days)
    scopes = [Scope(scope) for scope in asked.scope] if asked.scope else EVERY_SCOPE
    print(
        await exchange.accounts.add_key(
            asked.organisation, Role(asked.role), asked.note, scopes=scopes, expires=expires
        )
    )
    return ExitCode.WELL


async def _list_keys(exchange: Exchange) -> ExitCode:
    for key in await exchange.accounts.keys():
        print(
            f"{key.id:14} {key.role.value:8} {key.organisation:24} {' '.join(key.scopes):24} {_use(key):26} {key.note}"
        )
    return ExitCode.WELL


def _use(key: KeyRecord) -> str:
    if key.revoked:
        return "revoked"
    if key.expires and key.expires < datetime.now(UTC):
        return "expired"
    return f"last used {key.last_used:%Y-%m-%d %H:%M}" if key.last_used else "never used"


async def _add_person(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    await exchange.people.add(Person(email=asked.email, organisation=asked.organisation, role=Role(asked.role)))
    return ExitCode.WELL


async def _list_people(exchange: Exchange) -> ExitCode:
    for person in await exchange.people.people():
        print(f"{person.email:40} {person.role.value:8} {person.organisation}")
    return ExitCode.WELL


async def _make_link(exchange: Exchange, email: str) -> ExitCode:
    secret = await exchange.people.link(email)
    settings = exchange.settings
    print(f"{settings.public_url.rstrip('/') or f'http://{settings.host}:{settings.port}'}{sign_in_link(secret)}")
    return ExitCode.WELL


async def _remove_person(exchange: Exchange, email: str) -> ExitCode:
    await exchange.people.remove(email)
    return ExitCode.WELL


async def _audit(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    found = await exchange.accounts.trail(subject=asked.subject, organisation=asked.organisation, limit=asked.limit)
    for entry in found:
        print(f"{entry.when:%Y-%m-%d %H:%M:%S}  {entry.who}: {entry.what} {entry.subject}  {entry.detail}".rstrip())
    return ExitCode.WELL


async def _revoke_key(exchange: Exchange, key: str) -> ExitCode:
    await exchange.accounts.revoke_key(key)
    return ExitCode.WELL


if __name__ == "__main__":
    sys.exit(main())
