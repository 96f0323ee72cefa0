"""`python -m scanner` is the same as `cookie-scanner`."""

from scanner.cli import main

main()
