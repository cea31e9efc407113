"""Every key of the settings file with its default; config/lazaretto.toml says why.

Defaults are taken from the parts that they are for: each stands in one place only.
"""

import ipaddress
import socket
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.config.quantities import ActionWord, Endpoint, Network, Seconds, Size
from gateway.model import Action, Class
from gateway.policy import Policy
from gateway.scan.budget import Limits


class Section(BaseModel):
    """One table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class SmtpSettings(Section):
    """How mail comes in."""

    listen: tuple[Endpoint, ...] = ("127.0.0.1:2525",)
    hostname: str = Field(default_factory=socket.getfqdn)
    recipient_domains: tuple[str, ...] = ()
    client_networks: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    message_size: Size = 50 << 20

    @model_validator(mode="after")
    def _not_an_open_relay(self) -> Self:
        for text in self.client_networks:
            if ipaddress.ip_network(text).prefixlen == 0 and not self.recipient_domains:
                message = f"{text} with no recipient_domains: refusing to be an open relay"
                raise ValueError(message)
        return self


class NextHopSettings(Section):
    """Where mail goes."""

    hosts: tuple[Endpoint, ...] = ("127.0.0.1:2526",)
    tls: Literal["off", "opportunistic", "required"] = "opportunistic"


_LIMITS = Limits()


class LimitSettings(Section):
    """What one message may cost."""

    file_size: Size = _LIMITS.file_bytes
    message_size: Size = _LIMITS.message_bytes
    ratio: int = Field(default=_LIMITS.ratio, gt=0)
    ratio_floor: Size = _LIMITS.ratio_floor_bytes
    depth: int = Field(default=_LIMITS.depth, gt=0, le=100)
    files: int = Field(default=_LIMITS.files, gt=0)
    time: Seconds = _LIMITS.seconds

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
        )


class WorkerSettings(Section):
    """The processes that parse hostile bytes."""

    count: int = Field(default=0, ge=0, le=256)
    deadline: Seconds = 90.0
    queue: Seconds = 20.0
    require_sandbox: bool = True


_ACTIONS = Policy().actions


class ActionSettings(Section):
    """What is done with each class of mail."""

    clean: ActionWord = _ACTIONS[Class.CLEAN]
    opaque: ActionWord = _ACTIONS[Class.OPAQUE]
    unscannable: ActionWord = _ACTIONS[Class.UNSCANNABLE]
    suspicious: ActionWord = _ACTIONS[Class.SUSPICIOUS]
    malicious: ActionWord = _ACTIONS[Class.MALICIOUS]
    encrypted_mail: ActionWord = Policy().encrypted_mail

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


class QuarantineSettings(Section):
    """Where held mail lies."""

    folder: Path = Path("/var/lib/lazaretto/quarantine")
    key_file: Path = Path("/etc/lazaretto/quarantine.key")
    disk_floor: Size = 512 << 20


class RuleSettings(Section):
    """Rule packs beside the built-in one."""

    packs: tuple[Path, ...] = ()
    builtin: bool = True


class NoticeSettings(Section):
    """What recipients are told of held mail."""

    recipients: bool = False
    language: Literal["fr", "en"] = "fr"
    sender: str = "postmaster@localhost"
    contact: str = "your IT service desk"


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
    workers: WorkerSettings = WorkerSettings()
    actions: ActionSettings = ActionSettings()
    quarantine: QuarantineSettings = QuarantineSettings()
    rules: RuleSettings = RuleSettings()
    notices: NoticeSettings = NoticeSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _no_loop(self) -> Self:
        if both := set(self.smtp.listen) & set(self.next_hop.hosts):
            message = f"next_hop.hosts: {min(both)} is this gateway itself: mail would loop"
            raise ValueError(message)
        return self

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
