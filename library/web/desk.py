"""The staff desk: pages on which staff hand in files and see how their reading goes.

Each asks the functions of the API, and a form does what the API does; with a script, a page calls the API itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from library.errors import LibraryError, NotAllowed, NotSignedIn
from library.exchange import Exchange
from library.model import Audience, DocumentId, Role, Scope
from library.page.addresses import changed as changed_address
from library.page.batch_page import batch_page
from library.page.desk_page import desk_page
from library.page.documents_page import Refusal, documents_page
from library.page.review_page import desk_address
from library.page.wording import LANGUAGES, Wording
from library.people import csrf_token
from library.said import read_said
from library.settings import Settings
from library.web.access import TOKEN_IN_FORM, caller_of, needs, organisation_names, session_in, session_of
from library.web.batches import HandedInFile, files_in, own_batch, standing_of, taken_in
from library.web.forms import FORM_BYTES, form_of
from library.web.in_need import MOST_IN_NEED, Need
from library.web.in_need import in_need as documents_in_need_of
from library.web.jobs import MOST_JOBS, own_job, shown_job
from library.web.pages import answered, explain, parameters_in, spoken_wording
from library.web.parameters import READS_QUERY_ITSELF
from library.web.problems import meant, status_of
from library.web.results import SearchAnswer
from library.web.search import read_search, search_answer
from library.words import words

BY_FORM = {**needs(Scope.INGEST), **TOKEN_IN_FORM}
"""For the `opt` of what forms of the desk call."""
BATCHES = 8
"""The newest ones, which the desk names."""
PLACES = (("desk", "/desk"), ("documents", "/desk/documents"), ("collection", "/desk/collection"))
"""Where one gets to from every page of the desk: what it is called, and its address."""
PER_PAGE = 50
LAST_PAGE = 199
SAID_OF_ALL = ("kind", "visibility")
"""Fields of all documents that are handed in together."""


@get("/desk", include_in_schema=False, opt=needs(Scope.INGEST))
async def desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """Where staff begin."""
    spoken = spoken_wording(request)
    organisation = None if audience.role is Role.ADMIN else audience.organisation
    told = words(spoken.language)
    newest = [
        msgspec.to_builtins(await standing_of(batch, exchange, told))
        for batch in await exchange.batches.newest(organisation, BATCHES)
    ]
    in_need = msgspec.to_builtins(await documents_in_need_of(None, 1, audience, exchange))
    withdrawn = request.query_params.get("withdrawn", "")
    return await at_desk(request, "desk.html", desk_page(newest, in_need, withdrawn, spoken), spoken, here="/desk")


@get("/desk/documents", include_in_schema=False, opt={READS_QUERY_ITSELF: True, **needs(Scope.INGEST)})
async def documents_at_desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[bytes]:
    """The documents of the own organisation: all, by a search, or those that need something."""
    return await documents_shown(request, audience, exchange)


async def documents_shown(
    request: Request[Any, Any, Any],
    audience: Audience,
    exchange: Exchange,
    *,
    changed: int | None = None,
    refused: Sequence[Refusal] = (),
) -> Response[bytes]:
    """The list. `changed` says how many of the chosen ones were changed just now, `refused` which could not be."""
    spoken = spoken_wording(request)
    given = parameters_in(request, ("need", "q", "page"))
    need = "".join(given.get("need", ()))
    in_need = await documents_in_need_of(None, MOST_IN_NEED, audience, exchange)
    turns: dict[str, str] = {}
    listed: list[Any]
    if need in set(Need):
        listed = [each for each in in_need.documents if need in each.needs]
        total = in_need.counts[need]
    else:
        answer = await _own_documents(request, given, audience, exchange)
        listed, total, need = answer.items, answer.total, ""
        pages = {"previous": answer.page - 1, "next": answer.page + 1 if answer.page * PER_PAGE < total else 0}
        turns = {
            name: changed_address(given, {"page": str(page)}, "/desk/documents") for name, page in pages.items() if page
        }
    shown = documents_page(
        msgspec.to_builtins(listed),
        msgspec.to_builtins(in_need),
        total=total,
        need=need,
        q="".join(given.get("q", ())),
        turns={"previous": "", "next": "", **turns},
        changed=changed,
        refused=refused,
        wording=spoken,
    )
    return await at_desk(request, "documents.html", shown, spoken, here=changed_address(given, {}, "/desk/documents"))


async def _own_documents(
    request: Request[Any, Any, Any], given: Mapping[str, Sequence[str]], audience: Audience, exchange: Exchange
) -> SearchAnswer:
    wanted = {
        "q": list(given.get("q", ())),
        "organisation": [audience.organisation],
        "per_page": [str(PER_PAGE)],
        "page": [str(asked_number(request, LAST_PAGE))],
        "highlight": ["off"],
    }
    return await search_answer(read_search(wanted), wanted, await organisation_names(exchange), audience, exchange)


@get("/desk/batches/{batch_id:str}", include_in_schema=False, opt=needs(Scope.INGEST))
async def batch_at_desk(
    request: Request[Any, Any, Any],
    batch_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Response[bytes]:
    """How the files of a batch are doing."""
    await own_batch(batch_id, audience, exchange)
    return await _shown_batch(request, batch_id, (), exchange)


@post("/desk/batches", include_in_schema=False, opt=BY_FORM, status_code=200)
async def hand_in_at_desk(
    request: Request[Any, Any, Any], audience: NamedDependency[Audience], exchange: NamedDependency[Exchange]
) -> Response[Any]:
    """Take in what was chosen, then show how it is doing."""
    form = await form_of(request, ("file", "csrf_token", *SAID_OF_ALL), exchange.settings.batch_bytes)
    said = read_said({name: text_in(form, name) for name in SAID_OF_ALL if text_in(form, name)})
    files = files_in(form)
    batch = await exchange.batches.open(audience.organisation, audience.organisation)
    told = words(spoken_wording(request).language)
    handed_in = [await taken_in(file, said, batch, exchange, told) for file in files]
    if all(each.news in ("new", "again") for each in handed_in):
        return onwards(request, f"/desk/batches/{batch.id}")
    return await _shown_batch(request, batch.id, handed_in, exchange)


@post(
    "/desk/batches/{batch_id:str}/retry",
    include_in_schema=False,
    opt=BY_FORM,
    status_code=303,
)
async def retry_batch_at_desk(
    request: Request[Any, Any, Any],
    batch_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Let all that failed be read again."""
    await own_batch(batch_id, audience, exchange)
    await exchange.inbox.retry(batch=batch_id)
    return onwards(request, f"/desk/batches/{batch_id}")


@post(
    "/desk/jobs/{job_id:str}/retry",
    include_in_schema=False,
    opt=BY_FORM,
    status_code=303,
)
async def retry_job_at_desk(
    request: Request[Any, Any, Any],
    job_id: FromPath[str],
    audience: NamedDependency[Audience],
    exchange: NamedDependency[Exchange],
) -> Redirect:
    """Let one file that failed be read again."""
    job = await own_job(job_id, audience, exchange)
    await exchange.inbox.retry(job_id)
    return onwards(request, f"/desk/batches/{job.batch}" if job.batch else "/desk")


async def _shown_batch(
    request: Request[Any, Any, Any], batch_id: str, handed_in: Sequence[HandedInFile], exchange: Exchange
) -> Response[bytes]:
    spoken = spoken_wording(request)
    told = words(spoken.language)
    standing = await standing_of(await exchange.batches.batch(batch_id), exchange, told)
    jobs = [shown_job(job, told) for job in await exchange.inbox.jobs(batch=batch_id, limit=MOST_JOBS)]
    shown = batch_page(
        msgspec.to_builtins(standing), msgspec.to_builtins(jobs), msgspec.to_builtins(list(handed_in)), spoken
    )
    return await at_desk(request, "batch.html", shown, spoken, here=f"/desk/batches/{batch_id}")


# What all pages of the desk share ------------------------------------------------------------------------------------


async def at_desk(
    request: Request[Any, Any, Any],
    template: str,
    page: Mapping[str, Any],
    spoken: Wording,
    *,
    here: str,
    status: int = 200,
) -> Response[bytes]:
    """A page of the desk. `here` is its address without the language."""
    caller = caller_of(request)
    exchange: Exchange = request.app.state.exchange
    names = await organisation_names(exchange)
    session = session_of(request)
    shared = {
        "name": caller.name,
        "organisation": names.get(caller.audience.organisation, caller.audience.organisation),
        "csrf": csrf_token(session) if session else "",
        "places": PLACES,
        "here": here.partition("?")[0],
    }
    headers = {"Cache-Control": "no-store"}
    return answered(request, template, page, spoken, here=here, desk=shared, status=status, headers=headers)


def onwards(request: Request[Any, Any, Any], path: str, **parameters: str) -> Redirect:
    """On to another page, in the language that the address named."""
    lang = request.query_params.get("lang", "")
    given = {**parameters, **({"lang": lang} if lang in LANGUAGES else {})}
    return Redirect(f"{path}?{urlencode(given)}" if given else path, status_code=303)


def text_in(form: FormMultiDict, name: str) -> str:
    """What was typed in a field of a form; the last, where there are several."""
    given = form.getall(name, [])
    return str(given[-1]).strip() if given else ""


def texts_in(form: FormMultiDict, name: str) -> list[str]:
    """All that was chosen under this name."""
    return [each for each in form.getall(name, []) if isinstance(each, str)]


def asked_number(request: Request[Any, Any, Any], last: int) -> int:
    """The page that the address asks for, from 1 to the last; the first unless it does."""
    asked = request.query_params.get("page", "")
    return int(asked) if asked.isdecimal() and 1 <= int(asked) <= last else 1


def back_to_document(request: Request[Any, Any, Any], document_id: DocumentId, said: str) -> Redirect:
    """To the page on which staff look at a document, which says what was done."""
    return onwards(request, desk_address(document_id), said=said)


def _explain(request: Request[Any, Any, Any], error: LibraryError) -> Response[Any]:
    """Who is not signed in is asked to; who is no staff reads so on a plain page."""
    if not isinstance(error, NotSignedIn | NotAllowed):
        return explain(request, error)
    known = isinstance(error, NotAllowed)
    if not known and request.app.state.identity is not None:
        back = changed_address({}, {"lang": request.query_params.get("lang", "")}, request.url.path)
        return Redirect(
            f"/sign-in?{urlencode({'back': back if request.method == 'GET' else '/desk'})}", status_code=303
        )
    session = session_in(request)
    page = {
        "known": known,
        "csrf": csrf_token(session) if session else "",
        "name": caller_of(request).name if known else "",
    }
    spoken, headers = spoken_wording(request), {"Cache-Control": "no-store"}
    return answered(
        request, "for_staff.html", page, spoken, here="/desk", status=status_of(type(error)), headers=headers
    )


def _explain_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    return _explain(request, meant(request, error))


def desk_router(
    settings: Settings, further: Sequence[HTTPRouteHandler], with_files: Sequence[HTTPRouteHandler]
) -> Router:
    """All of the desk, with the further pages that other modules have. What comes with a file may be as large as the
    settings say."""
    return Router(
        "/",
        route_handlers=[
            desk,
            documents_at_desk,
            *further,
            batch_at_desk,
            retry_batch_at_desk,
            retry_job_at_desk,
            Router(
                "/",
                route_handlers=[hand_in_at_desk, *with_files],
                request_max_body_size=settings.batch_bytes + FORM_BYTES,
            ),
        ],
        exception_handlers={LibraryError: _explain, HTTPException: _explain_http},
    )
