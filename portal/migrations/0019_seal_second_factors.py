from django.db import migrations

from portal.access.sealed import SECRETS, seal, unseal


def each_secret(apps, change):
    for row in apps.get_model("mfa", "Authenticator").objects.exclude(type="webauthn"):
        row.data |= {name: change(row.data[name]) for name in SECRETS if name in row.data}
        row.save(update_fields=["data"])


def seal_all(apps, schema_editor):
    each_secret(apps, lambda text: seal(unseal(text)))


def unseal_all(apps, schema_editor):
    each_secret(apps, unseal)


class Migration(migrations.Migration):
    """Secrets of apps and recovery codes were kept as allauth gives them: readable."""

    dependencies = [
        ("portal", "0018_name_of_the_agency"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(seal_all, unseal_all)]
