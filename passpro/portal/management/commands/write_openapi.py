"""Write docs/api/openapi.json, which a test compares with what the program answers."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from passpro.portal.views.partner_api import document_text


class Command(BaseCommand):
    help = "Écrit le document OpenAPI de l’API des partenaires dans docs/api/openapi.json."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "api" / "openapi.json"
        path.write_text(document_text(), "utf-8")
        self.stdout.write(f"{path.name} : écrit")
