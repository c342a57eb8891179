from django.db import migrations

from portal.rights import grant

RIGHTS = {
    "Biên tập viên": ["portal.view_subscription"],
    "Người duyệt đăng": ["portal.view_subscription"],
    "Quản trị viên": [
        *("portal.view_subscription", "portal.delete_subscription", "portal.see_addresses"),
    ],
}


def give_rights(apps, schema_editor):
    grant(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0016_subscriptions_by_mail"),
    ]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
