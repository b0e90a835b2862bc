"""What other apps may use of the pages of those who keep the site."""

from __future__ import annotations

from junheng.apps.it.first_page import first_page

__all__ = ["first_page"]
