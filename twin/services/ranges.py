"""A file on a server, read in ranges: what reads Parquet or GeoTIFF from disk reads it there."""

from __future__ import annotations

import io

from twin.services.client import HttpClient, ServiceError, shown

BLOCK = 1 << 18
MOST_BYTES = 200_000_000_000
MOST_KEPT = 256


class RangeFile(io.RawIOBase):
    """The file behind an address.

    Raises
    ------
    ServiceError
        The server does not serve ranges, or does not say how long the file is.
    """

    def __init__(self, url: str, http: HttpClient) -> None:
        super().__init__()
        self._url, self._http, self._at = url, http, 0
        self._blocks: dict[int, bytes] = {}
        first = http.get(url, headers={"Range": f"bytes=0-{BLOCK - 1}"}, most_bytes=BLOCK + 1)
        size = first.headers.get("content-range", "").rpartition("/")[2]
        if first.status != 206 or not size.isdigit() or int(size) > MOST_BYTES:
            raise ServiceError("service.no_ranges", shown(url))
        self._size = int(size)
        self._blocks[0] = first.body()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from anywhere."""
        return True

    def tell(self) -> int:
        """Return the place in bytes."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = min(max(start + offset, 0), self._size)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes from here, fewer at the end."""
        end = self._size if size < 0 else min(self._at + size, self._size)
        pieces = []
        while self._at < end:
            number, inside = divmod(self._at, BLOCK)
            block = self._block(number)[inside : inside + end - self._at]
            if not block:
                raise ServiceError("service.no_ranges", shown(self._url))
            pieces.append(block)
            self._at += len(block)
        return b"".join(pieces)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            first = number * BLOCK
            last = min(first + BLOCK, self._size) - 1
            answer = self._http.get(
                self._url, headers={"Range": f"bytes={first}-{last}"}, most_bytes=BLOCK + 1
            )
            if answer.status != 206:
                raise ServiceError("service.no_ranges", shown(self._url))
            while len(self._blocks) >= MOST_KEPT:
                self._blocks.pop(next(iter(self._blocks)))
            self._blocks[number] = answer.body()
        return self._blocks[number]
