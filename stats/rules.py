"""Every rule by which a visit is left out or suspected, with what staff read beside it."""

from stats import robots, suspects

LABELS = robots.LABELS | suspects.LABELS


def label(rule: str) -> str:
    return str(LABELS.get(rule, rule))
