from django.db import migrations

from vietnamese.slugs import slugify


def fill_seats(apps, schema_editor):
    """Holders who overlap already keep no seat: the staff's report names them."""
    rows = apps.get_model("contacts", "Appointment").objects.select_related("post")
    seated = []
    for row in rows.filter(post__has_one_seat=True).order_by("pk"):
        if not any(_overlap(row, other) for other in seated if other.post_id == row.post_id):
            seated.append(row)
            row.seat = row.post_id
            row.save(update_fields=["seat"])


def _overlap(one, other):
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one, other):
    return one.started_on is None or other.ended_on is None or one.started_on < other.ended_on


def fill_slugs(apps, schema_editor):
    taken = set()
    for row in apps.get_model("contacts", "Unit").objects.order_by("pk"):
        for code in ("vi", "en"):
            name = getattr(row, f"name_{code}")
            slug = slugify(name or "", 70)
            if slug and (code, slug) in taken:
                slug = f"{slug}-{row.pk}"
            if slug:
                taken.add((code, slug))
                setattr(row, f"slug_{code}", slug)
        row.slug = row.slug_vi
        row.save(update_fields=["slug", "slug_vi", "slug_en"])


def nothing(apps, schema_editor):
    """The columns go with the step before."""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_directory_with_history")]
    operations = [
        migrations.RunPython(fill_seats, nothing),
        migrations.RunPython(fill_slugs, nothing),
    ]
