"""Files whole or not at all: nobody else can read them, nothing is overwritten, nothing is left behind."""

import stat
from pathlib import Path

import pytest

from bot.errors import UnusableInput
from bot.reports.whole import check_room, written_whole

FILES = {"a.json": b"{}", "a.docx": b"doc"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_both_are_there_and_only_their_owner_can_read_them(tmp_path: Path):
    with written_whole(tmp_path, FILES, "X", force=False):
        assert not set(names(tmp_path)) & set(FILES)
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == FILES
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in FILES} == {0o600}


def test_nothing_is_left_when_what_is_done_meanwhile_fails(tmp_path: Path):
    with pytest.raises(RuntimeError), written_whole(tmp_path, FILES, "X", force=True):
        raise RuntimeError
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_overwritten_unasked(tmp_path: Path, name: str):
    (tmp_path / name).write_text("kept")
    with pytest.raises(UnusableInput, match="there already"):
        check_room(tmp_path, FILES, force=False)
    with pytest.raises(UnusableInput, match="there already"), written_whole(tmp_path, FILES, "X", force=False):
        pass  # it came there meanwhile
    assert (names(tmp_path), (tmp_path / name).read_text()) == ([name], "kept")
    with written_whole(tmp_path, FILES, "X", force=True):
        pass
    assert (tmp_path / name).read_bytes() == FILES[name]
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_folder_of_that_name_stays(tmp_path: Path):
    (tmp_path / "a.docx").mkdir()
    with pytest.raises(UnusableInput, match="a folder of this name"):
        check_room(tmp_path, FILES, force=True)


def test_a_folder_that_is_gone_is_said(tmp_path: Path):
    with pytest.raises(UnusableInput, match="no such folder"):
        check_room(tmp_path / "none", FILES, force=False)
    with (
        pytest.raises(UnusableInput, match="cannot be written to: No such file"),
        written_whole(tmp_path / "none", FILES, "X", force=False),
    ):
        pass


def test_when_the_second_cannot_be_placed_the_first_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    move = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target.suffix == ".docx":
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UnusableInput, match="No space left"), written_whole(tmp_path, FILES, "X", force=False):
        pass
    assert names(tmp_path) == []
