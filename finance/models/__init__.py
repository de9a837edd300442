"""Money owed to venues: accounts, events, pricings, batches, invoices (finance.md §1)."""

from finance.models.alerts import MoneyAlert
from finance.models.bank import (
    BankAccount,
    BankAccountStatusHistory,
    OffererDefaultAccount,
    VenueBankAccountLink,
    VenuePricingPointLink,
)
from finance.models.incidents import (
    BookingFinanceIncident,
    FinanceIncident,
    FinanceIncidentLog,
)
from finance.models.payment import (
    BatchFile,
    Cashflow,
    CashflowBatch,
    CashflowBatchLog,
    CashflowLog,
    CashflowPricing,
    Invoice,
    InvoiceLine,
    ReferenceScheme,
)
from finance.models.pricing import FinanceEvent, Pricing, PricingLine, PricingLog
from finance.models.returns import BankAnswer, ReturnedTransfer
from finance.models.rules import CustomRule

__all__ = [
    "BankAccount",
    "BankAccountStatusHistory",
    "BankAnswer",
    "BatchFile",
    "BookingFinanceIncident",
    "Cashflow",
    "CashflowBatch",
    "CashflowBatchLog",
    "CashflowLog",
    "CashflowPricing",
    "CustomRule",
    "FinanceEvent",
    "FinanceIncident",
    "FinanceIncidentLog",
    "Invoice",
    "InvoiceLine",
    "MoneyAlert",
    "OffererDefaultAccount",
    "Pricing",
    "PricingLine",
    "PricingLog",
    "ReferenceScheme",
    "ReturnedTransfer",
    "VenueBankAccountLink",
    "VenuePricingPointLink",
]
