"""Results that pages keep: bounded in bytes, shared only where they come from the artifacts."""

import gc
import hashlib
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cachetools import LRUCache

import ui.data.artifacts
import ui.data.photos
from tests.own_members import joining, opened_with
from tests.pages import app, press, ran, use
from tests.pictures import saved
from ui.data.photos import PHOTOS, Source
from ui.kit import photos_panel
from ui.session import cache, uploads
from ui.session.cache import Kept, shared, size_of

pytestmark = pytest.mark.usefixtures("framed")


def test_sizes_are_about_right() -> None:
    array = np.zeros((100, 100))
    assert 80_000 <= size_of(array) < 81_000
    assert 80_000 <= size_of({"a": [array, array], "b": (array[:50],)}) < 125_000
    assert size_of(b"x" * 5000) >= 5000


def test_what_was_not_asked_for_longest_is_let_go_first() -> None:
    one = size_of(np.zeros(1000, np.uint8))
    found = Kept(3 * one)
    for key in "abc":
        found.put(key, np.zeros(1000, np.uint8))
    assert found.get("a") is not None
    found.put("d", np.zeros(1000, np.uint8))
    assert [found.get(key) is not None for key in "abcd"] == [True, False, True, True]
    assert found.bytes == 3 * one
    found.put("e", np.zeros(4000, np.uint8))
    assert found.get("e") is None, "larger than all may be"
    found.forget(lambda key: key in ("a", "c"))
    assert found.bytes == one


def test_many_threads_keep_the_bound() -> None:
    found = Kept(50 * size_of(0))

    def work(start: int) -> None:
        for i in range(500):
            found.put((start, i), 0)
            assert found.get((start, i)) in (0, None)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 50


def made(what: object) -> set[tuple[int, str]]:
    """Return size and SHA-256 of all arrays and contents of more than 500 bytes in results, as far as they are ours."""
    found: set[tuple[int, str]] = set()
    seen: set[int] = set()
    left = [what]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, (np.ndarray, bytes)):
            found |= {_told(one)} if _told(one)[0] > 500 else set()
        elif isinstance(one, (dict, LRUCache)):
            left += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple, set)):
            left += list(one)
        elif type(one).__module__.startswith(("ui.", "fer_core.")) and hasattr(one, "__dict__"):
            left += list(vars(one).values())
    return found


def _told(one: Any) -> tuple[int, str]:
    content = one if isinstance(one, (bytes, bytearray)) else one.tobytes()
    return len(content), hashlib.sha256(content).hexdigest()


def still_here(marks: set[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return which of some contents anything in this process still holds."""
    gc.collect()
    sizes, found, seen = {size for size, _ in marks}, set(), set()
    gc.unfreeze()  # only to look at what was set aside, too: no garbage of it is collected
    left = gc.get_referents(*gc.get_objects())
    gc.freeze()
    while left:
        one = left.pop()
        kind = type(one)  # isinstance would ask objects that pretend to be others
        if kind not in (np.ndarray, bytes, dict, tuple) or id(one) in seen:
            continue
        seen.add(id(one))
        if (kind is np.ndarray and one.nbytes in sizes) or (kind is bytes and len(one) in sizes):
            found.add(_told(one))
        if kind is np.ndarray and one.base is not None:
            left.append(one.base)
        elif kind in (dict, tuple) and not gc.is_tracked(one):  # which the collector leaves out if nothing in it cycles
            left += gc.get_referents(one)
    return marks & found


def test_a_photo_and_all_that_was_made_of_it_go_when_it_is_removed(
    photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    shared_before = len(shared())
    at = app()
    at.query_params.update({"detect": "whole", "face": "photo"})
    ran(at)
    noise = np.random.RandomState(5).randint(0, 256, (90, 80, 3)).astype(np.uint8)
    at.session_state[photos_panel.HERE] = (Source("noise.png", saved(noise)),)
    ran(at.switch_page("pages/try_a_face.py"))
    ran(at.switch_page("pages/saliency.py"))
    assert "noise.png" in at.selectbox(key="control_saliency_photo").options[0]
    state = at.session_state
    marks = made([state[name] for name in (photos_panel.HERE, PHOTOS, cache.FACES)])
    assert len(marks) >= 7, "the file, the preview, the face, and four maps"
    assert still_here(marks) == marks
    assert len(shared()) == shared_before
    ran(at.switch_page("pages/try_a_face.py"))
    assert [one.source.name for one in at.session_state[PHOTOS].values()] == ["noise.png"], "it stayed all the while"
    del state
    at.button(key=next(b.key for b in at.button if (b.key or "").startswith("photo_remove"))).click()
    ran(at)
    assert still_here(marks) == set()


def test_members_of_ones_own_and_their_results_go_when_the_file_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = use(tmp_path, monkeypatch)
    before = made(ui.data.artifacts.load())
    at = opened_with("ensemble", joining(root, seed=3))
    for page in ("gain", "diversity", "confidence", "schemes", "ensemble"):
        ran(at.switch_page(f"pages/{page}.py"))
    session = [at.session_state[name] for name in (uploads.OWN, uploads.READY, cache.MODELS)]
    assert len(session[2]) > 5
    marks = made(session) - before
    del session
    assert len(marks) > 10
    assert still_here(marks) == marks
    press(at, "Remove")
    assert still_here(marks) == set()


def test_visitors_with_members_of_their_own_do_not_evict_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = use(tmp_path, monkeypatch)
    made_ready: list[str] = []
    ready = ui.data.artifacts._ready
    monkeypatch.setattr(ui.data.artifacts, "_ready", lambda *found: made_ready.append(found[2]) or ready(*found))
    visitors = [opened_with("ensemble", joining(root, seed=seed, members=1 + seed)) for seed in range(5)]
    for at in visitors * 2:
        ran(at)
    own_ones = [key for key in made_ready if ":" in key]
    assert len(own_ones) == len(set(own_ones)) == 5


def test_a_visit_holds_so_many_photos_and_each_is_hashed_once(
    photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    monkeypatch.setattr(photos_panel, "MOST", 2)
    hashed: list[int] = []
    sha256 = hashlib.sha256
    monkeypatch.setattr(
        ui.data.photos.hashlib, "sha256", lambda content: hashed.append(len(content)) or sha256(content)
    )
    at = app()
    at.query_params.update({"detect": "whole"})
    ran(at)
    ran(at.switch_page("pages/try_a_face.py"))
    hashed.clear()
    shots = [saved(np.full((60 + i, 60, 3), 40 * i, np.uint8)) for i in range(4)]
    at.file_uploader[0].set_value([(f"{i}.png", shot, "image/png") for i, shot in enumerate(shots)])
    ran(at)
    assert [one.source.name for one in at.session_state[PHOTOS].values()] == ["0.png", "1.png"]
    assert any("2 photos were left out: a visit holds 2 photos" in one.value for one in at.warning)
    ran(at)
    ran(at.switch_page("pages/limits.py"))
    ran(at.switch_page("pages/try_a_face.py"))
    photos = [size for size in hashed if size in map(len, shots)]
    assert sorted(photos) == sorted(map(len, shots))
