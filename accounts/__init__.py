"""Parts of authentication: password hashing, known browsers, tokens, and the actor of a request."""
