"""The catalogue: vendors, their hosts and cookies, one TOML file for each vendor, compiled into one JSON."""
