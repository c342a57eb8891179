from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0016_count_a_list_in_its_index"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                models.F("id"),
                condition=models.Q(("archived_at__isnull", False)),
                name="news_in_archive",
            ),
        ),
    ]
