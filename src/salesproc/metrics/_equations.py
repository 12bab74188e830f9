"""Linear equations solved without rounding."""

from collections.abc import Sequence
from fractions import Fraction


def solved(rows: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """The solutions of equations with one matrix and several right-hand sides, by elimination.

    Args:
        rows: Each the coefficients of one equation, as many as there are rows, and then its right-hand sides. There must be exactly one solution.

    Returns:
        Per unknown its value for each right-hand side.
    """
    table = [list(row) for row in rows]
    size = len(table)
    for i in range(size):
        pivot = next(n for n in range(i, size) if table[n][i])
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [value / table[i][i] for value in table[i]]
        for n in range(size):
            factor = table[n][i]
            if n != i and factor:
                table[n] = [a - factor * b for a, b in zip(table[n], table[i], strict=True)]
    return [row[size:] for row in table]
