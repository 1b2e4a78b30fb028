"""Checks any backend of a WeChat Official Account by HTTP, as WeChat would reach it.

    wire          account.py, crypto.py, documents.py: how WeChat signs, encrypts and writes
    pushes.py     what WeChat pushes
    delivery.py   delivers pushes, and reads what the user would read
    api.py        WeChat's API, which a backend calls for late answers
    backend.py    the backend under test, as checks see it
    checks/       one file for each group of checks
    run.py        runs checks beside each other; report.py tells what they saw

Nothing here imports another package of the project: it is installed alone.
"""

__version__ = "1.0.0"
