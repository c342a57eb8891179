"""Robots that pose as browsers, by what they do: suspected, never certain.

A suspect stays in the main figures and is counted a second time under its rule, until staff decide
otherwise (`stats.classes`).
"""

from __future__ import annotations

import re
from collections import Counter

from django.utils.translation import gettext_lazy as _

from stats import clock

REFERRER_SPAM = "suspect:referrer-spam"
NO_LANGUAGE = "suspect:no-language"
PACE = "suspect:pace"

LABELS = {
    REFERRER_SPAM: _("Suspected: comes from an advertiser's fake link"),
    NO_LANGUAGE: _("Suspected: a browser that names no language"),
    PACE: _("Suspected: reads faster than people do"),
}

MOST_A_MINUTE = 60  # pageviews of one visitor through one process; nobody reads a page a second

# Hosts that send visits to nobody but to statistics; parts of a name, as the senders vary the rest.
_SPAM = re.compile(
    r"semalt|(^|\.)darodar\.|ilovevitaly|hulfingtonpost|7makemoneyonline|4webmasters|webmonetizer"
    r"|(buttons?|share|social)-(for|buttons?|traffic|sharing)|(free|get|buy|cheap|rank|seo)-?traffic"
    r"|traffic2?(money|cash|monetize|monster)|best-seo|seo-(offer|platform|analyses|2-0)|success-seo"
    r"|(^|\.)(econom|priceg|cenoval|iskalko|blackhatworth|o-o-\d+-o-o|savetubevideo|kambasoft)\."
    r"|event-tracking|monetizationking|rankings?-analytics|uptime(bot|checker)\.|keywords-monitoring"
    r"|(google|analytics)-?(liar|spam|hack)|copyrightclaims|cookie-law-enforcement|eu-cookie-law"
)


class Pace:
    """How often each visitor came within a minute, in the memory of one process for a minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._seen: Counter[int] = Counter()

    def is_too_fast(self, visitor: int, moment: int) -> bool:
        if (minute := moment // clock.MINUTE) != self._minute:
            self._minute, self._seen = minute, Counter()
        self._seen[visitor] += 1
        return self._seen[visitor] > MOST_A_MINUTE


def is_spam(site: str) -> bool:
    """Whether a referring site is there for nobody but the readers of statistics."""
    return bool(site and _SPAM.search(site))


def suspicion(languages: str, *, referrer: str, is_too_fast: bool) -> str:
    """The rule under which a pageview that claims to be a person's is suspected, or ""."""
    if is_spam(referrer):
        return REFERRER_SPAM
    # Every browser says which languages its reader wants; scripts that borrow its name forget to.
    if not languages.strip():
        return NO_LANGUAGE
    return PACE if is_too_fast else ""
