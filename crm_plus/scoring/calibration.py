"""Whether scores tell won leads from lost ones: intervals, tests and ranks of won rates."""

from math import erfc, sqrt
from typing import NamedTuple

#: The 97.5 % point of the normal distribution: intervals hold 95 times of 100.
Z_95 = 1.959963984540054
#: From how many closed leads on a won rate is worth to be compared.
FEW = 30
#: How sure a difference has to be.
SIGNIFICANT = 0.05
#: Fewest won and lost leads to be expected on each side of a comparison (Cochran 1954).
FEWEST_EXPECTED = 5


def wilson(won: int, count: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval in which the true rate lies, as Wilson's score interval.

    Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22
    (1927), as in Brown, Cai & DasGupta, *Interval estimation for a binomial proportion*,
    Statistical Science 16 (2001), eq. 4::

        (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

    :param won: how many of the ``count``; nothing is known of none, so the interval is (0, 1)
    """
    if not count:
        return 0.0, 1.0
    rate = won / count
    shrink = 1 + z * z / count
    middle = (rate + z * z / (2 * count)) / shrink
    reach = z * sqrt(rate * (1 - rate) / count + z * z / (4 * count * count)) / shrink
    # the ends are exact for all or none, whatever floats make of them
    return (
        0.0 if won == 0 else max(0.0, middle - reach),
        1.0 if won == count else min(1.0, middle + reach),
    )


def lift(won: int, count: int, all_won: int, all_count: int) -> float | None:
    """Return how many times the won rate of all the won rate of some is.

    Brin, Motwani, Ullman & Tsur, *Dynamic itemset counting and implication rules for market
    basket data*, SIGMOD (1997), where it is called interest.

    :return: ``None`` where nothing was won, or there are none
    """
    if not count or not all_won:
        return None
    return (won / count) / (all_won / all_count)


class Comparison(NamedTuple):
    """Two won rates against each other."""

    difference: float  #: first less second rate
    p_value: float  #: how probable such a difference is by chance alone
    is_enough: bool  #: whether there are leads enough for the test to hold

    @property
    def differs(self) -> bool:
        return self.is_enough and self.p_value < SIGNIFICANT


def compare(won: int, count: int, other_won: int, other_count: int) -> Comparison:
    """Compare two won rates: two-sided test of two proportions with the pooled rate.

    ``z = (p1 - p2) / √(p(1-p)(1/n1 + 1/n2))``: Fleiss, Levin & Paik, *Statistical Methods for
    Rates and Proportions*, 3rd ed. (2003), section 3.1, without the correction for continuity.
    It holds where at least five won and five lost leads are expected on each side: Cochran,
    *Some methods for strengthening the common χ² tests*, Biometrics 10 (1954).
    """
    if not count or not other_count:
        return Comparison(0.0, 1.0, False)
    difference = won / count - other_won / other_count
    pooled = (won + other_won) / (count + other_count)
    variance = pooled * (1 - pooled) * (1 / count + 1 / other_count)
    p_value = erfc(abs(difference) / sqrt(2 * variance)) if variance else 1.0
    fewest = min(count, other_count) * min(pooled, 1 - pooled)
    return Comparison(difference, p_value, fewest >= FEWEST_EXPECTED)


def concordance(groups: list[tuple[float, int, int]]) -> float | None:
    """Return of how many pairs of a won and a lost lead the won one stands higher.

    The area under the ROC curve: Hanley & McNeil, *The meaning and use of the area under a
    receiver operating characteristic curve*, Radiology 143 (1982). Ties count half.

    :param groups: (value, won, lost) for each value that leads have
    :return: 0 to 1, 0.5 by chance; ``None`` where nothing was won, or nothing lost
    """
    pairs = higher = lost_below = 0
    for _value, won, lost in sorted(groups):
        higher += won * (lost_below + lost / 2)
        lost_below += lost
        pairs += won
    return higher / (pairs * lost_below) if pairs and lost_below else None
