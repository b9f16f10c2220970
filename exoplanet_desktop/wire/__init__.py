"""What client and server say to each other: the words and payloads of the wire contract."""
