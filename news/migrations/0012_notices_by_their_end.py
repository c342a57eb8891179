from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("editing", "0008_files_know_whether_they_have_text"),
        ("news", "0011_videos_of_an_edition"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                models.F("category"),
                models.F("language"),
                models.F("ends_at"),
                condition=models.Q(("state", "approved")),
                name="news_notice_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(
                models.F("category"),
                models.F("language"),
                condition=models.Q(("leaves_when_ended", False), ("state", "approved")),
                name="news_notice_stays",
            ),
        ),
    ]
