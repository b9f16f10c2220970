"""The calls of the contract, one module a subject. Thin: read the request, ask the engine, shape the reply."""
