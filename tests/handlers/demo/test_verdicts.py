from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from handlers.demo.verdicts import judge
from tests.handlers.demo.reports import EXPECTED, good_report

Report = dict[str, Any]


def test_it_finds_nothing_wrong_with_an_evening_that_went_well() -> None:
    judged = judge(good_report(), EXPECTED)

    assert [one for one in judged if not one.holds] == []


def test_it_judges_the_report_as_it_was_written_to_a_file() -> None:
    judged = judge(json.loads(json.dumps(good_report())), EXPECTED)

    assert all(one.holds for one in judged)


def lose_an_event(report: Report) -> None:
    report["lost"] = 1


def store_one_less(report: Report) -> None:
    report["events"]["stored"] -= 1


def answer_otherwise(report: Report) -> None:
    surprise = {"source": "shop", "event_id": "7-1", "expected": "refused", "answered": "accepted", "reason": ""}
    report["events"]["unexpected"].append(surprise)


def know_few_languages(report: Report) -> None:
    report["languages"] = report["languages"][:7]


def miss_the_failure(report: Report) -> None:
    del report["incidents"][0]


def open_it_late(report: Report) -> None:
    report["incidents"][0]["opened_at"] = "2026-03-06T12:23:10Z"


def open_it_before_it_began(report: Report) -> None:
    report["incidents"][0]["opened_at"] = "2026-03-06T12:20:50Z"


def open_it_twice(report: Report) -> None:
    report["incidents"].append({**report["incidents"][0], "id": 3})


def fall_for_the_spammer(report: Report) -> None:
    scope = {"market": "us", "category": "delivery"}
    opened = {"id": 3, **scope, "scopes": [scope], "severity": "P3", "opened_at": "2026-03-06T12:13:00Z"}
    report["incidents"].append(opened)


def hear_no_sound_too_early(report: Report) -> None:
    report["incidents"][1]["opened_at"] = "2026-03-06T12:16:30Z"


def page_somebody_else(report: Report) -> None:
    report["pages"][0]["person"] = "jon"


def page_a_second_person(report: Report) -> None:
    report["pages"].append({**report["pages"][0], "person": "olga"})


def page_nobody(report: Report) -> None:
    report["pages"] = []


def leave_it_unacknowledged(report: Report) -> None:
    report["pages"][0] |= {"acknowledged_at": None, "state": "paged"}


def page_by_day(report: Report) -> None:
    report["pages"][0]["local_time"] = "2026-03-06T13:21:42+01:00"


def leave_the_studio_paged(report: Report) -> None:
    report["pages"][1]["state"] = "paged"


def say_nothing_to_the_late_tap(report: Report) -> None:
    report["taps"][2]["told"] = ""


def lose_the_late_tap(report: Report) -> None:
    del report["taps"][2]


def show_no_highlights(report: Report) -> None:
    report["highlights"] = []


def leave_a_quote_untranslated(report: Report) -> None:
    report["highlights"][0]["quotes"][0]["translation"] = None


def forget_a_digest(report: Report) -> None:
    del report["digests"][1]


def repeat_a_digest(report: Report) -> None:
    report["digests"].append(report["digests"][0])


def date_a_digest_wrongly(report: Report) -> None:
    report["digests"][1]["local_date"] = "2026-03-08"


def keep_a_digest_back(report: Report) -> None:
    report["digests"][0]["posted"] = False


def leave_a_command_unanswered(report: Report) -> None:
    report["commands"][0]["problem"] = "the person saw operation_timeout"


def ask_nothing(report: Report) -> None:
    report["commands"] = []


def post_twice(report: Report) -> None:
    report["posts"]["duplicate"] = 1


def fail_to_post(report: Report) -> None:
    report["posts"]["failed"] = 1


def keep_a_message(report: Report) -> None:
    report["posts"]["waiting"] = 1


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (store_one_less, "stored"), (answer_otherwise, "stored"), (lose_an_event, "lost"),
        (know_few_languages, "languages"), (miss_the_failure, "payment failure"), (open_it_late, "payment failure"),
        (open_it_before_it_began, "payment failure"), (open_it_twice, "payment failure"),
        (fall_for_the_spammer, "Nothing else"), (hear_no_sound_too_early, "Nothing else"),
        (page_somebody_else, "alone is paged"), (page_a_second_person, "alone is paged"),
        (page_nobody, "alone is paged"), (leave_it_unacknowledged, "alone is paged"), (page_by_day, "alone is paged"),
        (leave_the_studio_paged, "anything else"), (say_nothing_to_the_late_tap, "late tap"),
        (lose_the_late_tap, "late tap"), (show_no_highlights, "Highlights"),
        (leave_a_quote_untranslated, "Highlights"), (forget_a_digest, "digest"), (repeat_a_digest, "digest"),
        (date_a_digest_wrongly, "digest"), (keep_a_digest_back, "digest"), (leave_a_command_unanswered, "command"),
        (ask_nothing, "command"), (post_twice, "posted"), (fail_to_post, "posted"), (keep_a_message, "posted"),
    ],
)  # fmt: skip
def test_it_names_what_fell_short(spoil: Callable[[Report], None], word: str) -> None:
    report = good_report()
    spoil(report)

    judged = judge(report, EXPECTED)

    assert any(word in one.rule for one in judged if not one.holds)


def test_it_forgives_an_incident_without_a_page_for_the_sound() -> None:
    report = good_report()
    report["incidents"][1]["severity"] = "P3"
    del report["pages"][1]

    judged = judge(report, EXPECTED)

    assert all(one.holds for one in judged)


def test_it_does_not_ask_for_an_incident_about_the_sound() -> None:
    report = good_report()
    del report["incidents"][1], report["pages"][1]

    judged = judge(report, EXPECTED)

    assert all(one.holds for one in judged)
