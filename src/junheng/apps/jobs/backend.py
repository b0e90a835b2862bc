"""placeholder until models are in"""
from django_tasks.backends.dummy import DummyBackend as LeaseBackend
