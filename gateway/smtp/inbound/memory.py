"""How many bytes of messages are in flight, over all sessions."""

import asyncio


class Memory:
    """Room for ``total_bytes`` of messages that are being received or judged."""

    def __init__(self, total_bytes: int) -> None:
        self._total = total_bytes
        self.used = 0
        """Bytes that are counted at the moment."""
        self._freed = asyncio.Event()

    def has_room(self, size: int) -> bool:
        """True when ``size`` more bytes would fit now."""
        return self.used + size <= self._total

    async def room(self, size: int, *, seconds: float) -> bool:
        """Wait until ``size`` more bytes fit; False when they do not within ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                while not self.has_room(size):
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            return False
        return True

    def take(self, size: int) -> None:
        """Count ``size`` bytes more."""
        self.used += size

    def give_back(self, size: int) -> None:
        """Count ``size`` bytes less."""
        self.used -= size
        self._freed.set()
