"""The parts of a framework that only some methods know: groups with weights, and targets that follow a parameter."""

from dataclasses import dataclass
from decimal import Decimal

from supplychain.frameworks.terms import Text


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a group's weight that the applicable ones of some indicators divide equally among them.

    The metals of a plating shop: four fifths of the group's weight, whether it plates one metal or five.
    """

    id: str
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Group:
    """A group of indicators in a weighted index. weight: its part of the whole, from 0 to 1; all together are 1.

    quantitative: whether it measures, or judges; None where the source does not say. ours: the weight is ours.
    """

    id: str
    names: Text
    weight: Decimal
    shares: tuple[Share, ...] = ()
    quantitative: bool | None = None
    ours: bool = False

    def share(self, share_id: str) -> Share:
        """The share of that id; KeyError for any other."""
        found = next((one for one in self.shares if one.id == share_id), None)
        if found is None:
            raise KeyError(share_id)
        return found


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number, at least 0, that a quantity is told with and its targets follow: the layers of a board.

    Answered in the same evidence, in `unit`.
    """

    id: str
    question: Text
    unit: str
