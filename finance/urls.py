"""Pages of finance."""

from django.urls import path

from finance.views import (
    bank_accounts,
    coming,
    details,
    income,
    invoices,
    pricing_points,
    simulation,
    structures,
)

app_name = "finance"
urlpatterns = [
    path("structures/<int:pk>/banque", structures.structure_bank, name="structure_bank"),
    path("remboursements/justificatifs", invoices.invoices, name="invoices"),
    path("remboursements/justificatifs/<int:pk>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("remboursements/justificatifs/<int:pk>/csv", invoices.invoice_csv, name="invoice_csv"),
    path("remboursements/justificatifs/zip", invoices.invoices_zip, name="invoices_zip"),
    path("remboursements/justificatifs/<int:pk>", coming.invoice_lines, name="invoice_lines"),
    path("remboursements/a-venir", coming.coming, name="coming"),
    path("remboursements/reservations/<int:pk>", coming.of_booking, name="of_booking"),
    path("remboursements/details", details.details, name="details"),
    path("remboursements/revenus", income.income, name="income"),
    path("remboursements/simulation", simulation.simulation, name="simulation"),
    path("remboursements/details/csv", details.details_csv, name="details_csv"),
    path(
        "remboursements/informations-bancaires", bank_accounts.bank_accounts, name="bank_accounts"
    ),
    path(
        "remboursements/informations-bancaires/ajout/<int:pk>",
        bank_accounts.bank_account_create,
        name="bank_account_create",
    ),
    path(
        "remboursements/informations-bancaires/<int:pk>/lieux",
        bank_accounts.bank_account_link,
        name="bank_account_link",
    ),
    path(
        "remboursements/informations-bancaires/<int:pk>/rib",
        bank_accounts.bank_account_rib,
        name="bank_account_rib",
    ),
    path(
        "remboursements/informations-bancaires/lieux/<int:pk>/siret",
        pricing_points.pricing_point_choose,
        name="pricing_point_choose",
    ),
]
