"""Every category says which job its tools do, in words of people who look for one."""

import re

from catalog.categories import CATEGORIES
from catalog.jobs import JOBS


def test_every_category_has_a_job_and_no_job_is_of_none():
    assert list(JOBS) == list(CATEGORIES)


def test_no_two_categories_do_the_same_job():
    assert len({job.casefold() for job in JOBS.values()}) == len(JOBS)


def test_a_job_is_a_short_sentence_without_jargon():
    for job in JOBS.values():
        assert re.fullmatch(r"[A-Z][^.;/_]{9,79}", job), job
        assert not re.search(r"\b(?:SaaS|platform|solution|DMP|CDP|ABM|martech)\b", job), job
