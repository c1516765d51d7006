"""Choices of the page Saliency, for tests of properties."""

from hypothesis import strategies as st

from ui.saliency_choice import ENSEMBLE, WORDS, SaliencyChoice

MEMBERS = ("shallow", "deep", "agrawal")
SALIENCY_CHOICES = st.builds(
    SaliencyChoice,
    **{name: st.sampled_from(words) for name, words in WORDS.items()},
    row=st.integers(0, 3588),
    wrong=st.booleans(),
    strength=st.sampled_from([0.0, 0.05, 0.7, 1.0]),
    steps=st.integers(10, 200),
    samples=st.integers(5, 100),
    noise=st.sampled_from([0.02, 0.1, 0.5]),
    window=st.integers(4, 24),
    stride=st.integers(2, 24),
    absolute=st.booleans(),
    seed=st.integers(0, 9999),
    hidden=st.sets(st.sampled_from(MEMBERS)).map(lambda chosen: tuple(m for m in MEMBERS if m in chosen)),
    closer=st.sampled_from([ENSEMBLE, *MEMBERS]),
).map(SaliencyChoice.tidy)
