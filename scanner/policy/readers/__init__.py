"""One module per input format; each fills a `Collector`."""
