"""What is known: rules, store, configuration and text. Imports neither terminal nor network."""
