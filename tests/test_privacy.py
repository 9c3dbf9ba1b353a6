import copy
import dataclasses
import json
import pickle
import stat

import pytest

from callkit import privacy
from callkit.privacy import Secret
from callkit.settings import Settings


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+447700900417", "+447700900417"),
        ("447700900417", "+447700900417"),
        ("07700900417", "+447700900417"),
        ("020 7946 0958", "+442079460958"),
        ("00442079460958", "+442079460958"),
        ("+35312345678", "+35312345678"),
        ("4420XXXXX021", None),
        ("000509030018", None),
        ("anonymous", None),
        ("201", None),
        ("", None),
    ],
)
def test_e164(written, number):
    assert privacy.e164(written) == number


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+447700900417", "Mobile, ends 417"),
        ("+442079460958", "Landline, ends 958"),
        ("+441134960958", "Landline, ends 958"),
        ("+35312345678", "Ireland, ends 678"),
        ("+12025550143", "United States, ends 143"),
        ("4420XXXXX021", "Number, ends 021"),
        ("anonymous", "Number, hidden"),
        ("201", "Number, hidden"),
        ("7", "Number, hidden"),
        ("", "Number, hidden"),
        ("07700900417;tag=1", "Number, hidden"),
        ("٠٧٧٠٠٩٠٠٤١٧", "Number, hidden"),
    ],
)
def test_masked(number, shown):
    assert privacy.masked(number) == shown


def test_numbers_in_a_text_keep_their_last_three_digits():
    line = "Call received on 442079460100 at 27-Mar-2020 06:01:57"
    assert privacy.mask_numbers(line) == "Call received on …100 at 27-Mar-2020 06:01:57"
    assert privacy.mask_numbers("+44 (0)20 7946 0958, ext 201") == "…958, ext 201"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("07700 - 900 - 417", "…417"),
        ("07700/900417", "…417"),
        ("07700_900–417", "…417"),
        ("07700\u200b900\u2060417", "…417"),
        ("Rang 201, 202, 203", "Rang 201, 202, 203"),
        ("sent to robin.x@example.org", "sent to e-mail hidden"),
        ("(https://example.org/rec?callId=1585.2&token=ab12) sent", "(link hidden) sent"),
    ],
)
def test_what_a_text_says_of_a_person_is_hidden(text, shown):
    assert privacy.mask_numbers(text) == shown


def test_a_secret_is_copied_but_never_pickled():
    settings = Settings("drama", token=Secret("s3cret"))
    assert copy.deepcopy(settings).token.reveal() == "s3cret"
    assert dataclasses.asdict(settings)["token"] == Secret("s3cret")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="a secret is never pickled"):
            pickle.dumps(settings, protocol)


def test_a_secret_shows_itself_nowhere():
    secret = Secret("s3cret")
    assert "s3cret" not in f"{secret} {secret!r} {[secret]} {secret:>5}"
    with pytest.raises(TypeError):
        json.dumps({"token": secret})
    assert secret.reveal() == "s3cret"
    assert secret == Secret("s3cret")
    assert not Secret("")


def test_pseudonyms_depend_on_caller_and_key():
    first = privacy.pseudonym("+447700900417", Secret("a"))
    assert first == privacy.pseudonym("+447700900417", Secret("a"))
    assert first != privacy.pseudonym("+447700900418", Secret("a"))
    assert first != privacy.pseudonym("+447700900417", Secret("b"))
    assert "417" not in first or "900417" not in first


def test_the_pseudonym_key_is_made_once_and_only_ours_to_read(tmp_path):
    key = privacy.pseudonym_key(Secret(), tmp_path / "data")
    assert len(key.reveal()) == 64
    assert privacy.pseudonym_key(Secret(), tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / ".key").stat().st_mode) == 0o600
    assert privacy.pseudonym_key(Secret("mine"), tmp_path).reveal() == "mine"
