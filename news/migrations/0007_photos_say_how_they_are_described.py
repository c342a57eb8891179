from django.db import migrations, models


def choose(apps, schema_editor):
    """Until now a description, a tick or a caption alone let a photo be published."""
    uses = apps.get_model("news", "EditionPhoto").objects
    uses.filter(is_decorative=True).update(describing="decorative")
    described = ~models.Q(description="") | ~models.Q(photo=None) & ~models.Q(photo__description="")
    rest = uses.filter(describing="").exclude(photo=None)
    keys = list(rest.filter(described).values_list("pk", flat=True))
    uses.filter(pk__in=keys).update(describing="described")
    keys = list(rest.filter(describing="").exclude(caption="").values_list("pk", flat=True))
    uses.filter(pk__in=keys).update(describing="caption")


def choose_back(apps, schema_editor):
    uses = apps.get_model("news", "EditionPhoto").objects
    uses.filter(describing="decorative").update(is_decorative=True)


class Migration(migrations.Migration):
    dependencies = [("news", "0006_edition_keeps_suggestions"), ("editing", "0004_photo_library")]
    operations = [
        migrations.AddField(
            "editionphoto",
            "describing",
            models.CharField(
                blank=True,
                choices=[
                    ("described", "photo description"),
                    ("caption", "The caption is enough"),
                    ("decorative", "decorative photo (needs no description)"),
                ],
                help_text="One of the three must be chosen before publishing.",
                max_length=10,
                verbose_name="for readers who cannot see it",
            ),
        ),
        migrations.RunPython(choose, choose_back),
        migrations.RemoveField("editionphoto", "is_decorative"),
    ]
