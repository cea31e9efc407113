"""The real command over real files: an answer for each, and none that is our own fault."""

import json

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
