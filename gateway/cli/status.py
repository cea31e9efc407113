"""``lazaretto status``: how the running gateway is, at a glance."""

import json as jsonlib
import urllib.error
import urllib.request
from datetime import UTC, datetime

from prometheus_client.parser import text_string_to_metric_families

from gateway.cli.glance import Figures, glance
from gateway.cli.options import ConfigFile, Json, read_settings
from gateway.cli.terminal import FAILURE, clear_errors, console, stop
from gateway.cli.words import say

_SECONDS = 15.0


def status(*, json: Json = False, config: ConfigFile = None) -> None:
    """Show how the running gateway is: ready or not, and what became of its mail.

    Exit code: 0 when it can take mail, 1 when it cannot or does not run.

    Examples: lazaretto status; lazaretto status --json
    """
    with clear_errors():
        place = read_settings(config).health.listen
    if not place:
        stop(say('the health port is off: set health.listen, such as "127.0.0.1:9580"'))
    ready, told = _get(place, "/readyz")
    problems = [] if ready else told.splitlines()
    figures = _get(place, "/metrics")[1]
    if json:
        print(jsonlib.dumps({"ready": ready, "problems": problems, **_samples(figures)}))
    else:
        console.print(glance(Figures(figures), problems, now=datetime.now(UTC)))
    if not ready:
        raise SystemExit(FAILURE)


def _get(place: str, path: str) -> tuple[bool, str]:
    try:
        # The scheme is ours: nothing but http can be asked for.
        with urllib.request.urlopen(f"http://{place}{path}", timeout=_SECONDS) as answer:
            return True, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return False, refused.read().decode()
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        why = getattr(reason, "strerror", None) or reason
        told = "no gateway answers at {place}: {why}. Does it run?"
        stop(say(told, place=place, why=why), FAILURE)


def _samples(text: str) -> dict[str, float]:
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith(("_created", "_bucket"))
    }
