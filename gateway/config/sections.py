"""Every key of the settings file with its default; config/lazaretto.toml says why.

Defaults are taken from the parts that they are for: each stands in one place only.
"""

import ipaddress
from ipaddress import IPv4Network, IPv6Network
from itertools import combinations
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.config.desk import DeskSettings
from gateway.config.listeners import collide, leads_to
from gateway.config.next_hop import NextHopSettings
from gateway.config.quantities import (
    ActionWord,
    Count,
    Endpoint,
    Network,
    OptionalEndpoint,
    Seconds,
    Size,
    Socket,
)
from gateway.config.quarantine import QuarantineSettings
from gateway.config.section import Section
from gateway.model import Action, Class
from gateway.policy import Policy
from gateway.scan.budget import Limits
from gateway.smtp.inbound.settings import InboundSettings, SessionLimits
from gateway.workers.breaker import Tolerance
from gateway.workers.frames import Setup

_SESSION = SessionLimits()


class SmtpLimitSettings(Section):
    """What one client may cost."""

    connections: Count = _SESSION.connections
    connections_per_client: Count = _SESSION.connections_per_client
    messages: Count = _SESSION.messages
    recipients: Count = _SESSION.recipients
    errors: Count = _SESSION.errors
    idle_commands: Count = _SESSION.idle_commands
    greeting_time: Seconds = _SESSION.greeting_seconds
    proxy_time: Seconds = _SESSION.proxy_seconds
    command_time: Seconds = _SESSION.command_seconds
    data_time: Seconds = _SESSION.data_seconds
    data_rate: Size = _SESSION.data_bytes_per_second
    handshake_time: Seconds = _SESSION.handshake_seconds
    reply_time: Seconds = _SESSION.reply_seconds
    parting_time: Seconds = _SESSION.parting_seconds
    session_time: Seconds = _SESSION.session_seconds
    message_size: Size = _SESSION.message_bytes
    line_size: Size = _SESSION.line_bytes
    in_flight: Size = _SESSION.in_flight_bytes
    in_flight_time: Seconds = _SESSION.in_flight_seconds
    hops: Count = _SESSION.hops
    own_hops: Count = _SESSION.own_hops

    def limits(self) -> SessionLimits:
        """The same, as the SMTP server takes them."""
        return SessionLimits(
            connections=self.connections,
            connections_per_client=self.connections_per_client,
            messages=self.messages,
            recipients=self.recipients,
            errors=self.errors,
            idle_commands=self.idle_commands,
            greeting_seconds=self.greeting_time,
            proxy_seconds=self.proxy_time,
            command_seconds=self.command_time,
            data_seconds=self.data_time,
            data_bytes_per_second=self.data_rate,
            handshake_seconds=self.handshake_time,
            reply_seconds=self.reply_time,
            parting_seconds=self.parting_time,
            session_seconds=self.session_time,
            message_bytes=self.message_size,
            line_bytes=self.line_size,
            in_flight_bytes=self.in_flight,
            in_flight_seconds=self.in_flight_time,
            hops=self.hops,
            own_hops=self.own_hops,
        )


_CLIENT_SECONDS = 600.0
"""RFC 5321 4.5.3.2.6: how long a client waits for the reply to its final dot."""


class SmtpSettings(Section):
    """How mail comes in."""

    listen: tuple[Endpoint, ...] = ("127.0.0.1:2525",)
    hostname: str = ""
    recipient_domains: tuple[str, ...] = ()
    client_networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    front_ends: tuple[Network, ...] = ()
    proxy_protocol: bool = False
    deadline: Seconds = 90.0
    drain: Seconds = 30.0
    bare_newlines: Literal["normalise", "refuse"] = "normalise"
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    limits: SmtpLimitSettings = SmtpLimitSettings()

    @model_validator(mode="after")
    def _not_an_open_relay(self) -> Self:
        networks = [*map(ipaddress.ip_network, self.client_networks)]
        old = ipaddress.collapse_addresses(n for n in networks if isinstance(n, IPv4Network))
        new = ipaddress.collapse_addresses(n for n in networks if isinstance(n, IPv6Network))
        if 0 in {*(network.prefixlen for network in old), *(network.prefixlen for network in new)}:
            told = ", ".join(self.client_networks)
            message = f"client_networks: {told} may send anywhere: refusing to be an open relay"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _is_of_use(self) -> Self:
        if not self.listen:
            message = "listen: name one address at least"
            raise ValueError(message)
        if self.deadline >= _CLIENT_SECONDS:
            message = "deadline: no client waits for ten minutes, and a Postfix in front for 100 s"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.proxy_protocol and not self.front_ends:
            message = "proxy_protocol needs front_ends: name the networks that may speak it"
            raise ValueError(message)
        if (self.tls_certificate is None) is not (self.tls_key is None):
            message = "tls_certificate and tls_key go together: give both or none"
            raise ValueError(message)
        return self

    def inbound(self, hostname: str) -> InboundSettings:
        """The same, as the SMTP server takes them."""
        return InboundSettings(
            hostname=hostname,
            recipient_domains=self.recipient_domains,
            client_networks=self.client_networks,
            front_ends=self.front_ends,
            proxy_protocol=self.proxy_protocol,
            refuse_bare_newlines=self.bare_newlines == "refuse",
            limits=self.limits.limits(),
        )


_LIMITS = Limits()


class LimitSettings(Section):
    """What one message may cost."""

    file_size: Size = _LIMITS.file_bytes
    message_size: Size = _LIMITS.message_bytes
    ratio: Count = _LIMITS.ratio
    ratio_floor: Size = _LIMITS.ratio_floor_bytes
    depth: int = Field(default=_LIMITS.depth, gt=0, le=100)
    files: Count = _LIMITS.files
    time: Seconds = _LIMITS.seconds
    engine_time: Seconds = _LIMITS.engine_seconds

    def limits(self) -> Limits:
        """The same, as the engine takes them."""
        return Limits(
            file_bytes=self.file_size,
            message_bytes=self.message_size,
            ratio=self.ratio,
            ratio_floor_bytes=self.ratio_floor,
            depth=self.depth,
            files=self.files,
            seconds=self.time,
            engine_seconds=self.engine_time,
        )


class ScanSettings(Section):
    """How files are opened."""

    passwords: tuple[str, ...] = Field(default=(), max_length=100)


class WorkerSettings(Section):
    """The processes that parse hostile bytes."""

    count: int = Field(default=0, ge=0, le=256)
    deadline: Seconds = 60.0
    queue: Seconds = 20.0
    known_files: int = Field(default=Setup().known, ge=0, le=1_000_000)
    death_share: int = Field(default=round(100 * Tolerance().share), gt=0, le=100)
    probation: Seconds = Tolerance().probation_seconds
    require_sandbox: bool = True

    def tolerance(self) -> Tolerance:
        """The same, as the pool takes it."""
        return Tolerance(self.death_share / 100, self.probation)


_ACTIONS = Policy().actions


class ActionSettings(Section):
    """What is done with each class of mail."""

    clean: ActionWord = _ACTIONS[Class.CLEAN]
    opaque: ActionWord = _ACTIONS[Class.OPAQUE]
    unscannable: ActionWord = _ACTIONS[Class.UNSCANNABLE]
    suspicious: ActionWord = _ACTIONS[Class.SUSPICIOUS]
    malicious: ActionWord = _ACTIONS[Class.MALICIOUS]
    encrypted_mail: ActionWord = Policy().encrypted_mail
    authority: str = ""
    allowances: Path = Path("/var/lib/lazaretto/allowances.json")

    @model_validator(mode="after")
    def _nothing_unseen_passes_as_clean(self) -> Self:
        for word in ("opaque", "unscannable", "encrypted_mail"):
            if getattr(self, word) is Action.DELIVER:
                message = f"{word} = 'deliver' would pass unseen mail as clean; use 'tag'"
                raise ValueError(message)
        return self

    def policy(self) -> Policy:
        """The same, as the pipeline takes it."""
        actions = {
            Class.CLEAN: self.clean,
            Class.OPAQUE: self.opaque,
            Class.UNSCANNABLE: self.unscannable,
            Class.SUSPICIOUS: self.suspicious,
            Class.MALICIOUS: self.malicious,
        }
        return Policy(actions, self.encrypted_mail)


class StateSettings(Section):
    """Where it is remembered what became of messages under way."""

    folder: Path = Path("/var/lib/lazaretto/state")


class RuleSettings(Section):
    """Rule packs beside the built-in one."""

    packs: tuple[Path, ...] = ()


_SERVICE_DESKS = {"fr": "le service informatique", "en": "the IT service desk"}


class NoticeSettings(Section):
    """What recipients are told of held mail."""

    recipients: bool = False
    language: Literal["fr", "en"] = "fr"
    sender: str = "postmaster@localhost"
    contact: str = ""

    @property
    def person(self) -> str:
        """Whom to contact, in the language of the notice."""
        return self.contact or _SERVICE_DESKS[self.language]


class ClamdSettings(Section):
    """A clamd that is asked as well."""

    address: Socket = ""
    time: Seconds = 30.0


class HashSettings(Section):
    """Files that this site knows."""

    files: tuple[Path, ...] = ()


class HealthSettings(Section):
    """Where the gateway says how it is."""

    listen: OptionalEndpoint = "127.0.0.1:9580"


class LogSettings(Section):
    """What is written to standard output."""

    format: Literal["json", "console"] = "json"
    personal: bool = False


class Settings(BaseSettings):
    """All settings. A variable such as LAZARETTO_SMTP__HOSTNAME overrides the file."""

    model_config = SettingsConfigDict(
        env_prefix="LAZARETTO_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        validate_default=True,
    )

    smtp: SmtpSettings = SmtpSettings()
    next_hop: NextHopSettings = NextHopSettings()
    limits: LimitSettings = LimitSettings()
    scan: ScanSettings = ScanSettings()
    workers: WorkerSettings = WorkerSettings()
    actions: ActionSettings = ActionSettings()
    quarantine: QuarantineSettings = QuarantineSettings()
    desk: DeskSettings = DeskSettings()
    state: StateSettings = StateSettings()
    rules: RuleSettings = RuleSettings()
    hashes: HashSettings = HashSettings()
    clamd: ClamdSettings = ClamdSettings()
    notices: NoticeSettings = NoticeSettings()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _deadlines_in_order(self) -> Self:
        longest = self.workers.queue + self.workers.deadline
        if not self.limits.time < self.workers.deadline or not longest < self.smtp.deadline:
            message = (
                "limits.time < workers.deadline, and workers.queue + workers.deadline < "
                "smtp.deadline: each has to end before the next one cuts it off"
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _each_listens_alone(self) -> Self:
        listeners = [*self.smtp.listen, *filter(None, [self.health.listen])]
        for one, other in combinations(listeners, 2):
            if collide(one, other):
                message = f"{other} is listened on already, as {one}"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _no_loop(self) -> Self:
        for host in self.next_hop.hosts:
            if any(leads_to(host, own, self.smtp.hostname) for own in self.smtp.listen):
                message = f"next_hop.hosts: {host} is this gateway itself: mail would loop"
                raise ValueError(message)
        return self

    def as_written(self) -> dict[str, dict[str, object]]:
        """Every key as the settings file would spell it, by table."""
        return self.model_dump(mode="json")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic passes these by name
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return env_settings, init_settings
