import dataclasses
from pathlib import Path

import pytest

from callkit.errors import SettingsError
from callkit.settings import Person, Settings

EXAMPLE = Path(__file__).parents[1] / "callkit" / "callkit.example.toml"


def write(folder, text):
    path = folder / "callkit.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_file_is_read_and_names_every_setting():
    settings = Settings.load(EXAMPLE, {})
    assert settings.account == "acme"
    assert settings.agents["211"] == Person("Ravi", "Support")
    assert settings.line("+442079460100") == settings.line("442079460100") == "Main"
    assert settings.line("+442079460999") == "Line 999"
    assert settings.line(None) == "Unknown line"
    text = EXAMPLE.read_text(encoding="utf-8")
    private = {"opening", "example", "password", "pseudonym_key"}
    assert [
        f.name for f in dataclasses.fields(Settings) if f.name not in private and f.name not in text
    ] == []


def test_the_environment_wins(tmp_path):
    path = write(tmp_path, 'account = "acme"\nrate = 2\ndata = "store"')
    environ = {"CALLKIT_RATE": "0.5", "CALLKIT_TIME_ZONE": "Europe/Dublin", "CALLKIT_TOKEN": "t0ken"}
    settings = Settings.load(path, environ)
    assert (settings.rate, settings.time_zone, settings.token.reveal()) == (0.5, "Europe/Dublin", "t0ken")
    assert settings.folder("raw") == tmp_path / "store" / "raw" / "acme"


def test_the_environment_alone_is_enough(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings.load(None, {"CALLKIT_ACCOUNT": "acme", "CALLKIT_DATA": str(tmp_path / "d")})
    assert (settings.account, settings.data) == ("acme", tmp_path / "d")


def test_the_nearest_file_above_is_found(tmp_path, monkeypatch):
    write(tmp_path, 'account = "acme"')
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    settings = Settings.load(None, {})
    assert (settings.account, settings.data) == ("acme", tmp_path / "data")


def test_no_account_names_the_remedy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=rf"No account is configured.*{EXAMPLE}.*--sandbox"):
        Settings.load(None, {})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("acount = 'x'", "unknown setting 'acount'; did you mean 'account'"),
        ("time_zone = 'Mars'", "'Mars' is not an IANA zone"),
        ("dialect = 'smoke'", "dialect 'smoke' is not known"),
        ("base_url = 'http://api.acefone.co.uk'", "must begin with https"),
        ("base_url = 'ftp://x'", "must begin with https"),
        ("rate = -1", "rate = -1 cannot be used"),
        ("rate = 'fast'", "rate = 'fast' cannot be used"),
        ("service_level_goal = 80", "80.0 is not a share"),
        ("show_agents = 'email'", "'email' is not 'extension' or 'name'"),
        ("title = 5", "title = 5 must be text"),
        ("bank_holidays = 'GB-ENG'", "needs \\[opening_hours\\]"),
        ("agents = {'201' = {nickname = 'A'}}", "agents = .* cannot be used"),
        ("rate =", "cannot be read"),
        ("rate = true", "rate = True cannot be used; write requests a second"),
        ("rate = inf", "rate = inf cannot be used"),
        ("service_level_s = 20.5", "service_level_s = 20.5 cannot be used; write whole seconds"),
        ("example = 'false'", "example = 'false' cannot be used; write true or false"),
        ("country = 'UK'", "country 'UK' is not a two-letter ISO country; write it like 'GB'"),
        ("data = 5", "data = 5 must be text"),
        ("bank_holidays = 5", "bank_holidays = 5 must be text"),
        ("opening_hours = {mon = 8}", "opening_hours = .* cannot be read"),
        ("opening_hours = 'always'", "opening_hours = 'always' cannot be read"),
        ("agents = {'201' = 5}", "agents = .* cannot be used; write a table"),
        ("dids = {'1' = 5}", "dids = .* cannot be used; write a table"),
        ("grammar = {pattern = 'x'}", "grammar = .* cannot be used; write tables"),
        ("grammar = 'x'", "grammar = 'x' cannot be used; write tables"),
        ("grammar = 5", "grammar = 5 cannot be used; write tables"),
        ("grammar = ['x']", r"^\[\[grammar\]\] row 1 is 'x'; write a pattern and a step in a table\.$"),
        ("base_url = 'https://'", "names no host"),
        ("base_url = 'https://me:pa55@host'", "the key goes into CALLKIT_TOKEN"),
        ("base_url = 'https://host?token=pa55'", "the key goes into CALLKIT_TOKEN"),
        ("base_url = 'https://host:port'", "names no host"),
        ("base_url = '['", "must begin with https"),
        ("auth_scheme = 'Basic'", "auth_scheme 'Basic' is not known; the schemes are Bearer, bearer, raw"),
        ("connections = 0", "connections = 0 cannot be used; write a whole number from 1 to 16"),
        ("connections = 17", "connections = 17 cannot be used"),
        ("connections = 2.5", "connections = 2.5 cannot be used"),
        ("token_file = 5", "token_file = 5 must be text"),
        (
            "token = 'a'\ntoken_file = 'b'",
            "The settings file has both token and token_file; keep one of them",
        ),
        ("login_id = 'a'\nemail = 'b'", "The settings file has both login_id and email; keep one of them"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path, line, message):
    with pytest.raises(SettingsError, match=message):
        Settings.load(
            write(tmp_path, f"{line}\n" + ("" if line.startswith("acount") else "account = 'acme'")), {}
        )


@pytest.mark.parametrize("key", ["pattern", "type", "where", "step", "target_kind", "ended_by", "failed"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [("12", "12"), ("1.5", "1.5"), ("2026-11-16", "2026-11-16"), ("['x']", "['x']"), ("{a = 1}", "{'a': 1}"),
     ("true", "True")],
)  # fmt: skip
def test_a_value_of_a_wrong_type_in_a_row_of_the_grammar_is_named(tmp_path, key, value, shown):
    rows = f"[[grammar]]\npattern = 'x'\nstep = 'menu'\n[[grammar]]\n{key} = {value}"
    path = write(tmp_path, f"account = 'acme'\n{rows}")
    if (key, value) == ("failed", "true"):
        assert Settings.load(path, {}).grammar[1] == {"failed": "True"}
        return
    remedy = "write true or false." if key == "failed" else "write it as text in quotes."
    with pytest.raises(SettingsError) as caught:
        Settings.load(path, {})
    assert str(caught.value) == f"[[grammar]] row 2 has {key} = {shown}; {remedy}"


@pytest.mark.parametrize("account", ["../up", "a b", "a/b", "sandbox"])
def test_an_account_that_cannot_name_a_folder_is_refused(tmp_path, account):
    with pytest.raises(SettingsError, match="account"):
        Settings.load(write(tmp_path, f"account = '{account}'"), {})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.toml does not exist"):
        Settings.load(tmp_path / "none.toml", {})


def test_secrets_stay_out_of_reprs_and_messages(tmp_path):
    settings = Settings.load(write(tmp_path, 'account = "a"\ntoken = "t0ken"\npassword = "pa55"'), {})
    assert "t0ken" not in repr(settings)
    assert "pa55" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        Settings.load(write(tmp_path, "account = 'a'\ntoken = 424242"), {})
    assert "424242" not in str(caught.value)


def test_a_copied_key_loses_its_line_end_and_never_shows(tmp_path):
    path = write(tmp_path, "account = 'a'")
    assert Settings.load(path, {"CALLKIT_TOKEN": " t0ken\n"}).token.reveal() == "t0ken"
    for token in ("t0k\nen", "t0k…en"):
        with pytest.raises(SettingsError, match="copy it again") as caught:
            Settings.load(path, {"CALLKIT_TOKEN": token})
        assert "t0k" not in str(caught.value)


def test_a_misspelt_variable_is_named(tmp_path):
    path = write(tmp_path, "account = 'a'")
    with pytest.raises(SettingsError, match="CALLKIT_TIMEZONE; did you mean CALLKIT_TIME_ZONE"):
        Settings.load(path, {"CALLKIT_TIMEZONE": "Europe/Dublin"})
    Settings.load("sandbox", {"CALLKIT_TIMEZONE": "Europe/Dublin"})
    Settings.load(path, {"CALLKIT_REPORT_PAGE": "x"})


def test_an_empty_variable_is_not_set(tmp_path):
    settings = Settings.load(
        write(tmp_path, "account = 'a'\ntoken = 't'"), {"CALLKIT_TOKEN": "", "CALLKIT_DATA": ""}
    )
    assert (settings.token.reveal(), settings.data.name) == ("t", "data")


def test_the_home_folder_may_be_abbreviated(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = write(tmp_path, "account = 'a'\ndata = '~/calls'")
    assert Settings.load("~/callkit.toml", {}).data == tmp_path / "calls"
    assert Settings.load(path, {"CALLKIT_DATA": "~/more"}).data == tmp_path / "more"


def test_the_sandbox_takes_nothing_of_a_real_account(tmp_path):
    environ = {
        "CALLKIT_ACCOUNT": "acme",
        "CALLKIT_BASE_URL": "https://x",
        "CALLKIT_TOKEN": "real",
        "CALLKIT_DATA": str(tmp_path),
    }
    settings = Settings.load("sandbox", environ)
    assert (settings.account, settings.example, settings.data) == ("sandbox", True, tmp_path)
    assert settings.token.reveal() != "real"
