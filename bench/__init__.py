"""What a push costs, measured beside other ways to write the same.

Each file with a `measure` is one measurement; `__main__` runs them and checks their bounds.
"""
