"""KTX 2 textures with a payload of Basis Universal (KHR_texture_basisu), transcoded to pixels by its own transcoder."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.extras import require

SIGNATURE = b"\xabKTX 20\xbb\r\n\x1a\n"


def pixels(data: bytes, most: int) -> NDArray[np.uint8] | None:
    """Return (h, w, 3 or 4) of the finest level, top row first; None where it is damaged or larger than ``most``.

    Raises
    ------
    MissingExtraError
        The library is not installed (extra ``models``).
    """
    library = require("models", "opengl_basisu")
    try:
        texture: Any = library.open(data)
        if not 0 < texture.width * texture.height <= most:
            return None
        found = np.asarray(texture.transcode("rgba8").data, np.uint8)
    except (library.BasisuError, ValueError, MemoryError):
        return None
    return np.ascontiguousarray(found if texture.has_alpha else found[..., :3])
