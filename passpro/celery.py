"""Celery application, loaded by the kernel app; the schedule is built from passpro.jobs."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "passpro.settings.production")

app = Celery("passpro")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["passpro.kernel", "passpro.accounts", "venues", "offers", "bookings", "finance"]
)
app.autodiscover_tasks(["passpro"], related_name="jobs")
