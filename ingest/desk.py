"""The commands with which staff decide about documents: personal data, copies and translations."""

import argparse
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec

from library.command import ExitCode, run
from library.exchange import Exchange
from library.gate import CONFIRMING, seen
from library.model import PersonalDataCheck, Relation, missing_to_publish
from library.resemblances import Decision


def add_desk_commands(commands: Any) -> None:
    """Add them to what `argparse` gives for subcommands."""
    held = commands.add_parser("held", help="what is not public yet because personal data may be in it")
    held.add_argument("document", nargs="?", metavar="DOCUMENT", help="what was found in this one")
    held.add_argument("--json", action="store_true", help="one JSON object a line")
    held.set_defaults(command=lambda asked: run(lambda exchange: _held(exchange, asked)))

    confirm = commands.add_parser("confirm", help="say that a held document may be public: a person has looked")
    confirm.add_argument("document", metavar="DOCUMENT")
    confirm.add_argument("--by", required=True, metavar="NAME", help="who has looked")
    confirm.add_argument("--result", required=True, choices=CONFIRMING)
    confirm.add_argument("--seen", required=True, help="as `held DOCUMENT` says")
    confirm.set_defaults(command=lambda asked: run(lambda exchange: _confirm(exchange, asked)))

    alike = commands.add_parser("alike", help="which documents are like others: copies, other formats, translations")
    alike.add_argument("document", nargs="?", metavar="DOCUMENT", help="only those that are like this one")
    alike.add_argument("--json", action="store_true", help="one JSON object a line")
    alike.set_defaults(command=lambda asked: run(lambda exchange: _alike(exchange, asked)))

    relate = commands.add_parser("relate", help="say that a document is what `alike` takes it for")
    relate.add_argument("document", metavar="DOCUMENT")
    relate.add_argument("other", metavar="OTHER")
    relate.add_argument("--as", dest="relation", choices=get_args(Relation), help="default: what `alike` says")
    relate.set_defaults(command=lambda asked: run(lambda exchange: _decide(exchange, asked, Decision.ACCEPTED)))

    dismiss = commands.add_parser("dismiss", help="say that two documents have nothing to do with each other")
    dismiss.add_argument("document", metavar="DOCUMENT")
    dismiss.add_argument("other", metavar="OTHER")
    dismiss.set_defaults(
        command=lambda asked: run(lambda exchange: _decide(exchange, asked, Decision.DISMISSED)), relation=None
    )


async def _held(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    if asked.document is None:
        for document_id, waiting in (await exchange.gate.held()).items():
            told = {"document": document_id, "findings": len(waiting.unconfirmed), "seen": seen(waiting)}
            line = f"{document_id:24} {len(waiting.unconfirmed)} to look at"
            print(msgspec.json.encode(told).decode() if asked.json else line)
        return ExitCode.WELL
    document = await exchange.catalog.document(asked.document)
    record = await exchange.gate.record(document.id)
    for each in record.unconfirmed if record else ():
        where = f"page {each.page}" if each.page is not None else each.field
        print(msgspec.json.encode(each).decode() if asked.json else f"{where:12} {each.kind:18} {each.masked}")
    if record and record.held and not asked.json:
        print(f"Look at these in the document. If it may be public: confirm {document.id} --seen {seen(record)} …")
    return ExitCode.WELL


async def _confirm(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    check = PersonalDataCheck(by=asked.by, on=datetime.now(UTC).date(), result=asked.result)
    confirmed = await exchange.confirm(asked.document, check, asked.seen)
    await exchange.catch_up()
    missing = missing_to_publish(confirmed)
    print(
        f"{confirmed.id}: {confirmed.visibility.value}" + (f", until it has: {', '.join(missing)}" if missing else "")
    )
    return ExitCode.WELL


async def _alike(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    for each in await exchange.resemblances.of(asked.document, Decision.OPEN):
        line = f"{each.document:24} {each.other:24} {each.kind:12} {each.score:.2f}"
        print(msgspec.json.encode(each).decode() if asked.json else line)
    return ExitCode.WELL


async def _decide(exchange: Exchange, asked: argparse.Namespace, decision: Decision) -> ExitCode:
    await exchange.decide(asked.document, asked.other, decision, asked.relation)
    await exchange.catch_up()
    return ExitCode.WELL
