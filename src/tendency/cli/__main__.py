"""``python -m tendency.cli``: the command line where no script is installed."""

from tendency.cli import main

main()
