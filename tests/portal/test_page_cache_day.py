"""A day at random: published, scheduled, ended, corrected and taken back while pages are read."""

import random
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Edition, FrontStory
from portal.models import Emergency
from portal.page_cache import moments
from portal.page_cache.places import marks
from tests.making import make_edition, make_notice
from tests.portal.test_page_cache import (  # noqa: F401
    CHANGES,
    Front,
    addresses,
    assert_exact,
    front,
    older_site,
    pages,
    site,
)

STEPS = 80
HOURS = 26  # midnight is among them
SEARCH = "/tim-kiem/?q=khoi+cong"


class Day:
    """What happens is drawn by lot; what is drawn depends on the seed alone."""

    def __init__(self, seed, site, clock):  # noqa: F811
        self.lot = random.Random(seed)  # noqa: S311
        self.site, self.clock = site, clock
        self.addresses = addresses(site)
        self.happened: list[str] = []

    def soon(self):
        return timezone.now() + timedelta(seconds=self.lot.choice([1, 7, 45, 600, 7200]))

    def go_on(self):
        """Some time, or up to the next instant that is known, or a hair before it."""
        kind = self.lot.choice(["seconds", "minutes", "instant", "before", "nothing"])
        now = timezone.now()
        if kind in ("instant", "before"):
            known = moments.moments_of(marks().current() or "")
            ahead = known.next - now.timestamp() if known is not None else 0
            # Further away there is midnight, which comes by itself.
            step = max(0, ahead - (0.001 if kind == "before" else 0)) if ahead < 3600 else 0
        else:
            most = {"seconds": 40, "minutes": 2 * HOURS * 3600 / STEPS * 5, "nothing": 0}[kind]
            step = self.lot.random() * most
        self.clock.move_to(now + timedelta(seconds=step), tick=False)
        self.happened.append(f"{kind} {step:.3f}")

    def change_something(self):
        made = [self.schedule, self.end, self.warn, self.place, self.put_up, self.do_as_listed]
        self.lot.choice(made)()

    def schedule(self):
        edition = make_edition(title=f"Theo giờ {len(self.happened)}", live_from=self.soon())
        self.addresses.append(edition.get_absolute_url())
        self.happened.append("a scheduled article")

    def end(self):
        row = self.lot.choice(list(Edition.objects.live().order_by("pk")))
        Edition.objects.filter(pk=row.pk).update(live_until=self.soon())
        self.happened.append(f"an end of {row.pk}")

    def warn(self):
        starts = self.soon()
        ends = starts + timedelta(seconds=self.lot.choice([2, 30, 900]))
        Emergency.objects.create(headline_vi="Bão", starts_at=starts, ends_at=ends)
        self.happened.append("a banner to come")

    def place(self):
        FrontStory.objects.all().delete()
        story = {"article": self.site["older"].article, "ends_at": self.soon()}
        FrontStory.objects.create(**story, starts_at=timezone.now())
        self.happened.append("a story of the front page")

    def put_up(self):
        notice = make_notice(ends_at=self.soon(), leaves_when_ended=self.lot.random() < 0.5)
        self.addresses.append(notice.get_absolute_url())
        self.happened.append("a notice that ends")

    def do_as_listed(self):
        # What can be done once only: nobody approves an article that is in the trash.
        left = [name for name in CHANGES if name not in ("an address", *self.happened)]
        if not left:
            return
        name = self.lot.choice(left)
        self.happened.append(name)
        if name in NEEDS_ARTICLE and not self._is_live():
            return
        CHANGES[name][1](self.site)

    def _is_live(self):
        rows = Edition.objects.live().filter(article=self.site["article"].article_id)
        return rows.filter(language="vi").exists()


NEEDS_ARTICLE = ("a changed article", "a withdrawal")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_at_each_moment_of_a_day_every_answer_is_what_would_be_built_now(
    front,  # noqa: F811
    older_site,  # noqa: F811
    clock,
    seed,
):
    day = Day(seed, older_site, clock)
    processes = [front, Front()]
    kept = 0
    for _step in range(STEPS):
        day.go_on()
        if day.lot.random() < 0.3:
            day.change_something()
        wanted = day.lot.sample(day.addresses, k=4)
        asked = day.lot.choice(processes)
        built = asked.built
        try:
            assert_exact(asked, wanted)
            # Is never kept, but has what is kept for every page.
            assert asked.get(SEARCH).body == Client().get(SEARCH).content
        except AssertionError as error:
            raise AssertionError(f"{error}\nafter {day.happened[-12:]}") from error
        kept += len(wanted) - max(0, asked.built - built - 1)
    assert kept > STEPS / 4, "pages must be kept, or nothing was tried"
