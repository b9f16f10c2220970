"""A small backend on loopback, over real HTTP: it answers with exchanges recorded from a reference backend, or like a
good backend, and misbehaves on demand.

`stage` is the server, `acts` the misbehaviours, `recorded` the recorded exchanges, `lab` a good backend in a few lines,
`proxy` a failing line. To run it by hand: `python -m tests.reference_server --misbehave "half an answer"`.
"""
