from ckeditor.widgets import CKEditorWidget
from django.forms.widgets import Media


class Editor(CKEditorWidget):
    """CKEditor under a content policy that forbids inline handlers."""

    @property
    def media(self) -> Media:
        # One list, because separate ones may be merged in another order.
        scripts = [*super().media._js, "staff/editor.js"]
        return Media(js=scripts, css={"all": ["ckeditor/ckeditor.css", "staff/editor.css"]})
