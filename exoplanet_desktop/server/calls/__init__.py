"""The calls of the contract, one module per subject. Thin: read the request, ask the engine, build the reply."""
