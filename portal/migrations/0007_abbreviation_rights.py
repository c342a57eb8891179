from django.db import migrations

from portal.rights import grant

GROUPS = ("Biên tập viên", "Người duyệt đăng", "Quản trị viên")
RIGHTS = [f"editing.{verb}_abbreviation" for verb in ("add", "change", "delete", "view")]


def give_rights(apps, schema_editor):
    grant(apps, schema_editor, dict.fromkeys(GROUPS, RIGHTS))


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_search_index"),
        ("editing", "0003_abbreviations"),
    ]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
