"""How CKEditor 4 is set up: few buttons, no iframe, nothing that calls out.

Its last free release, 4.22.1, has known holes that nobody mends. What protects us: `clean_html` on
every way in, a content policy without inline script, and none of the plugins named below.
"""

from typing import Any

REMOVED_PLUGINS = (
    *("about", "contextmenu", "copyformatting", "elementspath", "exportpdf", "flash", "forms"),
    *(
        "iframe",
        "image",
        "liststyle",
        "magicline",
        "newpage",
        "preview",
        "print",
        "save",
        "scayt",
        "smiley",
    ),
    *(
        "sourcearea",
        "specialchar",
        "stylescombo",
        "tableselection",
        "tabletools",
        "templates",
        "wsc",
    ),
)

# The two headings are buttons of ours: CKEditor's own list opens in an iframe, which the content
# policy keeps empty.
BUTTONS = (
    ("Bold", "Italic"),
    ("Heading2", "Heading3"),
    ("BulletedList", "NumberedList", "Blockquote"),
    ("Link", "Unlink", "Table"),
    ("Undo", "Redo", "RemoveFormat"),
)

EDITOR: dict[str, Any] = {
    "toolbar": [list(group) for group in BUTTONS],
    "extraPlugins": "divarea,headings",
    "removePlugins": ",".join(REMOVED_PLUGINS),
    "allowedContent": (
        "p h2 h3 h4 ul li blockquote strong em sub sup br caption thead tbody tr;"
        "ol[start,type]; a[!href,hreflang,lang]; table; th[colspan,rowspan,scope]; td[colspan,rowspan]"
    ),
    "entities": False,
    "disableNativeSpellChecker": False,
    "linkShowAdvancedTab": False,
    "linkShowTargetTab": False,
    "removeDialogTabs": "link:advanced;link:target;table:advanced",
    "versionCheck": False,
    "width": "100%",
    "height": 420,
}
