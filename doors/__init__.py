"""Everything that clients send: checks of requests and packets, the form routes, the sockets and their events."""
