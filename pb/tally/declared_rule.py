"""The rule that a Pabulib file declares in META, and a preset as it is asked for on a file.

Source: the Pabulib format; the yardstick of the rules, sections 1.3, 1.4 and 2. The mapping stands
in ``docs/result-file.md``, section "The rule".
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pb.tally.pabulib_format import RULE_KEY
from pb.tally.rules import (
    EQUAL_SHARES,
    PRESETS,
    Comparison,
    Completion,
    Family,
    Remainder,
    Rule,
    Start,
    Stop,
)

_LONGEST_NUMBER = 12
_POZNAN = ("poznań", "poznan")
_OF_A_FILE = replace(EQUAL_SHARES, theme_ceilings=False)


def declared_rule(meta: Mapping[str, str]) -> tuple[Rule, list[str]]:
    """Return the rule of a file, and a sentence for each part of it that is not counted so.

    Raises ValueError when the key of our own does not hold a rule.
    """
    if written := meta.get(RULE_KEY):
        return Rule.from_json(written), []
    declared = meta.get("rule", "").strip().lower() or "unknown"
    if declared.startswith("equalshares"):
        return _equal_shares(declared)
    if declared == "greedy-no-skip":
        return replace(PRESETS["most_votes_no_skip"], minimum_votes=_threshold(meta)), []
    if declared == "greedy-custom" and meta.get("unit", "").strip().lower() in _POZNAN:
        no_skip = PRESETS["most_votes_no_skip"]
        return replace(
            no_skip, remainder=Remainder.EIGHTY_PERCENT, minimum_votes=_threshold(meta)
        ), []
    exclusive = declared == "greedy-exclusive"
    rule = replace(_most_votes(meta), exclusive_groups=exclusive)
    plain = exclusive or declared in ("greedy", "greedy-threshold")
    return rule, [] if plain else [_counted_as(declared, rule)]


def asked_rule(name: str, meta: Mapping[str, str]) -> Rule:
    """Return a preset as it counts a file. Raises ValueError for a name that is no preset."""
    if name not in PRESETS:
        raise ValueError(f"there is no rule '{name[:40]}'; there are {', '.join(PRESETS)}")
    preset = PRESETS[name]
    if RULE_KEY in meta:
        own = declared_rule(meta)[0]
        return replace(
            preset,
            tie_order=own.tie_order,
            minimum_votes=own.minimum_votes,
            minimum_percent=own.minimum_percent,
            support_quota=own.support_quota,
            theme_ceilings=own.theme_ceilings,
        )
    if preset.family is not Family.MOST_VOTES:
        return replace(preset, theme_ceilings=False)
    if preset.skip:
        return _most_votes(meta)
    return replace(preset, minimum_votes=_threshold(meta))


def declares(meta: Mapping[str, str], rule: Rule) -> bool:
    """Tell whether the names in META say exactly this rule, without our own key."""
    return declared_rule({key: value for key, value in meta.items() if key != RULE_KEY})[0] == rule


def name_of(rule: Rule) -> dict[str, str]:
    """Return the keys by which others know a rule, or the rule that is nearest to it."""
    if rule.family is Family.PHRAGMEN:
        return {"rule": "unknown"}
    if rule.family is Family.EQUAL_SHARES:
        raised = "/add1" if rule.add1 else ""
        compared = "-comparison" if rule.comparison is not Comparison.NONE else ""
        return {"rule": f"equalshares{raised}{compared}"}
    if not rule.skip:
        return {"rule": "greedy-no-skip"}
    if rule.exclusive_groups:
        return {"rule": "greedy-exclusive"}
    if rule.minimum_votes > 1:
        threshold = str(rule.minimum_votes)
        return {"rule": "greedy-threshold", "min_project_score_threshold": threshold}
    return {"rule": "greedy"}


def _most_votes(meta: Mapping[str, str]) -> Rule:
    """Return most votes with the threshold and the leftover rule of a file."""
    leftover = meta.get("leftover_budget", "").strip()
    remainder = Remainder.NONE
    if leftover.startswith("Fund additional"):
        remainder = Remainder.SECOND_PASS
    elif leftover.startswith("Partially"):
        remainder = Remainder.PARTIAL
    return replace(
        PRESETS["most_votes"],
        minimum_votes=_threshold(meta),
        ceilings_in_remainder=False,
        remainder=remainder,
    )


def _equal_shares(declared: str) -> tuple[Rule, list[str]]:
    """Return the kind of equal shares that a file declares."""
    rule = replace(_OF_A_FILE, completion=Completion.NONE)
    kinds = {
        "equalshares": replace(rule, add1=False),
        "equalshares/add1": rule,
        "equalshares/add1u": _OF_A_FILE,
        "equalshares-comparison": replace(rule, add1=False, comparison=Comparison.MORE_CHOICES),
        "equalshares/add1-comparison": replace(
            rule,
            start=Start.FLOOR,
            stop=Stop.OVERSPENDING,
            comparison=Comparison.MORE_CHOICES,
        ),
    }
    found = kinds.get(declared)
    return (found, []) if found else (rule, [_counted_as(declared, rule)])


def _threshold(meta: Mapping[str, str]) -> int:
    """Return the lowest number of votes of a file; nobody is funded without any."""
    text = meta.get("min_project_score_threshold", "").strip()
    number = re.fullmatch(r"([0-9]{1,%d})(?:\.0*)?" % _LONGEST_NUMBER, text)  # noqa: UP031
    return max(1, int(number[1])) if number else 1


def _counted_as(declared: str, rule: Rule) -> str:
    """Return the sentence for a rule that is not known."""
    return f"the file's rule '{declared[:60]}' is counted as {rule.family.value}"
