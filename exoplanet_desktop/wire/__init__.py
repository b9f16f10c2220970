"""The words and payloads of the wire contract, shared by client and server."""
