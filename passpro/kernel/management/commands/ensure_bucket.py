"""Create the bucket of the object store when it is missing; nothing to do with local files."""

from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Crée le compartiment S3 s’il manque."

    def handle(self, *args: Any, **options: Any) -> None:
        if "s3" not in settings.STORAGES["default"]["BACKEND"]:
            return
        bucket = default_storage.bucket  # type: ignore[attr-defined]
        try:
            bucket.meta.client.head_bucket(Bucket=bucket.name)
        except ClientError:
            bucket.create(
                CreateBucketConfiguration={
                    "LocationConstraint": settings.STORAGES["default"]["OPTIONS"]["region_name"]
                }
            )
            self.stdout.write(f"Compartiment « {bucket.name} » créé.")
