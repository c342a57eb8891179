from typing import Any

from ckeditor.widgets import CKEditorWidget
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.forms.widgets import Media

from editing.keys import is_key


class Editor(CKEditorWidget):
    """CKEditor under a content policy that forbids inline handlers."""

    @property
    def media(self) -> Media:
        # One list, because separate ones may be merged in another order.
        scripts = [*super().media._js, "staff/editor.js"]
        return Media(js=scripts, css={"all": ["ckeditor/ckeditor.css", "staff/editor.css"]})


class _OfKeys:
    """Django's own asks the database for whatever was sent, and fails for what is no key."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        keys = [key for key in value if is_key(key)]
        return super().optgroups(name, keys, attr)  # type: ignore[misc]


class Searched(_OfKeys, AutocompleteSelect):
    """One row, found by typing."""


class SearchedMultiple(_OfKeys, AutocompleteSelectMultiple):
    """Rows, each found by typing."""
