"""The commands with which staff decide about documents: personal data, copies and translations."""

import argparse
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec

from ingest.spoken import say_lang
from library.command import ExitCode, run
from library.exchange import Exchange
from library.gate import CONFIRMING, seen
from library.model import DocumentId, PersonalDataCheck, Relation, missing_to_publish, title_of
from library.resemblances import Decision
from library.words import words


def add_desk_commands(commands: Any) -> None:
    """Add them to what `argparse` gives for subcommands."""
    held = commands.add_parser("held", help="what is not public yet because personal data may be in it")
    held.add_argument("document", nargs="?", metavar="DOCUMENT", help="what was found in this one")
    held.add_argument("--json", action="store_true", help="one JSON object a line")
    say_lang(held)
    held.set_defaults(command=lambda asked: run(lambda exchange: _held(exchange, asked), asked.lang))

    confirm = commands.add_parser("confirm", help="say that a held document may be public: a person has looked")
    confirm.add_argument("document", metavar="DOCUMENT")
    confirm.add_argument("--by", required=True, metavar="NAME", help="who has looked")
    confirm.add_argument("--result", required=True, choices=CONFIRMING)
    confirm.add_argument("--seen", required=True, help="as `held DOCUMENT` says")
    say_lang(confirm)
    confirm.set_defaults(command=lambda asked: run(lambda exchange: _confirm(exchange, asked), asked.lang))

    alike = commands.add_parser("alike", help="which documents are like others: copies, other formats, translations")
    alike.add_argument("document", nargs="?", metavar="DOCUMENT", help="only those that are like this one")
    alike.add_argument("--json", action="store_true", help="one JSON object a line")
    say_lang(alike)
    alike.set_defaults(command=lambda asked: run(lambda exchange: _alike(exchange, asked), asked.lang))

    relate = commands.add_parser("relate", help="say that a document is what `alike` takes it for")
    relate.add_argument("document", metavar="DOCUMENT")
    relate.add_argument("other", metavar="OTHER")
    relate.add_argument("--as", dest="relation", choices=get_args(Relation), help="default: what `alike` says")
    say_lang(relate)
    relate.set_defaults(
        command=lambda asked: run(lambda exchange: _decide(exchange, asked, Decision.ACCEPTED), asked.lang)
    )

    dismiss = commands.add_parser("dismiss", help="say that two documents have nothing to do with each other")
    dismiss.add_argument("document", metavar="DOCUMENT")
    dismiss.add_argument("other", metavar="OTHER")
    say_lang(dismiss)
    dismiss.set_defaults(
        command=lambda asked: run(lambda exchange: _decide(exchange, asked, Decision.DISMISSED), asked.lang),
        relation=None,
    )


async def _held(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    told = words(asked.lang)
    if asked.document is None:
        held = await exchange.gate.held()
        titles = await _titles(exchange, held)
        for document_id, waiting in held.items():
            findings = len(waiting.unconfirmed)
            shown = {"document": document_id, "findings": findings, "seen": seen(waiting)}
            line = told.report["to_look_at"].format(
                document=document_id, findings=findings, title=titles.get(document_id, "")
            )
            print(msgspec.json.encode(shown).decode() if asked.json else line)
        return ExitCode.WELL
    document = await exchange.catalog.document(asked.document)
    record = await exchange.gate.record(document.id)
    for each in record.unconfirmed if record else ():
        where = told.report["page"].format(page=each.page) if each.page is not None else told.of_place(each.field)
        line = f"{where:12} {told.kind[each.kind]:22} {each.masked}"
        print(msgspec.json.encode(each).decode() if asked.json else line)
    if record and record.held and not asked.json:
        print(told.report["look"].format(document=document.id, seen=seen(record)))
    return ExitCode.WELL


async def _confirm(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    check = PersonalDataCheck(by=asked.by, on=datetime.now(UTC).date(), result=asked.result)
    confirmed = await exchange.editing.confirm(asked.document, check, asked.seen)
    await exchange.catch_up()
    missing = missing_to_publish(confirmed)
    told = words(asked.lang)
    said = told.report["confirmed_missing" if missing else "confirmed"]
    print(said.format(document=confirmed.id, visibility=confirmed.visibility.value, missing=told.of_fields(missing)))
    return ExitCode.WELL


async def _alike(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    kinds = words(asked.lang).kind
    found = await exchange.resemblances.of(asked.document, Decision.OPEN)
    titles = await _titles(exchange, {name for each in found for name in (each.document, each.other)})
    for each in found:
        both = f"{titles.get(each.document, '')} | {titles.get(each.other, '')}"
        line = f"{each.document:14} {each.other:14} {kinds[each.kind]}, {each.score:.2f}: {both}"
        print(msgspec.json.encode(each).decode() if asked.json else line)
    return ExitCode.WELL


async def _titles(exchange: Exchange, ids: Collection[DocumentId]) -> dict[DocumentId, str]:
    return {name: title_of(document) for name, document in (await exchange.catalog.documents(list(ids))).items()}


async def _decide(exchange: Exchange, asked: argparse.Namespace, decision: Decision) -> ExitCode:
    await exchange.editing.decide(asked.document, asked.other, decision, asked.relation)
    await exchange.catch_up()
    return ExitCode.WELL
