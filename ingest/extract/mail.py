"""The text of an e-mail, and the files attached to it."""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parsedate_to_datetime

from ingest.extract.attached import MOST_ATTACHED, attached_name, left_out
from ingest.extract.charset import decode
from ingest.extract.clues import dated, titled, written_by
from ingest.extract.contract import Extract, Source
from ingest.extract.html import web_page
from ingest.extract.pages import numbered, paginate
from ingest.extract.plain import paragraphs
from library.language import clean

_MEDIA_TYPE = "message/rfc822"
_LONGEST_HEAD = 64_000
"""Bytes of the lines before the text, of which some mails have millions."""
_LONGEST_LINE = 2_000
"""Characters of one of them that are looked at: enough for every title, and for no harm."""
_DEEPEST = 20
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_OF_MAILS = frozenset(
    {"text/calendar", "application/pgp-signature", "application/pkcs7-signature", "message/delivery-status"}
)
"""What programs attach, not people."""
_TEXTS = {"text/plain", "text/html"}


class _OldLetters(Compat32):
    """How heads are read: what stands in them without being encoded, as old programs wrote it, as it reads best."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002  # its name is of no matter
        # Python has the bytes beyond ASCII as surrogates, and would show each as a question mark.
        return value if value.isascii() else decode(value.encode("utf-8", "surrogateescape"))


def read_mail(source: Source) -> Extract:
    mail = message_from_bytes(_with_short_head(source.file.read()), policy=_OldLetters())
    parts = list(_parts(mail, _DEEPEST))
    attached = [part for part in parts if _is_attached(part)]
    for number, part in enumerate(attached[:MOST_ATTACHED], 1):
        source.on_enclosed(_name(part, number), [_content(part)])
    title = _line(mail, "Subject")
    lines = [part_text for part in _chosen(parts) for part_text in _text(part)]
    pages, notes = numbered(paginate([title, *lines] if lines else [title]), source.limits)
    return Extract(
        pages=pages,
        media_type=_MEDIA_TYPE,
        clues=(
            *titled("subject", re.sub(r"^(?:(?:re|fwd?|odp)\s*:\s*)+", "", title, flags=re.IGNORECASE)),
            *written_by("sender", [_sender(mail)]),
            *dated("head", _sent(mail), "high"),
        ),
        enclosed=len(attached[:MOST_ATTACHED]),
        notes=(*notes, *left_out(len(attached))),
    )


def _with_short_head(raw: bytes) -> bytes:
    end = _HEAD_END.search(raw)
    if end is None or end.start() <= _LONGEST_HEAD:
        return raw
    return raw[: raw.rfind(b"\n", 0, _LONGEST_HEAD)] + b"\n\n" + raw[end.end() :]


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """All parts that hold something, in order; what is nested deeper is left out."""
    if not depth:
        return
    if not message.is_multipart() or message.get_content_maintype() != "multipart":
        yield message  # which may say that it has parts
    elif message.get_content_type() == "multipart/alternative":
        yield from _best_of(message, depth)
    elif message.get_content_type() == "multipart/related":
        yield from _root_of(message, depth)
    else:
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _parts(part, depth - 1)


def _best_of(message: Message, depth: int) -> Iterator[Message]:
    """Of the same text in several forms, the plain one where it says anything."""
    forms = [list(_parts(part, depth - 1)) for part in message.get_payload() if isinstance(part, Message)]
    chosen = next(filter(_is_plain, forms), forms[-1] if forms else [])
    yield from chosen
    yield from (part for form in forms if form is not chosen for part in form if _is_attached(part))


def _root_of(message: Message, depth: int) -> Iterator[Message]:
    """A page without the pictures and scripts that it is shown with: mails, and pages saved as one file (MHTML)."""
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    for root in parts[:1]:
        yield from _parts(root, depth - 1)
    yield from (part for part in parts[1:] if part.get_content_disposition() == "attachment")


def _is_plain(form: Iterable[Message]) -> bool:
    return any(part.get_content_type() == "text/plain" and _content(part).strip() for part in form)


def _chosen(parts: Iterable[Message]) -> Iterator[Message]:
    return (part for part in parts if part.get_content_type() in _TEXTS and not _is_attached(part))


def _is_attached(part: Message) -> bool:
    if part.get_content_type() in _OF_MAILS:
        return False
    if part.get_content_type() == "message/rfc822" or part.get_content_disposition() == "attachment":
        return True
    if part.get_content_maintype() == "image":
        return False  # shown in the text: logos, signatures
    return part.get_content_maintype() != "text" or bool(part.get_filename())


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822":
        enclosed = part.get_payload(0) if part.is_multipart() else None
        return enclosed.as_bytes() if isinstance(enclosed, Message) else b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message) -> Iterator[str]:
    content = _content(part)
    if part.get_content_type() == "text/html":
        yield from web_page(content, part.get_content_charset("")).lines
    else:
        yield from paragraphs(decode(content, part.get_content_charset("")).replace("\r\n", "\n"))


def _name(part: Message, number: int) -> str:
    name = _decoded(part.get_filename() or "")
    if part.get_content_type() == "message/rfc822":
        return attached_name(f"{name or number}.eml".replace(".eml.eml", ".eml"), number)
    return attached_name(name, number)


def _line(mail: Message, name: str) -> str:
    return " ".join(clean(_decoded(str(mail.get(name, ""))[:_LONGEST_LINE])).split())


def _decoded(line: str) -> str:
    """With the letters that `=?charset?…?=` stands for."""
    try:
        return "".join(
            piece if isinstance(piece, str) else decode(piece, charset or "") for piece, charset in decode_header(line)
        )
    except ValueError:
        return line


def _sender(mail: Message) -> str:
    """The name before the address, if there is one."""
    name, bracket, _ = _line(mail, "From").partition("<")
    return name.strip(' "') if bracket else ""


def _sent(mail: Message) -> str:
    try:
        return parsedate_to_datetime(_line(mail, "Date")).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""
