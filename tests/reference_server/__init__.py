"""A small backend on loopback, over real HTTP: it answers with the exchanges recorded from a reference backend, or as a
good backend does, and misbehaves on demand.

`stage` is the server, `acts` are the misbehaviours, `recorded` the recorded exchanges, `lab` a good backend in a few
lines, `proxy` a line that breaks. By hand: `python -m tests.reference_server --misbehave "half an answer"`.
"""
