"""Backups: database and files in one folder with a manifest, keys apart, proved by a trial restore.

    DIR/database.sqlite3 or database.dump     one consistent state of the database
    DIR/files/...                             uploaded and produced files
    DIR/manifest.json                         versions, rows of every table, SHA-256 of every file

The folder appears whole or not at all.
"""
