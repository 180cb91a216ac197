"""The arithmetic of lead scores: plain functions, nothing of Odoo in them."""
