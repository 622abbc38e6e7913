"""Where the library's settings come from: the defaults here, then a TOML file, then the environment (LIBRARY_*)."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from library.errors import LibraryError

PREFIX = "LIBRARY_"


class Secret(str):
    """A text that no log and no message shows."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'" if self else "''"


class BadSettings(LibraryError):
    code = "bad-settings"
    title = "The settings cannot be used"


Positive = Annotated[int, Meta(ge=1)]
NotNegative = Annotated[int, Meta(ge=0)]


class Memory(Struct, frozen=True):
    """How `memory_mb` is divided, in bytes."""

    index: int
    """What was read of the index."""
    shown: int
    """Documents and pages that were shown."""
    answers: int
    """Answers, before they are written."""
    written: int
    """Answers as they went out."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. Each field is also a name in the TOML file and, in capitals after `LIBRARY_`, in
    the environment."""

    data: Path = Path("data")
    """The folder that holds everything: catalogue, files, index."""
    index: str = ""
    """The engine's URL; empty: `whoosh://` in the data folder."""
    memory_mb: Positive = 72
    """What each process keeps in memory of what it has read and worked out, at most, beside what it needs to run; more
    means that less is read anew. From some 30,000 documents on, give it 400."""
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    workers: Positive = 1
    """Web processes."""
    public_url: str = ""
    """The address under which the library is known outside, such as `https://library.example`; empty: the one that each
    request names. It stands in exports, feeds and harvests."""
    anonymous: bool = True
    """Whether somebody without a key may search what is public."""
    requests_per_minute: NotNegative = 600
    """From one address without a key; 0: as many as come."""
    key_requests_per_minute: NotNegative = 6_000
    """With one key, or of one person who is signed in; 0: as many as come."""
    wrong_keys_per_minute: NotNegative = 20
    """From one address, before keys from there are not even looked at; 0: as many as come."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""
    log_format: Literal["json", "text"] = "json"
    """How the web processes write their log: an object a line, or for reading."""
    log_queries: bool = False
    """Whether the log may say what people look for."""
    unfound_askings: NotNegative = 0
    """How often a question that finds nothing must have been asked before staff are shown it; 0: such questions are not
    kept, and those that were are forgotten."""
    oidc_issuer: str = ""
    """The OpenID Connect provider at which people sign in, as it calls itself; empty: nobody can."""
    oidc_client_id: str = ""
    oidc_client_secret: Secret = Secret("")
    oidc_organisation_claim: str = "organisation"
    """What the provider calls a person's organisation, by its id here, for people who are in no table."""
    oidc_role_claim: str = "role"
    session_hours: Positive = 12
    """After which somebody must sign in again."""
    cors_origins: tuple[str, ...] = ()
    """Pages of which other sites may call the API from a browser, such as `https://partner.example`; `*`: of any."""
    upload_bytes: Positive = 200_000_000
    """The largest file taken over HTTP."""
    batch_bytes: Positive = 1_000_000_000
    """The most that several files together may have that are sent over HTTP at once."""
    file_bytes: Positive = 500_000_000
    """The largest file that is read at all."""
    read_seconds: Positive = 120
    """Wall and processor time that reading one file may take."""
    read_memory_mb: Positive = 1024
    """Address space that reading one file may use."""
    read_pages: Positive = 5_000
    read_characters: Positive = 20_000_000
    ocr_pages: Positive = 1_000
    """Pages of one file that are read by their picture."""
    tessdata: str = ""
    """The folder of Tesseract's language files; empty: where systems keep them."""
    warm: bool = True
    """Whether suggestions are made ready when the index has changed and rests; else who types first waits."""
    worker_nice: Annotated[int, Meta(ge=0, le=19)] = 10
    """How much the worker and its readers give way to those who search on the same processors; 0: not at all."""
    follow_seconds: Positive = 600
    """How long one connection may follow what goes on with a file."""
    free_mb: Positive = 200
    """Room on the disk below which nothing new is taken in."""

    @property
    def memory(self) -> Memory:
        tenth = (self.memory_mb << 20) // 10
        return Memory(index=7 * tenth, shown=tenth, answers=tenth, written=tenth)

    @property
    def index_url(self) -> str:
        return self.index or f"whoosh://{self.data.resolve()}/index"

    @property
    def database(self) -> Path:
        return self.data / "library.sqlite"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def facsimiles(self) -> Path:
        return self.data / "facsimiles"


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in force. `LIBRARY_SETTINGS` names the TOML file, if there is one.

    Raises BadSettings, which names the setting that is unknown or whose value cannot be used.
    """
    named = {name[len(PREFIX) :].lower(): value for name, value in environment.items() if name.startswith(PREFIX)}
    path = named.pop("settings", None)
    return _checked(_read(Path(path)) if path else {}, named)


def spoken_language(environment: Mapping[str, str] = os.environ) -> str:
    """The language in which somebody at a command line is told things: two letters of LC_ALL, LC_MESSAGES or LANG;
    empty where none says any."""
    said = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, said), "").partition("_")[0].lower()


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"the settings file {path} cannot be read: {error}") from error


def _checked(from_file: dict[str, object], from_environment: dict[str, str]) -> Settings:
    # Text from the environment may stand for a number or a yes; TOML has types of its own, which must be right.
    try:
        typed = msgspec.convert(from_file, Settings, dec_hook=_typed)
        spoken = msgspec.convert(_lists(from_environment), Settings, strict=False, dec_hook=_typed)
    except msgspec.ValidationError as error:
        known = ", ".join(field for field in Settings.__struct_fields__)
        raise BadSettings(f"{error}; the settings are: {known}") from error
    return msgspec.structs.replace(typed, **{name: getattr(spoken, name) for name in from_environment})


def _lists(from_environment: Mapping[str, str]) -> dict[str, object]:
    """With several values between commas where a setting takes several."""
    several = {field.name for field in msgspec.structs.fields(Settings) if field.type == tuple[str, ...]}
    return {
        name: [each.strip() for each in text.split(",") if each.strip()] if name in several else text
        for name, text in from_environment.items()
    }


def _typed(kind: type, value: object) -> object:
    if kind in (Path, Secret) and isinstance(value, str):
        return kind(value)
    raise NotImplementedError
