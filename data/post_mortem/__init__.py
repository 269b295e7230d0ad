"""The post-mortem as a document: what the record knows, filled in, and written as Markdown, HTML or JSON."""
