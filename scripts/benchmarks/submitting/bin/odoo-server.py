"""Odoo's command as a file: a server with workers starts the one for the bus by the name of the file it was started by.

In a folder of its own, so that Python finds none of our modules where it looks for those of others.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
