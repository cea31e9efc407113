"""``python -m gateway.cli`` is the ``lazaretto`` command."""

from gateway.cli.main import main

main()
