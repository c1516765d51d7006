"""Choices of any page, for tests of properties."""

from typing import Any

from hypothesis import strategies as st

from ui.session.page_choice import PageChoice

MEMBERS = ("shallow", "deep", "agrawal")


def some_members(*, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Return a strategy for some of the members, in order."""
    chosen = st.sets(st.sampled_from(MEMBERS), min_size=least)
    return chosen.map(lambda names: tuple(name for name in MEMBERS if name in names))


def choices_of(page: type[PageChoice]) -> st.SearchStrategy[Any]:
    """Return a strategy for everything that a page's choice can be."""
    fields = {name: _values(page, name, default) for name, default in page.defaults().items()}
    return st.builds(page, **fields).map(lambda choice: choice.tidy())


def _values(page: type[PageChoice], name: str, default: object) -> st.SearchStrategy[Any]:
    if name in page.MEMBERS:
        return some_members()
    if name in page.MEMBER:
        return st.sampled_from([*page.WORDS.get(name, ()), *MEMBERS])
    if name in page.WORDS:
        return st.sampled_from(page.WORDS[name])
    if isinstance(default, bool):
        return st.booleans()
    low, high = page.LIMITS[name]
    if isinstance(default, int):
        return st.integers(int(low), int(high))
    return st.sampled_from([low, default, (low + high) / 2, high])
