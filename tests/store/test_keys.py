"""The key ring: what is locked opens with its own key, in its own place and unaltered, and in no other way."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSetting, NoKeys, WrongKey
from bot.store.keys import HOW, KeyRing, Sealed, new_key, signed

ABOUT = "annexe 1 people involved"
SECRET = base64.urlsafe_b64encode(bytes(range(100, 132))).decode()
OTHER = base64.urlsafe_b64encode(bytes(range(32))).decode()


def ring(*names: str) -> KeyRing:
    """A ring of keys that are the same each time they are called the same."""
    return KeyRing({name: name.encode().ljust(32, b".") for name in names})


@given(st.binary(max_size=300), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_locked_opens(plain: bytes, about: str):
    keys = ring("one")
    locked = keys.seal(plain, about)
    assert keys.open(locked, about) == plain
    assert keys.opens(locked, about)
    assert locked.key_id == "one"
    # Nonce, tag and the same length: nothing of the text itself, unless it is too short to tell.
    assert len(locked.sealed) == 12 + len(plain) + 16
    assert len(plain) < 4 or plain not in locked.sealed + locked.wrapped_key


def test_the_same_text_is_never_locked_alike():
    keys = ring("one")
    several = [keys.seal(b"Dr A. N. Other", ABOUT) for _ in range(50)]
    assert len({one.sealed for one in several}) == 50
    assert len({one.wrapped_key for one in several}) == 50
    assert len({one.sealed[:12] for one in several} | {one.wrapped_key[:12] for one in several}) == 100


@pytest.mark.parametrize("part", ["sealed", "wrapped_key"])
def test_any_byte_altered_is_noticed(part: str):
    keys = ring("one")
    locked = keys.seal(b"Dr A. N. Other", ABOUT)
    whole: bytes = getattr(locked, part)
    for place in range(len(whole)):
        for flip in (1, 0x80, 0xFF):
            altered = whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :]
            with pytest.raises(WrongKey):
                keys.open(replace(locked, **{part: altered}), ABOUT)


@pytest.mark.parametrize("part", ["sealed", "wrapped_key"])
def test_anything_cut_off_or_added_is_noticed(part: str):
    keys = ring("one")
    locked = keys.seal(b"Dr A. N. Other", ABOUT)
    whole: bytes = getattr(locked, part)
    for altered in [*(whole[:length] for length in range(len(whole))), whole[1:], whole + b"\0", b"\0" + whole]:
        with pytest.raises(WrongKey):
            keys.open(replace(locked, **{part: altered}), ABOUT)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_rubbish_is_refused_and_no_worse(wrapped: bytes, sealed: bytes):
    with pytest.raises(WrongKey):
        ring("one").open(Sealed("one", wrapped, sealed), ABOUT)


def test_one_cannot_stand_in_another_s_place():
    keys = ring("one")
    mine, theirs = keys.seal(b"mine", ABOUT), keys.seal(b"theirs", "annexe 2 people involved")
    swapped = [
        (mine, "annexe 2 people involved"),
        (mine, "annexe 1 identity of the source"),
        (mine, ""),
        (replace(mine, sealed=theirs.sealed), ABOUT),
        (replace(mine, wrapped_key=theirs.wrapped_key), ABOUT),
        (replace(mine, sealed=mine.wrapped_key), ABOUT),
    ]
    for locked, about in swapped:
        with pytest.raises(WrongKey):
            keys.open(locked, about)


# The ring that tries to open what “one” locked.
RINGS = {
    "none": (ring(), False),
    "another": (ring("two"), False),
    "the same name, another key": (KeyRing({"one": b"x" * 32}), False),
    "the same key, another name": (KeyRing({"uno": b"one".ljust(32, b".")}), False),
    "the same": (ring("one"), True),
    "behind a newer one": (ring("two", "one"), True),
}


@pytest.mark.parametrize(("keys", "opens"), RINGS.values(), ids=RINGS)
def test_only_the_key_it_was_locked_with_opens(keys: KeyRing, opens: bool):
    locked = ring("one").seal(b"Dr A. N. Other", ABOUT)
    assert keys.opens(locked, ABOUT) == opens
    if opens:
        assert keys.open(locked, ABOUT) == b"Dr A. N. Other"
        return
    for act in (keys.open, keys.rewrap):
        if act == keys.rewrap and not keys.primary:
            continue  # refused before: there is nothing to lock with
        with pytest.raises(WrongKey) as refused:
            act(locked, ABOUT)
        assert "SOUNDINGS_KEYS" in str(refused.value)
        assert refused.value.__cause__ is None


def test_without_keys_nothing_is_locked_or_signed():
    none = KeyRing.read("  \n ")
    assert (none.primary, none.names, none.public_keys(), none.sign(b"x")) == ("", (), {}, ("", ""))
    for act in (none.seal, lambda plain, about: none.rewrap(Sealed("one", plain, plain), about)):
        with pytest.raises(NoKeys, match="has not set SOUNDINGS_KEYS"):
            act(b"x", ABOUT)


@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True))
def test_after_any_rotations_only_the_newest_key_is_needed(names: list[str]):
    first, *later = names
    locked = ring(first).seal(b"Dr A. N. Other", ABOUT)
    sealed, held = locked.sealed, [first]
    for name in later:
        held.insert(0, name)
        locked = ring(*held).rewrap(locked, ABOUT)
        assert locked.key_id == name
    assert locked.sealed == sealed  # only the small key was locked again
    assert ring(names[-1]).open(locked, ABOUT) == b"Dr A. N. Other"
    for name in names[:-1]:
        assert not ring(name).opens(locked, ABOUT)


def test_rotation_keeps_each_in_its_place():
    keys = ring("two", "one")
    locked = ring("one").seal(b"x", ABOUT)
    with pytest.raises(WrongKey):
        keys.rewrap(locked, "annexe 2 people involved")
    with pytest.raises(WrongKey):
        keys.open(keys.rewrap(locked, ABOUT), "annexe 2 people involved")


def test_the_first_key_is_the_one_that_locks():
    keys = KeyRing.read(f"new:{OTHER}\n\told:{SECRET} ")
    assert keys.names == ("new", "old")
    assert keys.seal(b"x", ABOUT).key_id == keys.sign(b"x")[0] == "new"


# What somebody may write by mistake: every one is refused in a sentence.
MISTAKES = {
    "no name": SECRET,
    "an empty name": f":{SECRET}",
    "no key": "one:",
    "a space after the colon": f"one: {SECRET}",
    "the other way round": f"{SECRET}:one",
    "a comma between": f"one:{SECRET},two:{OTHER}",
    "the same name twice": f"one:{SECRET} one:{OTHER}",
    "a name too long": f"{'n' * 41}:{SECRET}",
    "a name with other letters": f"clé:{SECRET}",
    "a name that reads as none": f"-:{SECRET}",
    "padding left out": f"one:{SECRET.rstrip('=')}",
    "cut off": f"one:{SECRET[:-4]}",
    "too long": f"one:{base64.urlsafe_b64encode(b'x' * 33).decode()}",
    "half as long": f"one:{base64.urlsafe_b64encode(b'x' * 16).decode()}",
    "in hexadecimal": f"one:{bytes(range(100, 132)).hex()}",
    "in hexadecimal without a name": bytes(range(100, 116)).hex(),
    "quotation marks": f'"one:{SECRET}"',
    "curly ones": f"“one:{SECRET}”",
    "other letters": "one:" + "é" * 43 + "=",
    "the second": f"one:{OTHER} two:{SECRET[:-8]}",
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_names_the_variable_and_not_the_key(text: str):
    with pytest.raises(BadSetting) as error:
        KeyRing.read(text)
    said = f"{error.value!r} {error.value} {error.value.facts}"
    assert said.count("SOUNDINGS_KEYS") == 3
    assert HOW in said
    assert ("key 2" if text.startswith(("one:" + SECRET + " one", "one:" + OTHER)) else "key 1") in said
    for word in text.replace(":", " ").replace(",", " ").split():
        assert len(word) < 6 or word.strip('"“”') not in said
    # Nor in what a traceback would show of an earlier error.
    assert error.value.__cause__ is None
    assert error.value.__context__ is None


@given(st.text(max_size=80))
def test_whatever_is_written_is_a_ring_or_a_sentence(text: str):
    if not text.split():
        assert KeyRing.read(text).names == ()
        return
    with pytest.raises(BadSetting, match="SOUNDINGS_KEYS: key "):  # nobody types a sound key by chance
        KeyRing.read(text)


def test_base64_may_be_of_either_kind():
    raw = b"\xfb\xff" * 16
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        keys = KeyRing.read(f"one:{encode(raw).decode()}")
        assert keys.public_keys() == KeyRing({"one": raw}).public_keys()


def test_a_new_key_fits_and_is_never_the_same():
    several = {new_key("2026-11") for _ in range(20)}
    assert len(several) == 20
    assert all(KeyRing.read(one).names == ("2026-11",) for one in several)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a" * 41, "clé", "-", ".a", "a\n"])
def test_a_name_that_could_not_be_read_back_is_refused(name: str):
    with pytest.raises(BadSetting, match="SOUNDINGS_KEYS: a key’s name is up to 40 letters"):
        new_key(name)


def test_a_signature_holds_for_its_words_and_its_key_only():
    keys = ring("one", "two")
    name, signature = keys.sign(b"a head")
    public = keys.public_keys()
    assert (name, list(public)) == ("one", ["one", "two"])
    assert signed(public["one"], signature, b"a head")
    assert ring("one").sign(b"a head") == (name, signature)  # the same after a restart
    assert not signed(public["two"], signature, b"a head")
    assert not signed(public["one"], signature, b"a heaD")
    assert not signed(public["one"], signature, b"")
    raw = base64.b64decode(signature)
    for place in range(len(raw)):
        altered = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert not signed(public["one"], base64.b64encode(altered).decode(), b"a head")


@pytest.mark.parametrize("rubbish", ["", "=", "é", "not base64!", "QUJD", base64.b64encode(b"x" * 64).decode()])
def test_what_is_no_signature_is_a_plain_no(rubbish: str):
    public, (_, signature) = ring("one").public_keys()["one"], ring("one").sign(b"x")
    assert not signed(public, rubbish, b"x")
    assert not signed(rubbish, signature, b"x")


def test_no_key_is_used_for_two_purposes_or_shown():
    raw = b"one".ljust(32, b".")
    keys = ring("one")
    locked = keys.seal(b"x", ABOUT)
    public = base64.b64decode(keys.public_keys()["one"])
    assert raw not in (public, locked.wrapped_key)
    assert raw.hex() not in f"{keys!r} {keys} {locked!r}"
    assert keys._derived("one", "lock") != keys._derived("one", "sign") != raw
