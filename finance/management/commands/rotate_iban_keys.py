"""Rewrite every stored IBAN under the first key of IBAN_KEYS; played again, harmless."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from finance.encryption import rewrite

PAGE = 1_000
TABLES = ("finance_bankaccount", "finance_cashflow")


class Command(BaseCommand):
    help = "Chiffre de nouveau tous les IBAN avec la première clé de IBAN_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        for table in TABLES:
            self.stdout.write(f"{table} : {rotate(table)}")


def rotate(table: str) -> int:
    """Page by page, each its own transaction; answers how many were rewritten."""
    last_id = done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, iban FROM {table} WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE",  # noqa: S608
                [last_id, PAGE],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            cursor.executemany(
                f"UPDATE {table} SET iban = %s WHERE id = %s",  # noqa: S608
                [(rewrite(token), pk) for pk, token in rows],
            )
            last_id, done = rows[-1][0], done + len(rows)
