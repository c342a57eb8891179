import re
from io import StringIO

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from contacts.models import Person
from editing.models import File, Photo
from news.models import Article, Category, Edition
from portal.models import Agency
from portal.samples import SampleMaker, sample, start_of_today
from tests.making import make_edition

pytestmark = pytest.mark.django_db


def make_samples(count):
    list(SampleMaker(start_of_today(), photos=1).make(count))


def test_samples_are_the_same_every_time():
    today = start_of_today()
    assert [sample(number, until=today) for number in range(20)] == [
        sample(number, until=today) for number in range(20)
    ]


def test_a_second_run_adds_only_what_is_missing():
    make_samples(10)
    make_samples(25)
    assert Article.objects.count() == 25
    assert Article.objects.values("origin").distinct().count() == 25


@pytest.mark.slow
def test_samples_fill_every_part_of_the_site():
    make_samples(150)
    live = Edition.objects.live()
    assert live.notices().current().count() == 12
    assert live.notices().exclude(pk__in=live.notices().current()).exists()
    assert len({edition.listed_at.year for edition in live}) >= 5
    assert live.exclude(lead_photo=None).exists()
    assert live.exclude(attachments=None).exists()
    assert not Person.objects.exists()


def test_samples_are_marked_on_every_page(citizen):
    make_samples(3)
    edition = Edition.objects.live().first()
    assert "Bài mẫu" in citizen.get(edition.get_absolute_url()).content.decode()
    assert "nội dung mẫu" in citizen.get("/lien-he/").content.decode()


def test_removing_samples_takes_all_of_them_and_nothing_else():
    mine = make_edition()
    before = (Category.objects.count(), File.objects.count())
    make_samples(40)
    call_command("sample_content", remove=True, stdout=StringIO())
    assert list(Edition.objects.all()) == [mine]
    assert (Category.objects.count(), File.objects.count()) == before
    assert not Photo.objects.exists()
    assert not any(
        default_storage.listdir("photos/" + name)[1]
        for name in default_storage.listdir("photos")[0]
    )
    assert not Agency.load().has_samples


def test_a_dry_run_makes_nothing():
    output = StringIO()
    call_command("sample_content", articles=5, dry_run=True, stdout=output)
    assert re.search(r"\+5", output.getvalue())
    assert not Article.objects.exists()
