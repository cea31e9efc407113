"""The figures that are counted, for Prometheus: no label holds a word of a sender's."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 90)

CAUSES = (
    # Limits of [smtp.limits], by their keys.
    *("connections", "connections_per_client", "descriptors", "messages", "recipients", "errors"),
    *("idle_commands", "proxy_time", "command_time", "data_time", "handshake_time", "reply_time"),
    *("session_time", "message_size", "line_size", "in_flight", "hops", "own_hops"),
    # What a client did, or who it is.
    *("syntax", "synchronisation", "not_smtp", "handshake", "tls", "smtputf8", "bare_newlines"),
    *("false_end", "front_ends", "relaying"),
    # What became of a message.
    *("policy", "lost", "deadline", "workers.queue", "disk_floor", "next_hop", "in_doubt"),
    *("refused_by_next_hop", "internal", "shutting_down"),
)
"""Why clients are refused something. Nothing else is counted as a cause."""


class Metrics:
    """Every figure, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.started = self._gauge("started_seconds", "When this process began to count")
        self.started.set_to_current_time()
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
            "Refusals, by the setting or the reason that is behind them",
            ("cause",),
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
        self.redelivered = Counter(
            "lazaretto_redelivered",
            "Messages delivered again, because nobody knew whether they had arrived",
            registry=self.registry,
        )
        self.held_whole = Counter(
            "lazaretto_held_whole",
            "Messages of which withhold could not deliver the rest, by the reason",
            ("cause",),
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
        for cause in CAUSES:
            self.refused.labels(cause)  # what never happened is 0, and not missing
        self.sessions = self._gauge("sessions", "Clients connected at the moment")
        self.messages_in_flight = self._gauge(
            "messages_in_flight", "Messages between their final dot and our reply"
        )
        self.bytes_in_flight = self._gauge(
            "bytes_in_flight", "Bytes of the messages that are received or judged"
        )
        self.unanswered = self._gauge(
            "journal_unanswered", "Messages taken whose client has not heard our 250"
        )
        self.in_doubt = self._gauge(
            "journal_in_doubt", "Messages of which nobody knows whether they arrived"
        )
        self.hop_connections = Gauge(
            "lazaretto_next_hop_connections",
            "Connections to the next hop",
            ("state",),
            registry=self.registry,
        )
        self.has_room = self._gauge("quarantine_has_room", "1 while the quarantine takes more")
        self.overdue = self._gauge(
            "quarantine_overdue", "Held messages that nobody has looked at in time"
        )
        self.lost = self._gauge("quarantine_lost", "Held messages whose files are missing")
        self.allowed = Counter(
            "lazaretto_allowed",
            "Exceptions that made a finding a note",
            registry=self.registry,
        )
        self.purged = Counter(
            "lazaretto_quarantine_purged",
            "Items whose time was over",
            registry=self.registry,
        )
        self.certificate_expires = self._gauge(
            "certificate_expires_seconds",
            "When our certificate ends, in seconds since 1970; 0 without one",
        )
        self.log_dropped = Counter(
            "lazaretto_log_lines_dropped",
            "Lines of the log that were not written, because nobody read them in time",
            registry=self.registry,
        )

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"lazaretto_{name}", what, registry=self.registry)
