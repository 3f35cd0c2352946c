"""The pages' files.

Only what was loaded at start is served.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from api.deps import PartsIn

router = APIRouter(include_in_schema=False)

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, max-age=3600"


@router.get("/static/{name:path}")
def get_asset(name: str, request: Request, parts: PartsIn) -> Response:
    """One file, packed where the browser takes that."""
    assets = parts.pages.assets
    asset = assets.get(name)
    if asset is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such file")
    etag = f'"{asset.mark}"'
    marked = request.query_params.get("v") == asset.mark
    headers = {"ETag": etag, "Cache-Control": _FOR_EVER if marked else _ASK_AGAIN, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if asset.packs and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            assets.packed(name), headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.media_type
        )
    return Response(asset.content, headers=headers, media_type=asset.media_type)


@router.get("/favicon.ico")
def get_favicon(parts: PartsIn) -> Response:
    """Browsers ask for this name whatever the page says; they all read SVG."""
    asset = parts.pages.assets.get("favicon.svg")
    if asset is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such file")
    return Response(asset.content, headers={"Cache-Control": _ASK_AGAIN}, media_type=asset.media_type)
