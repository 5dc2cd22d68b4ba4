"""The pages of the chat, with the scripts and styles that run in browsers."""
