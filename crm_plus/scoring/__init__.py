"""The arithmetic of lead scores and of account health: plain functions, nothing of Odoo in them."""
