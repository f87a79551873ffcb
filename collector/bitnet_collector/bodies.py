"""Reading a request's body: counted as it streams, unpacked within a bound, and of the right kind."""

from __future__ import annotations

import zlib

from fastapi import Request

from .problems import Kind, ProblemError

LIMIT = 8 * 2**20
"""Bytes that a body may have, both as sent and unpacked."""

_GZIP = 31  # zlib's wbits for a gzip header and 32 KiB of window


async def read_json_body(request: Request, limit: int = LIMIT) -> bytes:
    """Take the body's bytes, after gzip where the request says so.

    A body without a Content-Type is refused like one of another type: a foreign web page can send either
    without asking, but not `application/json`.

    Raises:
        ProblemError: 415 not JSON or an unknown encoding, 413 over `limit`, 400 broken gzip.
    """
    _check_type(request.headers.get("content-type", ""))
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", ""):
        raise ProblemError(
            Kind.UNSUPPORTED_MEDIA,
            f"the Content-Encoding {encoding[:40]!r} is not taken",
            "send the report plain or with gzip",
            headers={"Accept-Encoding": "gzip"},
        )
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit, packed=False)  # before any of it is sent, where the client waits (Expect)
    unpack = _Gunzip(limit) if encoding.endswith("gzip") else None
    body = bytearray()
    sent = 0
    async for chunk in request.stream():
        sent += len(chunk)
        body += unpack(chunk) if unpack and chunk else chunk
        if sent > limit or len(body) > limit:
            raise _too_large(limit, packed=unpack is not None)
    if unpack and not unpack.complete:
        raise _broken("the gzip data ends too early")
    return bytes(body)


def _too_large(limit: int, *, packed: bool) -> ProblemError:
    detail = f"the body is over {limit} bytes" + (" as sent or unpacked" if packed else "")
    return ProblemError(Kind.TOO_LARGE, detail, "send one report at a time; keep fewer samples")


def _check_type(content_type: str) -> None:
    media = content_type.partition(";")[0].strip().lower()
    if media == "application/json" or (media.startswith("application/") and media.endswith("+json")):
        return
    raise ProblemError(
        Kind.UNSUPPORTED_MEDIA,
        f"the Content-Type is {media[:80]!r}" if media else "the request has no Content-Type",
        "send the header Content-Type: application/json (curl: -H 'Content-Type: application/json')",
        headers={"Accept": "application/json"},
    )


class _Gunzip:
    """Unpacks gzip chunk by chunk; the sum of what it gives stays within one byte above the limit."""

    def __init__(self, limit: int) -> None:
        self._left = limit + 1
        self._unpacker = zlib.decompressobj(_GZIP)
        self.complete = False

    def __call__(self, chunk: bytes) -> bytes:
        parts = []
        while chunk and self._left > 0:
            if self.complete:  # a gzip file may hold several members in a row
                self._unpacker = zlib.decompressobj(_GZIP)
            try:
                part = self._unpacker.decompress(chunk, self._left)
            except zlib.error as error:
                raise _broken("the body is no gzip data") from error
            parts.append(part)
            self._left -= len(part)
            self.complete = self._unpacker.eof
            chunk = self._unpacker.unused_data if self.complete else self._unpacker.unconsumed_tail
        return b"".join(parts)


def _broken(detail: str) -> ProblemError:
    return ProblemError(Kind.BAD_ENCODING, detail, "send it again, or without Content-Encoding: gzip")
