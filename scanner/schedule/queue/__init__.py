"""Many machines: runs in a queue on PostgreSQL, taken by any number of workers (the extra `fleet`).

The engine is Procrastinate (https://procrastinate.readthedocs.io/). `jobs` says what is done, `worker` is one process,
`keeper` looks after what dead workers leave, `connection` outlasts restarts of the server, `tables` makes the schema.
"""
