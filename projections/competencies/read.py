"""What does everybody's map look at? Frameworks, catalogue and policy, as they were at a moment."""

from __future__ import annotations

from dataclasses import dataclass

from lrs.errors import NotFound
from projections.catalogue.model import Catalogue
from projections.catalogue.read import catalogue_at
from projections.competencies import folding
from projections.competencies.alignment import Alignment
from projections.competencies.folding import Folded
from projections.competencies.mastery import Policy
from projections.competencies.shown import Evidence, Shown
from projections.competencies.trees import Tree, tree
from projections.frameworks.model import Frameworks
from projections.frameworks.read import frameworks_at
from projections.resource import View
from projections.testimony.moments import microseconds
from projections.testimony.sources import Sources

MOST_KEPT = 16

_alignments: dict[tuple[int, int], tuple[Frameworks, Catalogue, Alignment]] = {}


@dataclass(frozen=True, slots=True)
class Sight:
    """What a view has, besides the learners."""

    view: View
    frameworks: Frameworks
    catalogue: Catalogue
    alignment: Alignment
    sources: Sources
    policy: Policy

    @property
    def now(self) -> int:
        """The moment of the view, in microseconds since 1970."""
        return microseconds(self.view.time)

    def trees(self, framework: str = "") -> list[Tree]:
        """Those of all frameworks, or of one; NotFound where there is none."""
        if not framework:
            return [tree(each) for each in self.frameworks.values()]
        found = self.frameworks.get(framework.lower())
        if found is None:
            raise NotFound(f"There is no framework {framework[:100]}.")
        return [tree(found)]

    def fold(self, evidence: Evidence) -> Folded:
        """What evidence comes to."""
        return folding.fold(evidence, self.alignment, self.sources, self.policy, now=self.now)

    def fold_on(self, before: Folded, news: Shown) -> Folded:
        """What it comes to with later evidence."""
        return folding.fold_on(before, news, self.alignment, self.sources, self.policy, now=self.now)


def sight(view: View) -> Sight:
    """Frameworks, catalogue and policy as of a view."""
    frameworks, catalogue = frameworks_at(view), catalogue_at(view)
    alignment = _alignment(frameworks, catalogue)
    return Sight(view, frameworks, catalogue, alignment, Sources(catalogue), _policy(catalogue))


def _policy(catalogue: Catalogue) -> Policy:
    found = catalogue.mastery
    return Policy(found.method, found.parameters, found.cut, found.needed, found.version)


def _alignment(frameworks: Frameworks, catalogue: Catalogue) -> Alignment:
    """Kept for as long as neither changes: what it has looked up once it need not look up again."""
    key = (id(frameworks), id(catalogue))
    found = _alignments.get(key)
    if found is None:
        made = Alignment(frameworks, catalogue.alignments)
        found = _alignments[key] = (frameworks, catalogue, made)
        for oldest in list(_alignments)[:-MOST_KEPT]:
            _alignments.pop(oldest, None)
    return found[2]
