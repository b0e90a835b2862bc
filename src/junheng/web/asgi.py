"""The site for an ASGI server (`uvicorn junheng.web.asgi:application`)."""

from __future__ import annotations

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.web.settings")
# Static files come from whitenoise, which reads them in one go: they are small and cached for ever.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterat")
_django = get_asgi_application()

from junheng.web.body_limit import limited  # noqa: E402 - it reads the settings, which are ready now

application = limited(_django)
