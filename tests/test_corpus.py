"""The real command over real files: an answer for each, and none that is our own fault."""

import json
import re

from gateway import mime
from gateway.cleaning import Whole, cleaned, cuts
from gateway.model import Action
from gateway.notices.withheld import StandIns
from gateway.policy import Policy
from tests.support import scanning
from tests.support.corpus import needs_corpus, rows
from tests.support.gateway import lazaretto

pytestmark = needs_corpus


def test_every_file_gets_an_answer_and_no_detector_crashes() -> None:
    files = [str(row["path"]) for row in rows(every=12)]

    done = lazaretto("scan", "--json", *files)

    answers = {answer["file"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1, done.stderr
    assert list(answers) == files
    faults = [
        (file, gap["reason"], gap["detail"])
        for file, answer in answers.items()
        for gap in answer["gaps"]
        if gap["reason"] in {"crashed", "lost"}
    ]
    assert faults == []


def test_real_mail_that_is_withheld_is_clean_without_its_bad_files() -> None:
    policy, copies, wholes = Policy(), 0, 0
    for row in rows(every=2):
        if row["path"].suffix != ".eml":
            continue
        message = _on_the_wire(row["path"].read_bytes())
        report = scanning.scan(message)
        verdict = policy.decide(report)
        if verdict.action is not Action.WITHHOLD:
            continue
        chosen = cuts(report, verdict, policy)
        if isinstance(chosen, Whole):
            wholes += 1
            continue
        copy = b"".join(cleaned(memoryview(message), chosen, StandIns(), "01abc"))
        copies += 1

        assert policy.decide(scanning.scan(copy)).action <= Action.TAG, row["path"]
        assert mime.read(copy, ()).is_undisputed, row["path"]
    assert copies > wholes


def _on_the_wire(message: bytes) -> bytes:
    return re.sub(rb"\r\n|\r|\n", b"\r\n", message)
