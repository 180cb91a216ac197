"""What stands behind ``scripts/run``, ``scripts/test`` and ``scripts/odoo``.

The package prepares everything that CRM+ needs to run on a machine where nothing is prepared: Odoo 19,
its Python dependencies, a private PostgreSQL server, a browser for the tests, the purchase history.

How it works: a script first calls :func:`runtime.environment.enter`, which needs the standard library
only. It prepares Odoo and a virtual environment in the user's cache and starts the script again inside
of it; whatever runs after that may import what ``requirements.txt`` names.
"""
