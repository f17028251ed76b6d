"""EXT_meshopt_compression: vertices, triangles and index sequences of glTF views, unpacked.

After the bitstream specification in the appendices of the Khronos extension (version 0 of attributes, 1 of indices).
There is no maintained Python package with wheels for it (docs/decisions).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.io.gltf_error import GltfError

_TAIL_BYTES = 32
_BLOCK_BYTES = 8192
_BLOCK_MOST = 256
_GROUP = 16


def decode(data: bytes, count: int, stride: int, *, mode: str, filter_: str = "NONE") -> bytes:
    """Return ``count * stride`` bytes.

    Parameters
    ----------
    mode : str
        ``"ATTRIBUTES"``, ``"TRIANGLES"`` or ``"INDICES"``.
    filter_ : str
        ``"NONE"``, ``"OCTAHEDRAL"``, ``"QUATERNION"`` or ``"EXPONENTIAL"``.

    Raises
    ------
    GltfError
        The stream breaks off, or is of another version.
    """
    try:
        if mode == "ATTRIBUTES":
            return _filtered(_attributes(data, count, stride), stride, filter_).tobytes()
        if mode == "TRIANGLES":
            indices = _Triangles(data, count).decoded()
        elif mode == "INDICES":
            indices = _sequence(data, count)
        else:
            raise GltfError(f"mode {mode[:20]} of a compressed view is none")
    except IndexError as error:
        raise GltfError("a compressed view breaks off") from error
    if stride not in {2, 4}:
        raise GltfError("indices have 2 or 4 bytes")
    return indices.astype(f"<u{stride}").tobytes()


def _attributes(data: bytes, count: int, stride: int) -> NDArray[np.uint8]:
    """Each byte of the elements is a channel of its own: differences in groups of 16, of 0, 2, 4 or 8 bits."""
    if not data or data[0] != 0xA0 or stride % 4 or not 0 < stride <= 256:
        raise GltfError("a compressed view is of an unknown version")
    previous = np.frombuffer(data[len(data) - stride :], np.uint8).copy()
    out = np.empty((count, stride), np.uint8)
    most = min((_BLOCK_BYTES // stride) & ~15, _BLOCK_MOST)
    position = 1
    for first in range(0, count, most):
        size = min(most, count - first)
        groups = -(-size // _GROUP)
        for channel in range(stride):
            packed, position = _channel(data, position, groups)
            signed = (packed >> 1) ^ -(packed & 1)
            values = (int(previous[channel]) + np.cumsum(signed)) & 0xFF
            out[first : first + size, channel] = values[:size]
            previous[channel] = values[size - 1]
    return out


def _channel(data: bytes, position: int, groups: int) -> tuple[NDArray[np.int64], int]:
    header = position
    position += -(-groups // 4)
    found = np.zeros(groups * _GROUP, np.int64)
    for group in range(groups):
        bits = (data[header + (group >> 2)] >> ((group & 3) << 1)) & 3
        if bits == 0:
            continue
        place = slice(group * _GROUP, (group + 1) * _GROUP)
        if bits == 3:
            if position + _GROUP > len(data):
                raise GltfError("a compressed view breaks off")
            found[place] = np.frombuffer(data, np.uint8, _GROUP, position)
            position += _GROUP
            continue
        values, position = _small(data, position, 2 * bits)
        found[place] = values
    return found, position


def _small(data: bytes, position: int, bits: int) -> tuple[list[int], int]:
    """16 numbers of 2 or 4 bits; the largest means that the number follows as a byte."""
    escape, per_byte = (1 << bits) - 1, 8 // bits
    values = []
    after = position + 2 * bits
    for number in range(_GROUP):
        shift = 8 - bits - (number % per_byte) * bits
        value = (data[position + number // per_byte] >> shift) & escape
        if value == escape:
            value = data[after]
            after += 1
        values.append(value)
    return values, after


class _Triangles:
    """Triangles that share edges and corners with those shortly before them."""

    def __init__(self, data: bytes, count: int) -> None:
        if not data or data[0] != 0xE1 or count % 3:
            raise GltfError("compressed triangles are of an unknown version")
        self.data = data
        self.triangles = count // 3
        self.position = 1 + self.triangles
        self.edges = [(0, 0)] * 16
        self.corners = [0] * 16
        self.next = 0
        self.last = 0
        if self.position + 16 > len(data):
            raise GltfError("compressed triangles break off")

    def decoded(self) -> NDArray[np.int64]:
        found = []
        for number in range(self.triangles):
            high, low = divmod(self.data[1 + number], 16)
            found.append(self._on_edge(high, low) if high < 15 else self._free(low))
        return np.array(found, np.int64).reshape(-1) & 0xFFFFFFFF

    def _on_edge(self, high: int, low: int) -> tuple[int, int, int]:
        a, b = self.edges[high]
        if low == 0:
            c = self._new()
        elif low < 13:
            c = self.corners[low]
        else:
            self.last += {13: -1, 14: 1}.get(low, 0)
            c = self._explicit() if low == 15 else self.last
        if low == 0 or low >= 13:
            self._push(c)
        self._push_edges((c, b), (a, c))
        return a, b, c

    def _free(self, low: int) -> tuple[int, int, int]:
        if low < 14:
            z, w = divmod(self.data[len(self.data) - 16 + low], 16)
            a = self._new()
            b = self._corner(z, explicit=False)
            c = self._corner(w, explicit=False)
            told = 16
        else:
            code = self.data[self.position]
            self.position += 1
            if code == 0:
                self.next = 0
            z, w = divmod(code, 16)
            a = self._new() if low == 14 else self._explicit()
            b, c = self._corner(z), self._corner(w)
            told = 15
        self._push(a)
        if z in {0, told}:
            self._push(b)
        if w in {0, told}:
            self._push(c)
        self._push_edges((b, a), (c, b), (a, c))
        return a, b, c

    def _corner(self, code: int, *, explicit: bool = True) -> int:
        if code == 0:
            return self._new()
        if code == 15 and explicit:
            return self._explicit()
        return self.corners[code - 1]

    def _new(self) -> int:
        self.next += 1
        return self.next - 1

    def _explicit(self) -> int:
        value, self.position = _leb128(self.data, self.position)
        self.last += (value >> 1) ^ -(value & 1)
        return self.last

    def _push(self, corner: int) -> None:
        self.corners.insert(0, corner)
        self.corners.pop()

    def _push_edges(self, *edges: tuple[int, int]) -> None:
        for edge in edges:
            self.edges.insert(0, edge)
            self.edges.pop()


def _sequence(data: bytes, count: int) -> NDArray[np.int64]:
    if not data or data[0] != 0xD1:
        raise GltfError("a compressed sequence is of an unknown version")
    last = [0, 0]
    position = 1
    found = np.empty(count, np.int64)
    for number in range(count):
        value, position = _leb128(data, position)
        which, value = value & 1, value >> 1
        last[which] += (value >> 1) ^ -(value & 1)
        found[number] = last[which] & 0xFFFFFFFF
    return found


def _leb128(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value & 0xFFFFFFFF, position


def _filtered(values: NDArray[np.uint8], stride: int, kind: str) -> NDArray[np.generic]:
    if kind == "EXPONENTIAL":
        whole = np.ascontiguousarray(values).view("<i4")
        exponent = whole >> 24
        mantissa = (whole << 8) >> 8
        return np.asarray(np.ldexp(mantissa.astype(np.float64), exponent).astype("<f4"))
    if kind == "OCTAHEDRAL" and stride in {4, 8}:
        return _octahedral(np.ascontiguousarray(values).view(f"<i{stride // 4}"))
    if kind == "QUATERNION" and stride == 8:
        return _quaternions(np.ascontiguousarray(values).view("<i2"))
    return values


def _octahedral(values: NDArray[np.signedinteger]) -> NDArray[np.generic]:
    whole = values.astype(np.float64)
    x, y, one = whole[:, 0], whole[:, 1], np.maximum(whole[:, 2], 1)
    x, y = x / one, y / one
    z = 1.0 - np.abs(x) - np.abs(y)
    under = np.maximum(-z, 0.0)
    x, y = x - np.copysign(under, x), y - np.copysign(under, y)
    length = np.maximum(np.sqrt(x * x + y * y + z * z), 1e-12)
    top = float(np.iinfo(values.dtype).max)
    found = values.copy()
    found[:, :3] = np.rint(np.column_stack([x, y, z]) / length[:, None] * top)
    return found


def _quaternions(values: NDArray[np.signedinteger]) -> NDArray[np.generic]:
    whole = values.astype(np.float64)
    one = (values[:, 3] | 3).astype(np.float64)
    small = whole[:, :3] / (one * np.sqrt(2.0))[:, None]
    large = np.sqrt(np.maximum(1.0 - (small**2).sum(axis=1), 0.0))
    where = values[:, 3] & 3
    found = np.empty((len(values), 4))
    rows = np.arange(len(values))
    for shift in (1, 2, 3):
        found[rows, (where + shift) % 4] = small[:, shift - 1]
    found[rows, where] = large
    return np.rint(found * 32767.0).astype("<i2")
