"""Full-text search in messages: tokens of texts and queries, the index, results and their snippets."""
