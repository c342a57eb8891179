"""What gunicorn serves: `gunicorn portal.wsgi`."""

import os
from collections.abc import Callable, Iterable

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def _make_application() -> Callable[..., Iterable[bytes]]:
    django = get_wsgi_application()
    # Of settings and models, which are there only now.
    from portal.page_cache import ahead
    from portal.page_cache.layer import PageCache
    from portal.turns import InTurn

    cache = PageCache(InTurn(django))
    ahead.build_with(cache.ahead)
    return cache


application = _make_application()
