from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0014_trash_is_found_at_once"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                models.F("category"),
                models.F("language"),
                models.OrderBy(models.F("is_pinned"), descending=True),
                models.F("notice_level"),
                models.OrderBy(models.F("listed_at"), descending=True),
                models.OrderBy(models.F("article_id"), descending=True),
                condition=models.Q(("ends_at__isnull", True), ("state", "approved")),
                name="news_notice_unended",
            ),
        ),
    ]
