"""Prints, as JSON, the addresses that are measured in the portal that the environment names."""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from django.db.models import Count  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import translation  # noqa: E402

from news.lists import LAST_NUMBERED_PAGE, PER_PAGE, before_parameter  # noqa: E402
from news.models import Category, Edition, EditionQuerySet, Tag  # noqa: E402

# A question that many texts answer, and one that few do.
COMMON, RARE = "khu công nghiệp", "công khai bến bãi quý 2"


def deepest(address: str, editions: EditionQuerySet) -> tuple[str, str]:
    """The last full page of a list that has a number, and the last one of all, which goes by key."""
    count = editions.count()
    number = max(1, min(LAST_NUMBERED_PAGE, count // PER_PAGE))
    before_last = editions.newest_first()[max(0, count - PER_PAGE - 1)].article_id
    return f"{address}?page={number}", f"{address}?{before_parameter()}={before_last}"


def oldest_full_year(editions: EditionQuerySet) -> int:
    """The first that fills a page of its list, or the fullest where none does."""
    counts = dict(editions.order_by().values_list("listed_at__year").annotate(found=Count("pk")))
    full = [year for year, found in counts.items() if found >= PER_PAGE]
    return min(full) if full else max(counts, key=lambda year: counts[year])


def addresses() -> dict[str, str]:
    news = Edition.objects.live().in_language("vi").listed().news()
    newest, oldest = news.newest_first().first(), news.newest_first().last()
    fullest_category = Category.objects.filter(editions__in=news).annotate(found=Count("editions"))
    category = fullest_category.order_by("-found", "pk").first()
    fullest_tag = Tag.objects.filter(editions__in=news).annotate(found=Count("editions"))
    tag = fullest_tag.order_by("-found", "pk").first()
    if newest is None or oldest is None or category is None or tag is None:
        raise SystemExit("There are no sample articles.")
    numbered, keyed = deepest(reverse("news:news"), news)
    of_category = deepest(category.get_absolute_url(), news.filter(category=category))[1]
    year = reverse("news:year", args=[oldest_full_year(news)])
    search = reverse("search")
    return {
        "home": reverse("home"),
        "list": reverse("news:news"),
        "article": newest.get_absolute_url(),
        "search": f"{search}?{urlencode({'q': COMMON})}",
        "hotline": reverse("contacts:hotline"),
        "list, last number": numbered,
        "list, last by key": keyed,
        "oldest article": oldest.get_absolute_url(),
        "oldest full year": year,
        "category, last by key": of_category,
        "tag": tag.get_absolute_url(),
        "notices, ended": f"{reverse('news:notices')}?past",
        "search, rare": f"{search}?{urlencode({'q': RARE})}",
        "statistics": reverse("stats:overview"),
        "site map": reverse("sitemap"),
    }


if __name__ == "__main__":
    with translation.override("vi"):
        print(json.dumps(addresses()))
