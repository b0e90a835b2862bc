"""The site for an ASGI server (`uvicorn junheng.web.asgi:application`)."""

from __future__ import annotations

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "junheng.web.settings")
# Static files come from whitenoise, which reads them in one go: they are small and cached for ever.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterat")
application = get_asgi_application()
