"""What a lockbox is made of, and what all of its work needs: the time, the keys, a record."""

import getpass
import hashlib
import hmac
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from quarantine.audit import Append, Chain, Entry
from quarantine.ballast import Ballast
from quarantine.errors import AmbiguousIdError, NoRoomError, NotFoundError
from quarantine.files import Step
from quarantine.headfile import HeadFile
from quarantine.ids import read_id
from quarantine.item import State, as_kept
from quarantine.sealer import Sealer
from quarantine.store import Blobs, Index, SealedItem

Result = TypeVar("Result")

_MATCHES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one lockbox."""

    blobs: Blobs
    index: Index
    sealer: Sealer
    chain: Chain
    ballast: Ballast | None
    head_file: HeadFile
    reserve_bytes: int
    clock: Callable[[], datetime]
    origin: str
    """The account and the machine that everything is done from."""
    step: Step

    def now(self) -> datetime:
        """The time, as exactly as it is kept."""
        return as_kept(self.clock())

    def find(self, typed: str) -> SealedItem:
        """The item whose id is, or begins with, ``typed``."""
        prefix = read_id(typed)
        matches = self.index.find(prefix, _MATCHES_SHOWN + 1)
        if not matches:
            raise NotFoundError(f"no item has an id that begins with {prefix!r}")
        if len(matches) == 1:
            return matches[0]
        ids = [match.id for match in matches[:_MATCHES_SHOWN]]
        more = " and more" if len(matches) > _MATCHES_SHOWN else ""
        raise AmbiguousIdError(
            f"several items have ids that begin with {prefix!r}: {', '.join(ids)}{more}; "
            "give more characters of the id",
            ids,
        )

    def has(self, identifier: str) -> bool:
        """True if an item of exactly this id was ever held, whatever became of it."""
        return any(item.id == identifier for item in self.index.find(identifier, 1))

    def settle(self) -> int:
        """Bring to its end what a crash left unsettled: how many files never became an item."""
        # In an index that is older than it was, the item that a file belongs to may be missing.
        is_whole = self.head_file.proves_the_end()
        return self.blobs.settle(lambda name: self.has(name) or not is_whole)

    def entry(
        self,
        action: str,
        *,
        who: str,
        item: str = "",
        why: str = "",
        was: State | None = None,
        became: State | None = None,
        at: datetime | None = None,
    ) -> Append:
        """What to record: ``action`` was done by ``who``, from here, now or a moment ago."""
        entry = Entry(at or self.now(), who, self.origin, action, item, was, became, why)
        return self.chain.append(entry)

    def written(self, write: Callable[[], Result]) -> Result:
        """What ``write`` gives back; on a full disk the ballast is dropped and it runs again.

        Only for what makes room or must be recorded: never for more mail.
        """
        try:
            return write()
        except NoRoomError:
            if self.ballast is None or not self.ballast.drop():
                raise
            return write()

    def fingerprint(self, purpose: str, *texts: str) -> bytes:
        """A keyed hash of ``texts`` in any order: the same for the same, and it tells nothing."""
        secret = self.sealer.ring.current.derive(purpose)
        return hmac.digest(secret, "\0".join(sorted(texts)).encode(), hashlib.sha256)


def this_place() -> str:
    """The account that this process runs as, and its machine: ``root@gate1``."""
    try:
        account = getpass.getuser() if os.getuid() == os.geteuid() else str(os.geteuid())
    except (KeyError, OSError):
        account = str(os.geteuid())
    return f"{account}@{socket.gethostname()}"
