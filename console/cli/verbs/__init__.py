"""The verbs, one module per kind; ``console.cli.catalogue`` says which module holds which."""
