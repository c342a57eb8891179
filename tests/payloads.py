"""Attacks on rich text, put together from the parts that such attacks are made of.

Each calls `pwned()`, which a browser test defines and which nothing may ever call.
"""

import html
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

CALL = "pwned(1)"

_CARRIERS = (
    *("<img src=x {}>", "<svg {}></svg>", "<svg><animate {} attributeName=x dur=1s>", "<body {}>"),
    *("<input autofocus {}>", "<details open {}>x</details>", "<video src=x {}></video>"),
    *("<audio src=x {}></audio>", "<p {}>x</p>", "<a href=# {}>x</a>", "<marquee {}>x</marquee>"),
    *("<math {}></math>", "<table {}><tr><td {}>x</td></tr></table>", "<style {}></style>"),
    *(
        "<iframe src=x {}></iframe>",
        "<object data=x {}></object>",
        "<select autofocus {}></select>",
    ),
    *(
        "<x-element {} tabindex=1 id=x>x</x-element>",
        "<ul {}><li {}>x</li></ul>",
        "<form {}></form>",
    ),
)
_EVENTS = (
    *("onerror", "onload", "onbegin", "onfocus", "ontoggle", "onmouseover", "onpointerenter"),
    *("onanimationstart", "onscroll", "onwheel", "onpageshow", "ontransitionend", "onstart"),
)
_SPELLINGS = (
    *(
        '{0}="{1}"',
        "{0}='{1}'",
        "{0}={1}",
        "{0} = {1}",
        "/{0}={1}",
        "\n{0}\n=\n{1}",
        "x=y\t{0}={1}",
    ),
    *('"{0}="{1}', "\x0c{0}={1}", "style=animation-name:x {0}={1}"),
    *("\r{0}=`{1}`", "{0}=&quot;{1}&quot;"),
)
_SCHEMES = (
    *(
        "javascript:",
        "JaVaScRiPt:",
        "java\tscript:",
        "java\nscript:",
        "\x01javascript:",
        " javascript:",
    ),
    *(
        "javascript&colon;",
        "&#106;avascript:",
        "&#x6A;avascript:",
        "&#0000106avascript:",
        "vbscript:",
    ),
    *(
        "data:text/html,<script>",
        "data:text/html;base64,",
        "feed:javascript:",
        "view-source:javascript:",
    ),
    *("javascript:%0a", "javascript://x%0a", "jar:javascript:", "blob:javascript:", "java script:"),
    *("\u2028javascript:", "\u00a0javascript:", "java\u00adscript:", "javascript\u200b:"),
)
_PLACES = (
    *('<a href="{}">x</a>', "<a href='{}'>x</a>", "<a href={}>x</a>", '<iframe src="{}"></iframe>'),
    *(
        '<form action="{}"><input type=submit></form>',
        '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    ),
    *(
        '<object data="{}"></object>',
        '<embed src="{}">',
        '<base href="{}">',
        '<link rel=stylesheet href="{}">',
    ),
    *('<meta http-equiv=refresh content="0;url={}">', '<img src="{}">', '<math href="{}">x</math>'),
    *('<button formaction="{}">x</button>', '<table background="{}"><tr><td>x</td></tr></table>'),
    *('<p style="background:url({})">x</p>', '<a ping="{}" href=/>x</a>', '<use href="{}">'),
)
_SCRIPT = f"<script>{CALL}</script>"
_IMAGE = f"<img src=x onerror={CALL}>"
# What one parser reads as text and another as an element.
_CONFUSIONS = (
    *(
        "<![CDATA[{}]]>",
        "<!--{}-->",
        "<!--><{}",
        "<!-- --!>{}-->",
        "<noscript><p title='</noscript>{}'>",
    ),
    *("<math><mtext><table><mglyph><style><!--</style>{}", "<svg><style>{}</style></svg>"),
    *("<form><math><mtext></form><form><mglyph><style></math>{}", "<template>{}</template>"),
    *("<svg></p><style><a id='</style>{}'>", "<math><annotation-xml encoding='text/html'>{}"),
    *(
        "<textarea></textarea>{}",
        "<title></title>{}",
        "<xmp></xmp>{}",
        "<plaintext>{}",
        "<select>{}",
    ),
    *("<iframe srcdoc='{}'></iframe>", "<svg><foreignObject>{}</foreignObject></svg>", "</p>{}<p>"),
    *(
        "<a href='x'{}>",
        "<b<{}",
        "<<{}",
        "<p title='>{}'>",
        '<p title="{}">',
        "<?xml {}?>",
        "<!DOCTYPE {}>",
    ),
    *(
        "\x00{}",
        "<di\x00v>{}",
        "<s\ufffdcript>{}",
        "<style>@import '{}'</style>",
        "{}\u2028{}",
        "&lt;{}",
    ),
    *("<h1>{}</h1>", "<div><div>{}</div>", "<i>{}<b>", "<h6/{}>", "<o:p>{}</o:p>", "<xml>{}</xml>"),
)
_INNER = (
    *(_SCRIPT, _IMAGE, f"<svg/onload={CALL}>", f"<scr<script>ipt>{CALL}</script>", _SCRIPT.upper()),
    *(
        html.escape(_IMAGE),
        html.escape(html.escape(_IMAGE)),
        quote(_SCRIPT),
        f"<SCRIPT SRC=//x/{CALL}>",
    ),
    *(
        f"<a href=javascript:{CALL}>x</a>",
        f"<script/x>{CALL}</script >",
        f"<img/src=x/onerror={CALL}//",
    ),
)


# The same call, as an address may hide it.
_HIDDEN = (CALL, quote(CALL, safe=""), "".join(f"&#{ord(letter)};" for letter in CALL))


def payloads() -> Iterator[str]:
    """All of them, always in the same order."""
    for carrier, event, spelling in product(_CARRIERS, _EVENTS, _SPELLINGS):
        yield carrier.replace("{}", spelling.format(event, CALL))
    for place, scheme, call in product(_PLACES, _SCHEMES, _HIDDEN):
        yield place.format(scheme + call)
    for around, inner in product(_CONFUSIONS, _INNER):
        yield around.replace("{}", inner)
