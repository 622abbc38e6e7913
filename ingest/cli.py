"""python -m ingest: what staff do with files."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from ingest.batch import (
    Descriptions,
    Outcome,
    descriptions,
    files_in,
    hand_in,
    known_as,
    named_anew,
    outcome_of,
    refused,
    rows_without_file,
    table_of,
    what_is_wrong,
    wrong_rows,
)
from ingest.desk import add_desk_commands
from ingest.extract import READERS
from ingest.log import log_to_stderr
from ingest.names import readable
from ingest.progress import JsonReport, PersonReport, Report, report_lines
from ingest.rereading import outdated, outdated_archives, queue, queue_archives
from ingest.spoken import say_lang
from ingest.watch import DONE, FAILED, Watched, keep_watching
from ingest.worker import follow, give_way, work_with_others
from library.batches import EVERYTHING
from library.command import ExitCode, complain, run
from library.errors import BadRequest
from library.exchange import Exchange
from library.jobs import IngestJob, JobState
from library.language import LANGUAGES
from library.model import Visibility
from library.said import REPLACES
from library.sidecars import SIDECAR
from library.words import Words, words

LOOK_EVERY = 0.2
"""Seconds between two looks at how a batch is doing."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # it has no public name


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is returned."""
    asked = parser().parse_args(arguments)
    code: int = asked.command(asked)
    return code


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="good-practice-ingest", description="Bring documents into the library.")
    root.epilog = "Exit codes: 0 all well, 1 some files failed, 2 usage, 3 library not reachable, 130 interrupted."
    commands = root.add_subparsers(metavar="COMMAND", required=True)
    _ways_in(commands)
    _what_becomes_of_it(commands)
    _on_and_off(commands)
    _corrections(commands)
    return root


def _ways_in(commands: Commands) -> None:
    add = commands.add_parser("add", help="take files in, with all that is in folders")
    add.add_argument("paths", nargs="+", type=Path, metavar="FILE|FOLDER")
    add.add_argument("--organisation", metavar="ID", help="who shares them; needed where there are several")
    add.add_argument(
        "--metadata",
        type=Path,
        metavar="FILE",
        help="a table (CSV or XLSX) with a row for each file, or a TOML description of all; "
        f"report.pdf{SIDECAR} beside report.pdf describes one",
    )
    add.add_argument("--dry-run", action="store_true", help="only say what in the descriptions cannot be used")
    add.add_argument("--visibility", choices=[each.value for each in Visibility], help="default: members")
    add.add_argument("--replaces", metavar="DOCUMENT", help="the one file is the next version of this document")
    add.add_argument("--submitted-by", default="", metavar="NAME", help="who answers for them")
    add.add_argument("--queue-only", action="store_true", help="keep them safe and leave reading to a worker")
    add.add_argument("--json", action="store_true", help="one JSON object a line")
    say_lang(add)
    add.set_defaults(
        command=lambda asked: run(lambda exchange: (_check if asked.dry_run else _add)(exchange, asked), asked.lang)
    )

    watch = commands.add_parser("watch", help="take in what comes into a folder, until interrupted")
    watch.add_argument("folder", type=Path, metavar="FOLDER", help=f"what ended goes into {DONE}/ and {FAILED}/ in it")
    watch.add_argument("--organisation", metavar="ID", help="who shares what comes; needed where there are several")
    watch.add_argument("--visibility", choices=[each.value for each in Visibility], help="default: members")
    watch.add_argument("--submitted-by", default="", metavar="NAME", help="who answers for it")
    watch.add_argument(
        "--settle", type=float, default=5.0, metavar="SECONDS", help="how long a file must not change; default: 5"
    )
    say_lang(watch)
    watch.set_defaults(command=lambda asked: run(lambda exchange: _watch(exchange, asked), asked.lang))


def _what_becomes_of_it(commands: Commands) -> None:
    worker = commands.add_parser("work", help="read what waits")
    worker.add_argument("--follow", action="store_true", help="then wait for more, until interrupted")
    worker.set_defaults(command=lambda asked: run(_follow if asked.follow else _work))

    jobs = commands.add_parser("jobs", help="what became of files, the newest first")
    jobs.add_argument("--state", choices=[state.value for state in JobState])
    jobs.add_argument("--limit", type=int, default=100, metavar="N")
    jobs.add_argument("--json", action="store_true", help="one JSON object a line")
    say_lang(jobs)
    jobs.set_defaults(command=lambda asked: run(lambda exchange: _jobs(exchange, asked), asked.lang))

    retry = commands.add_parser("retry", help="read failed files again")
    retry.add_argument("job", nargs="*", metavar="JOB", help="as `jobs` names it; none: all that failed")
    retry.add_argument("--failed", action="store_true", help="all that failed: what is done where nothing is named")
    retry.add_argument("--batch", metavar="BATCH", help="only those of this batch")
    retry.add_argument(
        "--code", metavar="CODE", help="those that ended with it, such as needs-ocr, done in part or not"
    )
    say_lang(retry)
    retry.set_defaults(command=lambda asked: run(lambda exchange: _retry(exchange, asked), asked.lang))

    again = commands.add_parser("reread", help="read originals again by better readers, in the background")
    again.add_argument(
        "documents", nargs="*", metavar="DOCUMENT", help="none: all that older readers read, archives too"
    )
    again.add_argument(
        "--older-than", type=int, metavar="VERSION", help=f"of the readers; default: {READERS}, the present"
    )
    again.add_argument(
        "--format", default="", metavar="FORMAT", help="only files whose name or media type ends so: pdf"
    )
    say_lang(again)
    again.set_defaults(command=lambda asked: run(lambda exchange: _reread(exchange, asked), asked.lang))

    report = commands.add_parser("report", help="how a batch is doing, or ended: by reason, with what helps")
    report.add_argument("batch", nargs="?", metavar="BATCH", help="none: the newest")
    say_lang(report)
    report.set_defaults(command=lambda asked: run(lambda exchange: _report(exchange, asked), asked.lang))


def _on_and_off(commands: Commands) -> None:
    pause = commands.add_parser("pause", help="begin no more files until `resume`")
    pause.add_argument("batch", nargs="?", default=EVERYTHING, metavar="BATCH", help="none: of any batch")
    say_lang(pause)
    pause.set_defaults(command=lambda asked: run(lambda exchange: _pause(exchange, asked), asked.lang))

    resume = commands.add_parser("resume", help="go on after `pause`")
    resume.add_argument("batch", nargs="?", default=EVERYTHING, metavar="BATCH", help="as with `pause`")
    say_lang(resume)
    resume.set_defaults(command=lambda asked: run(lambda exchange: _resume(exchange, asked), asked.lang))


def _corrections(commands: Commands) -> None:
    language = commands.add_parser("language", help="correct the language of a document or of one of its pages")
    language.add_argument("document", metavar="DOCUMENT")
    language.add_argument("language", metavar="LANGUAGE", help=f"one of {', '.join(LANGUAGES)}")
    language.add_argument("--page", type=int, help="only this page")
    say_lang(language)
    language.set_defaults(command=lambda asked: run(lambda exchange: _say_language(exchange, asked), asked.lang))

    add_desk_commands(commands)

    withdraw = commands.add_parser("withdraw", help="take a document out of the library")
    withdraw.add_argument("document", metavar="DOCUMENT")
    withdraw.add_argument("--reason", required=True, help="kept in the audit trail")
    say_lang(withdraw)
    withdraw.set_defaults(command=lambda asked: run(lambda exchange: _withdraw(exchange, asked), asked.lang))


async def _add(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    organisation = await _organisation(exchange, asked.organisation)
    told, files = words(asked.lang), files_in(asked.paths, asked.metadata)
    table = table_of(asked.metadata)
    if table is not None and (wrong := wrong_rows(files, table, told)):
        complain("\n".join(wrong))
        return ExitCode.USAGE
    said = descriptions(asked.metadata, asked.visibility, files)
    if asked.replaces is not None:
        if len(files) != 1:
            raise BadRequest(f"one file is the next version of a document, and here are {len(files)}")
        said = Descriptions({**said.for_all, REPLACES: asked.replaces}, said.by_name)
    report = JsonReport() if asked.json else PersonReport(told)
    report.begin(len(files))
    try:
        jobs: dict[str, str] = {}
        batches: set[str] = set()
        paths = iter(files)
        async for news in hand_in(exchange, files, said, organisation=organisation, submitted_by=asked.submitted_by):
            path = next(paths)
            match news:
                case Outcome():
                    report.ended(news)
                case IngestJob() if news.id in jobs:  # the same file lies there twice
                    report.ended(known_as(news, readable(path.name)))
                case IngestJob():
                    jobs[news.id] = readable(path.name)
                    batches.add(news.batch)
        if not asked.queue_only:
            await _see_through(exchange, jobs, report)
    finally:
        alike = sum([await exchange.resemblances.open_in(batch) for batch in batches])
        report.finish(paused=await exchange.batches.paused(EVERYTHING), alike=alike)
    without_file = [] if table is None else rows_without_file(files, table, told)
    for sentence in without_file:
        complain(sentence)
    return ExitCode.SOME_FAILED if report.counts["failed"] or without_file else ExitCode.WELL


async def _see_through(exchange: Exchange, jobs: Mapping[str, str], report: Report) -> None:
    """Work until all these jobs have ended, here or in a worker that runs already, and everything can be found. Each
    comes with the name that its file was handed in under now."""
    working = asyncio.create_task(work_with_others(exchange))
    open_jobs = set(jobs)
    try:
        while not working.done():
            await asyncio.wait([working], timeout=LOOK_EVERY)
            # What an archive encloses ends later than the archive, and may enclose more.
            while ended := [job for job in await exchange.inbox.these(open_jobs) if outcome_of(job) is not None]:
                for job in ended:
                    await _tell_end(exchange, job, open_jobs, report, jobs.get(job.id, job.name))
            report.at_work([job for job in await exchange.inbox.these(open_jobs) if job.state is JobState.WORKING])
        working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _tell_end(exchange: Exchange, job: IngestJob, open_jobs: set[str], report: Report, name: str) -> None:
    """Of a job that has ended; the jobs of the files that its own encloses are open from now on."""
    enclosed = await exchange.inbox.enclosed_in(job)
    report.expect(len(enclosed))
    open_jobs.remove(job.id)
    open_jobs.update(each.id for each in enclosed)
    if (outcome := outcome_of(job)) is not None:
        report.ended(outcome if name == job.name else named_anew(outcome, name))


async def _check(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    """What in the table and in the descriptions beside the files cannot be used; nothing is taken in."""
    organisation = await _organisation(exchange, asked.organisation)
    told = words(asked.lang)
    files = files_in(asked.paths, asked.metadata)
    wrong = what_is_wrong(files, asked.metadata, told)
    async for path, code in refused(exchange, files, asked.metadata, organisation):
        failure = told.of_failure(code)
        wrong.append(f"{readable(path.name)}: {failure.what} {failure.cure}")
    for sentence in wrong:
        print(sentence)
    if not wrong:
        print(told.report["good"])
    return ExitCode.SOME_FAILED if wrong else ExitCode.WELL


async def _watch(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    if not asked.folder.is_dir():
        raise BadRequest(f"there is no folder {asked.folder}; make it, then watch it")
    watched = Watched(
        folder=asked.folder,
        said=descriptions(None, asked.visibility),
        organisation=await _organisation(exchange, asked.organisation),
        submitted_by=asked.submitted_by,
        told=words(asked.lang),
    )
    log_to_stderr()
    give_way(exchange.settings)
    await asyncio.gather(keep_watching(exchange, watched, asked.settle), follow(exchange))
    return ExitCode.WELL


async def _organisation(exchange: Exchange, named: str | None) -> str:
    """Whose files these are, where their descriptions do not say: the one that was named, or the only one there is."""
    if named is not None:
        return (await exchange.accounts.organisation(named)).id
    known = [each.id for each in await exchange.accounts.organisations()]
    if not known:
        raise BadRequest("there is no organisation yet: good-practice organisations add ID --name NAME")
    return known[0] if len(known) == 1 else ""


async def _work(exchange: Exchange) -> ExitCode:
    give_way(exchange.settings)
    await work_with_others(exchange)
    return ExitCode.WELL


async def _follow(exchange: Exchange) -> ExitCode:
    give_way(exchange.settings)
    log_to_stderr()
    await follow(exchange)
    return ExitCode.WELL


async def _jobs(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    state = JobState(asked.state) if asked.state else None
    for job in await exchange.inbox.jobs(state=state, limit=asked.limit):
        print(msgspec.json.encode(job).decode() if asked.json else _line(job, words(asked.lang)))
    return ExitCode.WELL


def _line(job: IngestJob, told: Words) -> str:
    standing = told.of_step(job.step if job.state is JobState.WORKING else job.state, job.page, job.pages)
    others = [told.report["other_name"].format(file=name) for name in job.other_names]
    more = "; ".join(filter(None, (told.why(job.code, job.detail), *map(told.of_detail, job.notes), *others)))
    return f"{job.id:14} {standing:22} {job.name}  {more}".rstrip()


async def _retry(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    if asked.code:
        retried = await exchange.inbox.retry_coded(asked.code)
    elif asked.job:
        retried = sum([await exchange.inbox.retry(job) for job in asked.job])
    else:
        retried = await exchange.inbox.retry(batch=asked.batch)
    print(_report_words(asked)["retried"].format(files=retried))
    return ExitCode.WELL


async def _reread(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    for document_id in asked.documents:
        await exchange.catalog.document(document_id)
    batch = (await exchange.batches.open("", "reread")).id
    if asked.documents:
        queued = await queue(exchange, asked.documents, batch)
    else:
        queued = await queue(exchange, await outdated(exchange, asked.older_than, asked.format), batch)
        archives = await outdated_archives(exchange, asked.older_than, asked.format)
        queued += await queue_archives(exchange, archives, batch)
    print(_report_words(asked)["reread"].format(files=queued, batch=batch))
    return ExitCode.WELL


async def _report(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    if asked.batch is None:
        newest = await exchange.batches.newest(None, 1)
        if not newest:
            raise BadRequest("nothing has been handed in yet: good-practice-ingest add FOLDER")
        batch = newest[0]
    else:
        batch = await exchange.batches.batch(asked.batch)
    told, tally = words(asked.lang), await exchange.batches.tally(batch.id)
    counts = Counter(
        done=tally.done, known=tally.known, failed=tally.failed, waiting=tally.waiting + tally.working + tally.indexing
    )
    for job in await exchange.inbox.jobs(state=JobState.WORKING, batch=batch.id):
        print(f"{job.name}: {told.of_step(job.step, job.page, job.pages)}")
    alike = await exchange.resemblances.open_in(batch.id)
    paused = await exchange.batches.pauses(batch.id)
    for line in report_lines(told, counts, tally.reasons, paused=paused, alike=alike, known_as=tally.known_as):
        print(line)
    return ExitCode.SOME_FAILED if tally.failed else ExitCode.WELL


async def _pause(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    await exchange.batches.pause(asked.batch, "the command line")
    print(_report_words(asked)["pausing"].format(batch=f" {asked.batch}" if asked.batch != EVERYTHING else ""))
    return ExitCode.WELL


async def _resume(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    await exchange.batches.resume(asked.batch)
    print(_report_words(asked)["going_on"])
    return ExitCode.WELL


async def _say_language(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    await exchange.editing.say_language(asked.document, asked.language, asked.page)
    await exchange.catch_up()
    said = "language" if asked.page is None else "page_language"
    print(_report_words(asked)[said].format(document=asked.document, page=asked.page, language=asked.language))
    return ExitCode.WELL


async def _withdraw(exchange: Exchange, asked: argparse.Namespace) -> ExitCode:
    await exchange.withdraw(asked.document, asked.reason)
    await exchange.catch_up()
    print(_report_words(asked)["withdrawn"].format(document=asked.document))
    return ExitCode.WELL


def _report_words(asked: argparse.Namespace) -> Mapping[str, str]:
    return words(asked.lang).report
