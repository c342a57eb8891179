from django.db import migrations

from portal.rights import grant

OVER_THE_FRONT_PAGE = [f"news.{verb}_frontstory" for verb in ("add", "change", "delete", "view")]


def grant_rights(apps, schema_editor):
    groups = ("Người duyệt đăng", "Quản trị viên")
    grant(apps, schema_editor, dict.fromkeys(groups, OVER_THE_FRONT_PAGE))


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0004_staff_groups"),
        ("news", "0005_stories_of_the_front_page"),
    ]

    operations = [migrations.RunPython(grant_rights, migrations.RunPython.noop)]
