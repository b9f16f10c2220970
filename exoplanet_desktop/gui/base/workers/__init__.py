"""Work off the GUI thread: blocking calls for coroutines, and the poller of running jobs."""
