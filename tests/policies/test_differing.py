"""What differs between two versions of policies."""

from policies.differing import differences
from tests.policies.making import SOUND, changed, loaded
from tests.policies.test_thresholds import WITH


def differing(folder, before, after):
    one = loaded(folder, before).policies if before else ()
    other = loaded(folder, after).policies if after else ()
    return list(differences(one, other))


def test_a_policy_differs_from_itself_in_nothing_wherever_it_stands(tmp_path):
    assert differing(tmp_path, SOUND, f"# a word\n---\n{SOUND}") == []


def test_what_was_added_and_removed_is_named_by_its_title(tmp_path):
    title = "People who left still hold a grant"

    assert differing(tmp_path, "", SOUND) == [("added", "TST-01", "", "", title)]
    assert differing(tmp_path, SOUND, "") == [("removed", "TST-01", "", title, "")]


def test_every_field_that_changed_is_told_before_and_after(tmp_path):
    after = (
        changed("grants.active > 0", "grants.active > 1")
        .replace("technology: high", "technology: low")
        .replace("Take the grants back.", "Take them back.")
        .replace("[CIS-6.2]", "[CIS-5.3]")
    )

    assert differing(tmp_path, SOUND, after) == [
        ("changed", "TST-01", "severity", "high", "low"),
        ("changed", "TST-01", "applies", "grants.active > 0", "grants.active > 1"),
        ("changed", "TST-01", "do", "Take the grants back.", "Take them back."),
        ("changed", "TST-01", "refs", "CIS-6.2", "CIS-5.3"),
    ]


def test_a_threshold_differs_by_its_name_and_the_condition_that_uses_it_does_not(tmp_path):
    assert differing(tmp_path, WITH, WITH.replace("most: 2", "most: 3")) == [
        ("changed", "TST-01", "with most", "2", "3"),
    ]


def test_another_case_is_a_difference(tmp_path):
    ((kind, policy, field, before, after),) = differing(
        tmp_path, SOUND, SOUND.replace("leaver_owned: 1", "leaver_owned: 2")
    )

    assert (kind, policy, field) == ("changed", "TST-01", "cases")
    assert "grants.leaver_owned 1" in before
    assert "grants.leaver_owned 2" in after
