"""The figures that are counted, for Prometheus: no label holds a word of a sender's."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 90)


class Metrics:
    """Every figure, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.build = Info("lazaretto", "The program and its rules", registry=self.registry)
        self.messages = Counter(
            "lazaretto_messages",
            "Messages judged",
            ("class", "action", "reply"),
            registry=self.registry,
        )
        self.bytes = Counter(
            "lazaretto_message_bytes", "Bytes of the messages judged", registry=self.registry
        )
        self.stages = Histogram(
            "lazaretto_stage_seconds",
            "Time that a message spends in a stage",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.refused = Counter(
            "lazaretto_refused",
            "Sessions and messages that went no further than a stage",
            ("stage", "reply"),
            registry=self.registry,
        )
        self.failed = Counter(
            "lazaretto_failed", "Failures of our own", ("stage",), registry=self.registry
        )
        self.repeated = Counter(
            "lazaretto_repeated",
            "Retries of clients that had not heard our 250",
            registry=self.registry,
        )
        self.notices_failed = Counter(
            "lazaretto_notices_failed", "Notices that could not be sent", registry=self.registry
        )
        self.rule_files_skipped = Gauge(
            "lazaretto_rule_files_skipped", "Broken rule files", registry=self.registry
        )
        self.workers_failed = Counter(
            "lazaretto_workers_failed",
            "Workers that died, were late or lied",
            ("reason",),
            registry=self.registry,
        )
        self.workers_dying = Counter(
            "lazaretto_workers_dying",
            "Alarms: workers die of message after message",
            registry=self.registry,
        )
        self.rules_reverted = Gauge(
            "lazaretto_rules_reverted",
            "1 after new rules killed their workers, until the next reload",
            registry=self.registry,
        )
        self.sessions = Gauge(
            "lazaretto_sessions", "Clients connected at the moment", registry=self.registry
        )
        self.has_room = Gauge(
            "lazaretto_quarantine_has_room",
            "1 while the quarantine takes more",
            registry=self.registry,
        )
        self.certificate_expires = Gauge(
            "lazaretto_certificate_expires_seconds",
            "When our certificate ends, in seconds since 1970; 0 without one",
            registry=self.registry,
        )
        self.log_dropped = Counter(
            "lazaretto_log_lines_dropped",
            "Lines of the log that were not written, because nobody read them in time",
            registry=self.registry,
        )
