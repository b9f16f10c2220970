"""What every room of the window uses: texts, colours, settings, worker threads, the event loop."""
