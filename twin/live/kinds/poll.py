"""Services that are asked again and again; which kind one is can be found out by asking."""

from __future__ import annotations

from twin.live.credentials import credentials
from twin.live.feed import FeedContext, FeedError, Notice
from twin.live.http import Asker, WaitError
from twin.live.kinds.streaming import EventFeed
from twin.live.polling import LOOKERS, m2m_headers, recognise
from twin.model.feed import FeedSpec

SHORTEST_S = 1.0


class PollFeed:
    """Asks a service at its own pace, and hands on what is new."""

    polled = True
    ttl_s = 900.0

    def __init__(self, spec: FeedSpec) -> None:
        self._spec = spec
        self._kind = spec.kind if spec.kind in LOOKERS else ""
        self._interval_s = float(spec.options.get("interval_s", 0.0))
        self.notices: tuple[Notice, ...] = ()

    @property
    def kind(self) -> str:
        """The kind it was told or found to be, empty before that."""
        return self._kind

    async def run(self, ctx: FeedContext) -> None:
        """Ask until the feed is stopped."""
        async with Asker(credentials(ctx), user=ctx.secret("user")) as asker:
            kind = self._kind or await self._recognised(asker, ctx)
            if kind not in LOOKERS:  # it tells by itself
                await EventFeed(self._spec).run(ctx)
                return
            while not ctx.stopping.is_set():
                try:
                    look = await LOOKERS[kind](asker, ctx.url, ctx.options)
                except WaitError as error:
                    if await ctx.pause(error.seconds):
                        return
                    continue
                if look.notices is not None:
                    self.notices = look.notices
                ctx.connected()
                decoded = look.decoded
                ctx.emit(decoded.batch(), decoded.streams.values(), messages=look.requests)
                if decoded.not_understood:
                    ctx.not_understood(decoded.not_understood, decoded.sample)
                if await ctx.pause(max(SHORTEST_S, self._interval_s or look.next_s)):
                    return

    async def _recognised(self, asker: Asker, ctx: FeedContext) -> str:
        answer = await asker.get(
            ctx.url, fresh=True, headers=m2m_headers(asker)
        )  # or it would refuse
        asker.forget()  # what it says was only looked at, not kept
        kind = recognise(answer)
        if not kind:
            raise FeedError.of("feed.not_recognised", ctx.url)
        self._kind = kind
        return kind
