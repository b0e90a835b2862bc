"""Django's task interface over the job table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.exceptions import TaskResultDoesNotExist

from junheng.apps.jobs.models import Job, State
from junheng.apps.jobs.services import job_enqueue

if TYPE_CHECKING:
    from django_tasks.base import Task

STATUS: dict[str, TaskResultStatus] = {
    State.QUEUED: TaskResultStatus.READY,
    State.RUNNING: TaskResultStatus.RUNNING,
    State.DONE: TaskResultStatus.SUCCESSFUL,
    State.FAILED: TaskResultStatus.FAILED,
    State.CANCELLED: TaskResultStatus.FAILED,
    State.PARKED: TaskResultStatus.FAILED,
}


class LeaseBackend(BaseTaskBackend):
    """Stores tasks as jobs, which `junheng worker` claims under a lease."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Put a task into the queue, in the transaction of the caller."""
        self.validate_task(task)
        return self._result(job_enqueue(task, args, kwargs))

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return what is known of a task by its id; TaskResultDoesNotExist when it is not there."""
        try:
            return self._result(Job.objects.get(pk=result_id))
        except (Job.DoesNotExist, ValidationError) as error:
            raise TaskResultDoesNotExist(result_id) from error

    def _result(self, job: Job) -> TaskResult[Any]:
        arguments = json.loads(job.arguments)
        result: TaskResult[Any] = TaskResult(
            task=import_string(job.task_path),
            id=str(job.pk),
            status=STATUS[job.state],
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            finished_at=job.ended_at,
            last_attempted_at=job.started_at,
            args=arguments["args"],
            kwargs=arguments["kwargs"],
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
        # The interface keeps the value private and offers no argument for it.
        object.__setattr__(result, "_return_value", job.result)
        return result
