"""The documentation that comes with the API: its OpenAPI description, and Swagger UI to read and try it.

Swagger UI's files come from a pinned package and from nowhere else: no other host learns who reads here.
"""

import asyncio
from functools import cache
from typing import Any

from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from litestar.params import FromPath
from litestar.serialization import encode_json
from swagger_ui_bundle import swagger_ui_path

from library.errors import NotFound
from library.web.access import OPEN

KEPT = "public, max-age=86400"

# Swagger UI sets style attributes; scripts come from here only and none stands in the page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_ABOUT = """Full-text search in what organisations that assist migrants share.

Fields and parameters may be added under `/api/v1`, never renamed or removed; an unknown parameter is refused.
HEAD works wherever GET does. Every answer has `X-Request-ID`. Errors are `application/problem+json` (RFC 9457);
their `type` is the address of a page that explains them.
"""
_PAGE = b"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Good-practice library: API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
_WRITTEN = "openapi_json"
_START = b'SwaggerUIBundle({url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null});\n'
_MEDIA_TYPES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "start.js": "text/javascript",
}


def description() -> OpenAPIConfig:
    """What the OpenAPI description says of the API as a whole, and where it is shown."""
    return OpenAPIConfig(
        title="Good-practice library",
        version="1",
        description=_ABOUT,
        license=License(name="MIT", identifier="MIT"),
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", description="`Authorization: Bearer <key>`"),
                "header": SecurityScheme(type="apiKey", name="X-API-Key", security_scheme_in="header"),
            }
        ),
        render_plugins=[LocalSwagger(path="/")],
        openapi_router=Router(
            "/docs",
            route_handlers=[],
            include_in_schema=False,
            opt=OPEN,
            response_headers={"Content-Security-Policy": _POLICY},
        ),
    )


class LocalSwagger(OpenAPIRenderPlugin):
    """The page at /docs."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002  # Litestar's signature
        return _PAGE


def api_description(app: Litestar) -> dict[str, Any]:
    """The description, as it is served. What Litestar leaves out is added: that a body has no other members."""
    described = app.openapi_schema.to_schema()
    for operation in (each for item in described["paths"].values() for each in item.values()):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            if name:
                described["components"]["schemas"][name]["additionalProperties"] = False
    return described


@get("/openapi.json", opt=OPEN, include_in_schema=False, media_type=MediaType.JSON)
async def openapi_json(request: Request[Any, Any, Any]) -> bytes:
    state = request.app.state
    if _WRITTEN not in state:
        # Once a process: it takes 40 ms.
        state[_WRITTEN] = encode_json(api_description(request.app))
    written: bytes = state[_WRITTEN]
    return written


@get("/docs/assets/{name:str}", opt=OPEN, include_in_schema=False)
async def asset(name: FromPath[str]) -> Response[bytes]:
    if name not in _MEDIA_TYPES:
        raise NotFound(f"there is no asset '{name}'")
    content = await asyncio.to_thread(_content, name)
    return Response(content, media_type=_MEDIA_TYPES[name], headers={"Cache-Control": KEPT})


@cache
def _content(name: str) -> bytes:
    return _START if name == "start.js" else (swagger_ui_path / name).read_bytes()
