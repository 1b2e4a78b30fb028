"""What a push costs: measured beside what others would have written, never guessed.

Each file with a `measure` is one measurement; `__main__` runs them and judges their bounds.
"""
