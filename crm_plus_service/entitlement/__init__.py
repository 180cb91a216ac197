"""What warranties and service contracts cover: dates and sums alone, without Odoo."""

from .ledger import Balance, Contract, Ledger, Share, Work
