"""What a server has loaded stays, and costs no search anything."""

import gc

from library.loaded import keep_what_is_loaded


def test_garbage_is_not_looked_for_among_what_is_loaded():
    loaded = [["a thing"]]
    try:
        keep_what_is_loaded()
        assert not any(each is loaded for each in gc.get_objects())
    finally:
        gc.unfreeze()
