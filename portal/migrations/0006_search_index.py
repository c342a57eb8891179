import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TABLE = "portal_searchindex"
STATEMENTS = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, content='', detail=none, "
        "tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")",
    ],
    # GIN over lists of tokens: no extension is needed, so any owner of a database can make it.
    "postgresql": [
        f"CREATE TABLE {TABLE} (key bigint PRIMARY KEY, tokens tsvector NOT NULL)",
        # The lists stay out of the table's pages: finding keys reads no list.
        f"ALTER TABLE {TABLE} ALTER COLUMN tokens SET STORAGE EXTERNAL",
        f"CREATE INDEX {TABLE}_tokens ON {TABLE} USING gin (tokens)",
    ],
}


def create_index(apps, schema_editor):
    """Empty: the runner fills it within minutes, `manage.py rebuild_search` at once."""
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def drop_index(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {TABLE}", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("editing", "0003_abbreviations"),
        ("news", "0004_editions_know_their_length"),
        ("portal", "0005_rights_over_the_front_page"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name": "word of the index",
                "verbose_name_plural": "words of the index",
            },
        ),
        migrations.CreateModel(
            name="FileText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="text",
                        to="editing.file",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of a file",
                "verbose_name_plural": "texts of files",
            },
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "news"),
                            ("notice", "notices"),
                            ("attachment", "attachments"),
                            ("page", "pages"),
                        ],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(max_length=5)),
                ("title", models.CharField(max_length=300)),
                ("packed", models.BinaryField()),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "attachment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_documents",
                        to="news.attachment",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_documents",
                        to="news.edition",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_documents",
                        to="portal.page",
                    ),
                ),
            ],
            options={
                "verbose_name": "search document",
                "verbose_name_plural": "search documents",
            },
        ),
        migrations.RunPython(create_index, drop_index),
    ]
