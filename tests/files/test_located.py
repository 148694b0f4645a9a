"""YAML that cannot be used is refused with one readable line per mistake, and nothing is guessed."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadFile
from bot.files import located
from bot.files.located import MistakesFound, read_located


def refused(path: Path, content: str | bytes) -> list[str]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(MistakesFound) as caught:
        read_located(path).stop_if_mistaken()
    return [str(mistake).removeprefix(str(path)) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("a:\n\tb: 1\n", ":2: this line is indented with a tab: use spaces", id="tab"),
        pytest.param("", ": the file is empty", id="empty"),
        pytest.param("# only a comment\n", ": the file is empty", id="comment"),
        pytest.param("- a\n- b\n", ":1: the file must be made of “name: value” lines", id="list"),
        pytest.param("just words\n", ":1: the file must be made of “name: value” lines", id="words"),
        pytest.param("a: [1\nb: 2\n", ":2: a bracket is opened and not closed, or a comma is missing", id="bracket"),
        pytest.param("a: 'x\n", ":2: a quotation mark is opened and not closed", id="quote"),
        pytest.param("a:\n  - 1\n b: 2\n", ":3: this line is not indented like the ones around it", id="indent"),
        pytest.param(
            "a: &x 1\nb: *x\n", ":1: “&” and “*” shortcuts are not used here: write it out in full", id="anchor"
        ),
        pytest.param("a: 1\n---\nb: 2\n", ":2: a second “---” starts here: keep one document in the file", id="second"),
        pytest.param(
            "a: !!python/name:os.system x\n", ":1: a word starting with “!” is not used here: take it out", id="tag"
        ),
        pytest.param("? [a, b]\n: c\n", ":1: a plain name is needed before “:”", id="complex name"),
        pytest.param("a: 1\nb: \x07\n", ":2: this line has a character that cannot be printed: delete it", id="bell"),
        pytest.param(b"a: 1\nb: \xff\xfe\n", ":2: this line is not UTF-8 text: save the file as UTF-8", id="latin"),
        pytest.param("a: " + "[" * 5000, ":1: this is nested more than 20 deep", id="deep"),
        pytest.param("x: 1\ny: 2\nx: 3\n", ":3: x: is already on line 1: keep one of the two", id="twice"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: str | bytes, expected: str) -> None:
    assert refused(tmp_path / "f.yaml", content) == [expected]


def test_an_alias_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert "shortcuts are not used here" in refused(tmp_path / "bomb.yaml", bomb)[0]


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    assert refused(tmp_path / "big.yaml", b"a: b\n" * 1_100_000) == [": the file is larger than 5 MB"]


def test_a_missing_file_and_a_folder_are_said_plainly(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none.yaml", "there is no such file"), (tmp_path, "cannot be read")):
        with pytest.raises(BadFile) as caught:
            read_located(path)
        assert isinstance(caught.value, MistakesFound)
        assert words in str(caught.value.mistakes[0])
        assert "was not used: one mistake found" in str(caught.value)


def test_values_stay_the_text_that_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("code: 01234\nat: 10:00\ncountry: no\nempty:\ntilde: ~\nquoted: '~'\nlist: [1, yes]\n")
    assert read_located(path).value == {
        "code": "01234",
        "at": "10:00",
        "country": "no",
        "empty": None,
        "tilde": None,
        "quoted": "~",
        "list": ["1", "yes"],
    }


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document = read_located(path)
    assert document.value == {"a": "1", "b": "2"}
    assert document.line(("b",)) == 2


def test_every_place_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a:\n  b:\n    - x\n    - y\n  c: {d: 1}\n")
    document = read_located(path)
    places: list[located.At] = [("a",), ("a", "b"), ("a", "b", 1), ("a", "c", "d"), ("a", "missing"), ("other",)]
    assert [document.line(place) for place in places] == [1, 2, 4, 5, 1, 1]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}#&*!|>'\"%@` \n\t,?~\\\x00é"), max_size=40))
def test_whatever_is_in_a_file_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode())
    with contextlib.suppress(MistakesFound):
        assert isinstance(read_located(path).value, dict)
