"""Views as JSON; files of tables are `api.exports`.

Nothing here decides what an answer holds; the shapes are in `api.views`.
"""

from __future__ import annotations

from http import HTTPStatus

import orjson
from starlette.responses import Response


def dumped(view: object) -> bytes:
    """A view (a dataclass of `api.views`, or a list of them) as JSON."""
    return orjson.dumps(view, option=orjson.OPT_SERIALIZE_NUMPY)


def answer(view: object, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A view as a JSON response."""
    return Response(dumped(view), status, media_type="application/json")
