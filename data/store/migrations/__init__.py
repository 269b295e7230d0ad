"""The store's schema, revision by revision.

``versions/rNNNN_words.py`` brings a store from the version before to version NNNN: ``revision``,
``down_revision``, and ``upgrade()`` with Alembic's operations, the same on both databases; tables are
rebuilt with ``op.batch_alter_table``. A new revision comes together with its change of ``tables.py`` and
``SCHEMA_VERSION``; a test holds the two against each other.
"""
