"""The engine: an HTTP server that offers `classify` and `catalogs` through the wire contract.

The server process answers in milliseconds and never trains, predicts, merges or parses a table: job processes do that
(`jobs`, `worker`, `tasks`). All its data is in one data folder (`store`).
"""
