"""Numbers given as arguments, held to their bounds."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callkit.errors import UsageError

Floats = NDArray[np.float64]
ABOVE_0 = float(np.finfo(float).tiny)
"""Least number that is not 0."""


def checked(name: str, value: ArrayLike, least: float = 0.0, most: float = np.finfo(float).max) -> Floats:
    """
    Return numbers within bounds as an array.

    Raises
    ------
    UsageError
        They are not numbers, or one is out of its bounds.
    """
    try:
        numbers = np.asarray(np.asarray(value) + 0, dtype=float)  # nothing is added to text
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} {value!r} cannot be used; give a number.") from error
    wrong = numbers[~((numbers >= least) & (numbers <= most))]
    if wrong.size:
        bound = "0 or above" if least == 0 else "above 0"
        raise UsageError(f"{name} {wrong.flat[0]} cannot be used; give a number {bound}.")
    return numbers


def counted(name: str, value: ArrayLike) -> Floats:
    """
    Return whole numbers as an array.

    Raises
    ------
    UsageError
        They are not numbers of 0 or above, or one is not whole.
    """
    numbers = checked(name, value)
    broken = numbers[numbers != np.floor(numbers)]
    if broken.size:
        raise UsageError(f"{name} {broken.flat[0]} is not a whole number; agents and lines come whole.")
    return numbers
