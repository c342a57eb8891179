from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0015_find_notices_without_an_end"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="edition",
            name="news_list",
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                models.F("language"),
                models.OrderBy(models.F("listed_at"), descending=True),
                models.OrderBy(models.F("article_id"), descending=True),
                models.F("category"),
                models.F("live_from"),
                models.F("live_until"),
                models.F("ends_at"),
                models.F("leaves_when_ended"),
                models.F("state"),
                models.F("id"),
                condition=models.Q(("state", "approved")),
                name="news_list",
            ),
        ),
        migrations.RemoveIndex(
            model_name="edition",
            name="news_category_list",
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                models.F("category"),
                models.F("language"),
                models.OrderBy(models.F("listed_at"), descending=True),
                models.OrderBy(models.F("article_id"), descending=True),
                models.F("live_from"),
                models.F("live_until"),
                models.F("ends_at"),
                models.F("leaves_when_ended"),
                models.F("state"),
                models.F("id"),
                condition=models.Q(("state", "approved")),
                name="news_category_list",
            ),
        ),
    ]
