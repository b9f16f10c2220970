"""The engine: an HTTP server that carries `classify` and `catalogs` behind the wire contract.

The server process answers in milliseconds and never trains, predicts, merges or parses a table: that happens in job
processes (`jobs`, `worker`, `tasks`). Everything that it knows lies in one data folder (`store`).
"""
