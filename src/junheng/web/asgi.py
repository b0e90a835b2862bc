"""The site for an ASGI server (`uvicorn junheng.web.asgi:application`)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.web.settings")
# Static files come from whitenoise, which reads them in one go: they are small and cached for ever.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterat")
_django = get_asgi_application()

from junheng.web.body_limit import limited  # noqa: E402 - it reads the settings, which are ready now

application = limited(_django)
# Whoever comes first must not wait until all pages are imported.
PAGES = get_resolver().url_patterns


def _end_with_parent() -> None:
    """End this process of several when the one that started it is gone, however it went.

    Otherwise it would go on answering at the address, and the site could not be started anew.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=_end_with_parent, daemon=True).start()
