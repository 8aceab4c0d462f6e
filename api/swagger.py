"""/docs: Swagger UI from this server alone, under a policy that lets it load nothing else.

The two files come from the package ``fastapi-swagger``, of which no code is run: version 0.4.64 carries
swagger-ui-dist 5.34.0 unchanged (both files were compared with the published ones by SHA-256).
"""

from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pressqa API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>The description itself is at <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
"""

_KEPT = {"Cache-Control": "public, max-age=3600"}


def _assets() -> Path:
    """Return the folder with Swagger UI's files; the package that holds it is found, not imported."""
    spec = find_spec("fastapi_swagger")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fastapi-swagger is not installed: run `make setup`")
    return Path(spec.origin).parent / "resources"


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs and the four things that it loads, all by relative address."""
    folder = _assets()

    async def page(request: Request) -> Response:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": POLICY})

    async def start(request: Request) -> Response:
        return Response(_START, media_type="text/javascript", headers=_KEPT)

    async def bundle(request: Request) -> Response:
        return FileResponse(folder / "swagger-ui-bundle.js", media_type="text/javascript", headers=_KEPT)

    async def style(request: Request) -> Response:
        return FileResponse(folder / "swagger-ui.css", media_type="text/css", headers=_KEPT)

    app.add_route("/docs", page, include_in_schema=False)
    app.add_route("/docs/start.js", start, include_in_schema=False)
    app.add_route("/docs/swagger-ui-bundle.js", bundle, include_in_schema=False)
    app.add_route("/docs/swagger-ui.css", style, include_in_schema=False)
