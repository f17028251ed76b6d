"""A CSV file that grows: what is there is read, then what is added; and records of another time."""

from __future__ import annotations

import asyncio
from pathlib import Path

from twin.live.address import readable_file
from twin.live.csvrows import rows_of_csv, text_of
from twin.live.decoders import records
from twin.live.feed import FeedContext, FeedError
from twin.model.feed import FeedSpec

LOOK_EVERY_S = 0.5
AT_ONCE = 4 * 1024 * 1024


class CsvTail:
    """Follows a file as ``tail -f`` does; one that is replaced or cut is read from its beginning."""

    ttl_s = 300.0

    def __init__(self, spec: FeedSpec) -> None:
        self._path: Path = readable_file(spec.url.removeprefix("file://"))
        self._mapping = spec.options.get("mapping", {})
        self._header = b""
        self._offset = 0
        self._file = 0

    async def run(self, ctx: FeedContext) -> None:
        """Read until the feed is stopped."""
        while True:
            try:
                part = await asyncio.to_thread(self._more)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise FeedError("feed.lost", self._path.name, reason=reason) from error
            ctx.connected()
            if part:
                self._emit(ctx, part)
                await ctx.room()
                continue
            if await ctx.pause(LOOK_EVERY_S):
                return

    def _more(self) -> bytes:
        """Return whole lines that were added."""
        stat = self._path.stat()
        if stat.st_size < self._offset or (self._file and stat.st_ino != self._file):
            self._offset, self._header = 0, b""
        self._file = stat.st_ino
        with self._path.open("rb") as file:
            if not self._header:
                first = file.readline(65_536)
                if not first.endswith(b"\n"):
                    return b""
                self._header, self._offset = first, file.tell()
            file.seek(self._offset)
            part = file.read(AT_ONCE)
        end = part.rfind(b"\n") + 1
        if not end and len(part) == AT_ONCE:
            end = len(part)  # a line that long is none
        self._offset += end
        return part[:end]

    def _emit(self, ctx: FeedContext, part: bytes) -> None:
        mapping = self._mapping if isinstance(self._mapping, dict) else {}
        header = text_of(self._header).encode()
        rows = rows_of_csv(header + text_of(part).encode())
        decoded = records.decode(rows, source=self._path.stem, mapping=mapping)
        ctx.emit(decoded.batch(), decoded.streams.values(), messages=len(rows))
        if decoded.not_understood:
            ctx.not_understood(decoded.not_understood, decoded.sample)
