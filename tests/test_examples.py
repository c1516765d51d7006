"""The examples in docstrings of what `fer_core.ensemble` exports."""

import doctest
import importlib
import inspect

import pytest

import fer_core.ensemble

FUNCTIONS = [name for name in fer_core.ensemble.__all__ if inspect.isfunction(getattr(fer_core.ensemble, name))]


def run(entry: object, known: dict[str, object]) -> None:
    """Run the example of an entry, which may use what is known and adds to it."""
    (test,) = (found for found in doctest.DocTestFinder(recurse=False).find(entry, globs=known) if found.examples)
    told: list[str] = []
    failed = doctest.DocTestRunner(verbose=False).run(test, out=told.append, clear_globs=False).failed
    known |= test.globs
    assert not failed, "".join(told)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_is_true(name: str) -> None:
    known: dict[str, object] = {}
    run(fer_core.ensemble.Explorer, known)
    function = getattr(fer_core.ensemble, name)
    run(function, vars(importlib.import_module(function.__module__)) | known)
