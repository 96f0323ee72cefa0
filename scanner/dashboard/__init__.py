"""A small local web page over the history of watched sites."""
