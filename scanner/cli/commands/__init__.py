"""The commands: one file each, named in `scanner.cli.COMMANDS`."""
