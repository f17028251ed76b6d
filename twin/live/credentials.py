"""What credentials and options of a feed add to its requests."""

from __future__ import annotations

import base64
from typing import Any

from twin.live.feed import FeedContext


def credentials(ctx: FeedContext) -> dict[str, str]:
    """Return the headers that a feed's credentials and options ask for."""
    options: Any = ctx.options.get("headers", {})
    headers = {str(k): str(v) for k, v in options.items()} if isinstance(options, dict) else {}
    user, password, token = (ctx.secret(name) for name in ("user", "password", "token"))
    if user:
        both = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers["Authorization"] = f"Basic {both}"
    elif token:
        name = str(ctx.options.get("token_header", "Authorization"))
        headers[name] = f"Bearer {token}" if name == "Authorization" else token
    return headers
