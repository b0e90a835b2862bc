"""Signs of life of the processes beside the site."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of a worker, by machine and process id."""

    worker = models.CharField(primary_key=True, max_length=120)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.worker} {self.at:%Y-%m-%d %H:%M:%S}"
