from django.db import migrations, models
from django.utils import timezone


def give_editions_their_date(apps, schema_editor):
    """Staff dated an older report through its article: at midnight, and not when it went live."""
    Article = apps.get_model("news", "Article")
    dated = Article.objects.exclude(first_published_at=None).annotate(
        live_from=models.Min("editions__live_from")
    )
    for article in dated.exclude(first_published_at=models.F("live_from")).iterator():
        moment = timezone.localtime(article.first_published_at)
        if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
            article.editions.update(dated=moment.date())
            Article.objects.filter(pk=article.pk).update(first_published_at=article.live_from)


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0002_review_withdrawal_and_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="dated",
            field=models.DateField(
                blank=True,
                help_text=(
                    "Only for an older report that shall carry its own date. "
                    "Left empty, it is the day of publication. Example: 28/12/2021"
                ),
                null=True,
                verbose_name="date of the article",
            ),
        ),
        migrations.AlterField(
            model_name="article",
            name="first_published_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="first published at"),
        ),
        migrations.RunPython(give_editions_their_date, migrations.RunPython.noop),
    ]
