"""The API's contract as a file: `python -m library.web.contract > library/web/openapi.json`, or `make openapi`.

The file is the one that a front-end team generates its types from; tests hold it against what is served.
"""

import json
import sys
from importlib.resources import files
from typing import Any

from litestar.serialization import encode_json

from library.settings import Settings
from library.web.app import create_app
from library.web.docs import api_description


def described() -> dict[str, Any]:
    """The description of the API as a library with default settings serves it."""
    app = create_app(Settings()).app
    document: dict[str, Any] = json.loads(encode_json(api_description(app)))  # type: ignore[arg-type]  # it is Litestar's
    return document


def committed() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files("library.web").joinpath("openapi.json").read_text(encoding="utf-8"))
    return document


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(written(described()))
