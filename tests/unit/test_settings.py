"""Where settings come from, and how a bad one is named."""

from pathlib import Path

import pytest

from library.settings import BadSettings, load_settings


def test_without_anything_the_defaults_hold():
    settings = load_settings({})
    assert settings.port == 8000
    assert settings.index_url.startswith("whoosh:///")


def test_the_environment_wins_over_the_file(tmp_path: Path):
    file = tmp_path / "library.toml"
    file.write_text('port = 1234\ndata = "/srv/library"\n')
    settings = load_settings({"LIBRARY_SETTINGS": str(file), "LIBRARY_PORT": "4321", "PATH": "/bin"})
    assert settings.port == 4321
    assert settings.database == Path("/srv/library/library.sqlite")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"LIBRARY_PROT": "1"}, "prot"),
        ({"LIBRARY_PORT": "many"}, "port"),
        ({"LIBRARY_WORKERS": "0"}, "workers"),
        ({"LIBRARY_SETTINGS": "/nowhere.toml"}, "/nowhere.toml"),
    ],
)
def test_a_bad_setting_stops_the_start_by_name(environment: dict[str, str], named: str):
    with pytest.raises(BadSettings, match=named):
        load_settings(environment)
