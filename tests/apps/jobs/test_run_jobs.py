"""Jobs: enqueued with the change, run once, seen by their owner, cancelled, parked, forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from tests.apps.jobs import work

from junheng.apps.foundation import policies
from junheng.apps.jobs import api, services
from junheng.apps.jobs.messages import from_json
from junheng.apps.jobs.models import Job, State
from junheng.apps.jobs.running import LeaseLost, Running, as_running
from junheng.errors import NotFound
from junheng.i18n import say

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client
    from pytest_django.fixtures import Settings
    from tests.world import World

    from junheng.i18n import Message

pytestmark = pytest.mark.django_db


def run(n_jobs: int | None = None) -> int:
    return api.run_worker(n_jobs, until_idle=True)


def claim(now: datetime | None = None) -> tuple[Job, Running]:
    claimed = services.job_claim(now=now or timezone.now(), lease_s=30, stop=Event())
    assert claimed is not None
    return claimed


def told(job: Job) -> Message:
    assert job.message is not None
    return from_json(job.message)


def test_it_works() -> None:
    result = work.add.enqueue(1, b=2)
    assert result.status == TaskResultStatus.READY
    assert run() == 1
    done = work.add.get_result(result.id)
    assert (done.status, done.return_value) == (TaskResultStatus.SUCCESSFUL, 3)
    assert work.effects() == ["job 1+2"]
    job = Job.objects.get(pk=result.id)
    assert (job.state, job.share_done, job.attempts, job.lease_token) == ("done", 1.0, 1, None)


def test_a_job_is_enqueued_with_the_change_or_not_at_all() -> None:
    with transaction.atomic():
        work.add.enqueue(1, 2)
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_one_key_is_one_job(world: World) -> None:
    jobs = [api.enqueue(work.add, by=world.officer.pk, key="k", a=1, b=2) for _ in range(3)]
    assert len({job.pk for job in jobs}) == 1
    run()
    assert api.enqueue(work.add, by=world.officer.pk, key="k", a=1, b=2).state == State.DONE
    assert run() == 0


def test_arguments_are_not_readable_in_the_store() -> None:
    work.effect_then_block.enqueue("job of a person", "/nowhere")
    with connection.cursor() as cursor:
        cursor.execute("SELECT arguments FROM jobs_job")
        assert "person" not in cursor.fetchone()[0]


def test_priority_then_time() -> None:
    work.add.enqueue(1, 1)
    work.add.enqueue(2, 2)
    replace(work.add, priority=5).enqueue(3, 3)
    run()
    assert work.effects() == ["job 3+3", "job 1+1", "job 2+2"]


def test_a_job_for_later_waits() -> None:
    work.add.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(1, 2)
    assert run() == 0
    assert services.job_claim(now=timezone.now() + timedelta(hours=2), lease_s=30, stop=Event())


def test_progress_is_kept_as_a_message_of_any_language() -> None:
    work.count.enqueue(5)
    run()
    job = Job.objects.get()
    assert told(job) == say("counted {n}", n=5)
    assert job.result == {"n": 5}


def test_progress_outside_a_job_does_nothing() -> None:
    api.progress(0.5, say("half"))
    assert not Job.objects.exists()


def test_an_error_of_the_data_is_told_in_its_own_words() -> None:
    work.refuse.enqueue()
    run()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.FAILED, 1)
    assert told(job).render() == "row 7 is wrong"


def test_an_error_of_ours_is_told_without_its_trace() -> None:
    result = work.crash.enqueue()
    run()
    job = Job.objects.get()
    assert job.state == State.FAILED
    assert "secret" not in json.dumps(job.message)
    assert "RuntimeError: a secret in a trace" in job.error
    assert work.crash.get_result(result.id).status == TaskResultStatus.FAILED


def test_a_fault_of_the_store_is_tried_again_and_then_set_aside(settings: Settings) -> None:
    settings.JOB_ATTEMPTS = 2
    work.lose_the_store.enqueue()
    run()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (State.QUEUED, 1)
    assert job.run_after > timezone.now()
    Job.objects.update(run_after=timezone.now())
    run()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.PARKED, 2)


def test_a_waiting_job_is_cancelled_at_once() -> None:
    work.add.enqueue(1, 2)
    services.job_cancel(Job.objects.get(), now=timezone.now())
    assert run() == 0
    assert Job.objects.get().state == State.CANCELLED


def test_a_running_job_is_cancelled_at_its_next_progress() -> None:
    work.count.enqueue(5)
    job, running = claim()
    services.job_cancel(job, now=timezone.now())
    assert job.state == State.RUNNING
    with as_running(running), pytest.raises(api.JobCancelled):
        api.progress(0.1, say("next"))


def test_a_stopping_worker_gives_its_job_back_unused() -> None:
    work.count.enqueue(5)
    _job, running = claim()
    running.stop.set()
    services.job_give_back(running, now=timezone.now(), wait_s=0, counts=False)
    job = Job.objects.get()
    assert (job.state, job.attempts, job.lease_token) == (State.QUEUED, 0, None)


class TestLease:
    def test_it_works(self) -> None:
        """Whoever dies loses the job at the end of the lease, and not before."""
        work.add.enqueue(1, 2)
        now = timezone.now()
        first, _ = claim(now)
        within, after = now + timedelta(seconds=29), now + timedelta(seconds=31)
        assert services.job_claim(now=within, lease_s=30, stop=Event()) is None
        second, _ = claim(after)
        assert second.pk == first.pk
        assert second.attempts == 2

    def test_a_renewed_lease_holds_longer(self) -> None:
        work.add.enqueue(1, 2)
        now = timezone.now()
        _job, running = claim(now)
        later = now + timedelta(seconds=20)
        assert services.job_renew(running, now=later, lease_s=30)
        after = now + timedelta(seconds=40)
        assert services.job_claim(now=after, lease_s=30, stop=Event()) is None

    def test_whoever_lost_the_lease_writes_nothing(self) -> None:
        work.add.enqueue(1, 2)
        now = timezone.now()
        _job, slow = claim(now)
        claim(now + timedelta(seconds=31))
        assert not services.job_renew(slow, now=now, lease_s=30)
        assert not services.job_end(slow, state=State.DONE, now=now, result=99)
        with as_running(slow):
            with pytest.raises(LeaseLost):
                work.effect("job late")
            with pytest.raises(LeaseLost):
                api.progress(1, say("late"))
        assert work.effects() == []
        assert Job.objects.get().result is None

    def test_a_step_done_before_is_not_done_again(self) -> None:
        work.add.enqueue(1, 2)
        now = timezone.now()
        _job, first = claim(now)
        with as_running(first):
            work.effect("job effect")
        _job, second = claim(now + timedelta(seconds=31))
        with as_running(second):
            work.effect("job effect")
        assert work.effects() == ["job effect"]

    def test_a_job_that_kills_its_workers_is_set_aside(self) -> None:
        work.add.enqueue(1, 2)
        now = timezone.now()
        for attempt in range(3):
            claim(now + timedelta(seconds=31 * attempt))
        late = now + timedelta(seconds=31 * 4)
        assert services.job_claim(now=late, lease_s=30, stop=Event()) is None
        assert Job.objects.get().state == State.PARKED

    def test_an_orphan_asked_to_cancel_is_cancelled(self) -> None:
        work.add.enqueue(1, 2)
        now = timezone.now()
        job, _ = claim(now)
        services.job_cancel(job, now=now)
        late = now + timedelta(seconds=31)
        assert services.job_claim(now=late, lease_s=30, stop=Event()) is None
        assert Job.objects.get().state == State.CANCELLED

    def test_a_job_cannot_run_without_one(self) -> None:
        work.add.enqueue(1, 2)
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.update(state=State.RUNNING)


def test_old_jobs_are_removed_and_others_kept(settings: Settings) -> None:
    now = timezone.now()
    old, fresh, waiting = (work.add.enqueue(n, n) for n in range(3))
    Job.objects.filter(pk=old.id).update(
        state=State.DONE, ended_at=now - timedelta(days=settings.JOB_KEEP_DAYS + 1)
    )
    Job.objects.filter(pk=fresh.id).update(state=State.DONE, ended_at=now)
    assert services.jobs_clean_up(now=now) == 1
    kept = {str(key) for key in Job.objects.values_list("pk", flat=True)}
    assert kept == {fresh.id, waiting.id}


def test_what_is_no_task_is_refused() -> None:
    with pytest.raises(InvalidTaskError):
        work.add.using(queue_name="elsewhere").enqueue(1, 2)


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_result_is_not_there(key: str) -> None:
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result(key)


class TestPage:
    @pytest.fixture
    def job(self, world: World) -> Job:
        return api.enqueue(work.count, by=world.officer.pk, n_steps=3)

    def test_it_works(self, client: Client, world: World, job: Job) -> None:
        client.force_login(world.officer)
        waiting = client.get(f"/jobs/{job.pk}/").content.decode()
        assert f'hx-get="/jobs/{job.pk}/"' in waiting
        run()
        done = client.get(f"/jobs/{job.pk}/").content.decode()
        assert "hx-get" not in done
        assert "counted 3" in done

    def test_it_goes_on_to_the_result(self, client: Client, world: World, job: Job) -> None:
        Job.objects.update(state=State.DONE, result={"url": "/results/1/"})
        client.force_login(world.officer)
        assert client.get(f"/jobs/{job.pk}/").headers["HX-Redirect"] == "/results/1/"

    @pytest.mark.parametrize("name", ["director", "administrator", "head", "outsider"])
    def test_nobody_else_sees_or_cancels_it(
        self, client: Client, world: World, job: Job, name: str
    ) -> None:
        client.force_login(getattr(world, name))
        assert client.get(f"/jobs/{job.pk}/").status_code == 404
        assert client.post(f"/jobs/{job.pk}/cancel").status_code == 404
        job.refresh_from_db()
        assert job.state == State.QUEUED

    def test_its_owner_cancels_it(self, client: Client, world: World, job: Job) -> None:
        client.force_login(world.officer)
        client.post(f"/jobs/{job.pk}/cancel")
        job.refresh_from_db()
        assert job.state == State.CANCELLED

    def test_object_check_and_list_agree(self, world: World, job: Job) -> None:
        readers = [world.reader(user) for user in world.people]
        policy = policies.policy_for(Job)
        assert policies.disagreements(policy, readers, Job.objects.all()) == []
        with pytest.raises(NotFound):
            api.job_visible_to(world.reader(world.head), job.pk)
