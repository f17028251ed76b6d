"""EXT_meshopt_compression and KHR_meshopt_compression: compressed views of glTF, unpacked by meshoptimizer itself."""

from __future__ import annotations

from twin.extras import require
from twin.io.gltf_error import GltfError


def decode(data: bytes, count: int, stride: int, *, mode: str, filter_: str = "NONE") -> bytes:
    """Return ``count * stride`` bytes.

    Parameters
    ----------
    mode : str
        ``"ATTRIBUTES"``, ``"TRIANGLES"`` or ``"INDICES"``.
    filter_ : str
        ``"NONE"``, ``"OCTAHEDRAL"``, ``"QUATERNION"``, ``"EXPONENTIAL"`` or ``"COLOR"``.

    Raises
    ------
    GltfError
        The stream breaks off, or is of another version.
    MissingExtraError
        The library is not installed (extra ``models``).
    """
    library = require("models", "meshopt")
    try:
        found = library.decode_gltf_buffer(data, count, stride, mode, filter_)
    except (ValueError, RuntimeError, OverflowError) as error:
        raise GltfError(f"a compressed view: {error}"[:160]) from error
    return bytes(found.tobytes())
