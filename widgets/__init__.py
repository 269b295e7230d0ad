"""What is drawn: widgets that take frozen views and post messages."""
