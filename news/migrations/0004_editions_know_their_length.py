from django.db import migrations, models

from editing.richtext import plain_text
from vietnamese.syllables import count_syllables

BATCH = 500


def count_what_is_there(apps, schema_editor):
    Edition = apps.get_model("news", "Edition")
    batch = []
    for edition in Edition.objects.only("lead", "body").iterator(BATCH):
        edition.syllables = count_syllables(f"{edition.lead} {plain_text(edition.body)}")
        batch.append(edition)
        if len(batch) == BATCH:
            Edition.objects.bulk_update(batch, ["syllables"])
            batch = []
    Edition.objects.bulk_update(batch, ["syllables"])


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0003_editions_carry_their_date"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="syllables",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(count_what_is_there, migrations.RunPython.noop),
    ]
