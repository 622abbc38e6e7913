"""The web process as it is served: the web door, with the limited child that draws pages for its reader.

It stands above both doors, since neither knows the other.
"""

import logging

from ingest.drawing import ChildDrawer
from library.settings import load_settings
from library.web.app import create_app
from library.web.logs import log_as_json
from library.web.requests import EveryRequest


def app_from_environment() -> EveryRequest:
    """What an ASGI server is told to start, in each of its processes."""
    settings = load_settings()
    if settings.log_format == "json":
        log_as_json()
    else:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return create_app(settings, drawer=ChildDrawer(settings))
