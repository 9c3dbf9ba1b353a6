import sys
from pathlib import Path
from types import ModuleType

import pytest

from callkit.errors import SettingsError
from callkit.keys import Login
from callkit.privacy import Secret
from callkit.settings import Settings
from callkit.validation import BASE_URLS, DIALECTS


def load(folder, lines="", **environ):
    path = folder / "callkit.toml"
    path.write_text(f"account = 'acme'\n{lines}", encoding="utf-8")
    return Settings.load(path, {f"CALLKIT_{name.upper()}": value for name, value in environ.items()})


@pytest.fixture
def keyring(monkeypatch):
    """A keyring that holds what is put into the dictionary."""
    held, module, errors = {}, ModuleType("keyring"), ModuleType("keyring.errors")

    class KeyringError(Exception):
        pass

    def get_password(service, account):
        if "broken" in held:
            raise KeyringError("locked with key s3cret")
        return held.get((service, account))

    errors.KeyringError, module.get_password, module.errors = KeyringError, get_password, errors
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return held


def test_a_key_is_required_before_a_fetch(tmp_path):
    with pytest.raises(
        SettingsError, match=r"set CALLKIT_TOKEN, or CALLKIT_LOGIN_ID \(or CALLKIT_EMAIL\) and CALLKIT_P"
    ):
        load(tmp_path).require_key()
    for name in ("login_id", "email"):
        load(tmp_path, **{name: "me", "password": "x"}).require_key()
        with pytest.raises(SettingsError, match="No key"):
            load(tmp_path, **{name: "me"}).require_key()


def test_a_token_goes_before_a_login(tmp_path):
    assert load(tmp_path, "token = 't'\nlogin_id = 'me'\npassword = 'p'").key() == Secret("t")


@pytest.mark.parametrize("name", ["login_id", "email"])
def test_a_login_goes_by_what_was_given(tmp_path, name):
    assert load(tmp_path, f"{name} = 'me'", password="p").key() == Login(name, "me", Secret("p"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_dialect_has_its_host(tmp_path, dialect):
    assert load(tmp_path, dialect=dialect).base_url == BASE_URLS.get(dialect, "")


def test_webhooks_need_no_key_and_are_not_fetched(tmp_path):
    settings = load(tmp_path, dialect="webhook", token="t")
    with pytest.raises(SettingsError) as caught:
        settings.require_key()
    assert str(caught.value) == (
        "Account 'acme' keeps webhooks, which are not fetched; read them with ck.tidy(pages, dialect=\"webhook\")."
    )


@pytest.mark.parametrize("content", ["t0ken", " t0ken \nmore\n", "\ufefft0ken\r\n"])
def test_a_key_is_the_first_line_of_its_file(tmp_path, content):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text(content, encoding="utf-8", newline="")
    settings = load(tmp_path, "token_file = 'secrets/key'")
    assert settings.token_file == tmp_path / "secrets" / "key"
    assert settings.key() == Secret("t0ken")
    assert "t0ken" not in repr(settings)


def test_the_home_folder_of_a_key_may_be_abbreviated(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "key").write_text("t0ken")
    assert load(tmp_path, "token_file = '~/key'").key() == Secret("t0ken")
    assert load(tmp_path, token_file="~/key").key() == Secret("t0ken")


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (None, "does not exist"), (b"", "has an empty first line"), (b"\nt0ken", "has an empty first line"),
        (b"\xff\xfe", "is not text"), ("folder", r"cannot be read \(Is a directory\)"),
    ],
)  # fmt: skip
def test_a_file_without_a_key_is_named(tmp_path, content, trouble):
    if content == "folder":
        (tmp_path / "key").mkdir()
    elif content is not None:
        (tmp_path / "key").write_bytes(content)
    settings = load(tmp_path, "token_file = 'key'")  # what does not fetch needs no key
    with pytest.raises(SettingsError, match=f"token_file .*key {trouble}; write the key to its first line"):
        settings.require_key()


def test_a_key_no_header_can_carry_is_not_shown(tmp_path):
    (tmp_path / "key").write_text("t0k…en")
    with pytest.raises(SettingsError, match="copy it again") as caught:
        load(tmp_path, "token_file = 'key'").require_key()
    assert "t0k" not in str(caught.value)


def test_the_keyring_holds_the_token(tmp_path, keyring):
    keyring["phones", "acme"] = "t0ken\n"
    assert load(tmp_path, "keyring = 'phones'").key() == Secret("t0ken")


def test_the_keyring_holds_the_password_of_a_login(tmp_path, keyring):
    keyring["phones", "acme"] = "pass word "
    settings = load(tmp_path, "keyring = 'phones'\nemail = 'me@example.com'")
    assert settings.key() == Login("email", "me@example.com", Secret("pass word "))
    assert load(tmp_path, "keyring = 'phones'\nlogin_id = 'me'", password="p").key().password == Secret("p")


def test_a_keyring_without_the_entry_names_it(tmp_path, keyring):
    settings = load(tmp_path, keyring="phones")
    with pytest.raises(
        SettingsError, match=r"no entry 'phones' for 'acme'; store .*: keyring set phones acme"
    ):
        settings.require_key()
    keyring["broken"] = ""
    with pytest.raises(SettingsError, match=r"keyring cannot be read \(KeyringError\); unlock it") as caught:
        settings.require_key()
    assert "s3cret" not in str(caught.value)


def test_the_package_keyring_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(
        SettingsError, match=r"needs the package keyring; install it with pip install 'callkit\[k"
    ):
        load(tmp_path, keyring="phones").require_key()


@pytest.mark.parametrize(
    ("lines", "environ", "given"),
    [
        ("token = 'a'", {"token": "b"}, {"token": "b"}),
        ("token = 'a'", {"token_file": "b"}, {"token_file": "b"}),
        ("token = 'a'", {"keyring": "b"}, {"keyring": "b"}),
        ("token_file = 'a'", {"token": "b"}, {"token": "b"}),
        ("token = 'a'", {"email": "b", "password": "c"}, {"email": "b", "password": "c"}),
        ("token = 'a'", {"email": "b"}, {"token": "a", "email": "b"}),
        ("login_id = 'a'\npassword = 'p'", {"email": "b"}, {"email": "b", "password": "p"}),
        ("login_id = 'a'", {"password": "c"}, {"login_id": "a", "password": "c"}),
        ("token = 'a'\nkeyring = 'b'", {}, {"token": "a", "keyring": "b"}),
    ],
)
def test_the_environment_goes_before_the_file(tmp_path, lines, environ, given):
    settings = load(tmp_path, lines, **environ)
    names = ("token", "token_file", "keyring", "login_id", "email", "password")
    found = {name: getattr(settings, name) for name in names if getattr(settings, name)}
    plain = {n: v.reveal() if isinstance(v, Secret) else str(v) for n, v in found.items()}
    assert plain == given


def test_two_tokens_in_one_place_are_refused(tmp_path):
    with pytest.raises(
        SettingsError, match="The environment has both token and token_file; keep one of them"
    ):
        load(tmp_path, token="a", token_file="b")
    with pytest.raises(SettingsError, match="The environment has both login_id and email"):
        load(tmp_path, login_id="a", email="b")


def test_who_signs_in_stays_out_of_reprs(tmp_path):
    assert "me@example" not in repr(load(tmp_path, email="me@example.com", password="p"))


def test_the_kernel_gets_no_key_and_needs_none(tmp_path, monkeypatch):
    from callkit.report.environment import kernel_environment, without_key

    path = tmp_path / "callkit.toml"
    path.write_text("account = 'acme'\ntoken_file = 'nowhere'\nconnections = 8\nauth_scheme = 'raw'")
    monkeypatch.setenv("CALLKIT_CONFIG", str(path))
    names = ("TOKEN", "EMAIL", "PASSWORD", "KEYRING")
    for name in names:
        monkeypatch.setenv(f"CALLKIT_{name}", "s3cret")
    settings = Settings.load()
    assert settings.token == Secret("s3cret")
    assert "s3cret" not in str(kernel_environment(settings))
    assert without_key({f"CALLKIT_{name}": "x" for name in (*names, "TOKEN_FILE", "LOGIN_ID")}) == {}
    assert Path(kernel_environment(settings)["CALLKIT_CONFIG"]) == path
