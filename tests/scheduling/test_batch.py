from callkit.errors import AuthError, LockedError, NoDataError, NotebookError
from callkit.periods import Month, Week
from callkit.report import publish

LAST = Week.last_complete("Europe/London")
BEFORE = [str(LAST.shift(-k)) for k in (3, 2, 1, 0)]
SPAN = f"{BEFORE[0]}..{BEFORE[3]}"


def test_the_last_complete_period_is_synced_and_made_in_silence(desk, report):
    assert report("weekly") == (0, "", "")
    assert [made[:2] for made in desk.made] == [(str(LAST), "shared")]
    assert desk.synced == [(str(LAST.shift(-12).start), str(LAST.end), None)]
    month = Month.last_complete("Europe/London")
    assert report("monthly") == (0, "", "")
    assert desk.made[1][:2] == (str(month), "shared")
    assert desk.synced[1] == (str(month.shift(-12).start), str(month.end), None)


def test_the_path_is_printed_where_it_is_asked_for_or_seen(desk, report, monkeypatch):
    page = publish.place(desk.settings.folder("reports") / "weekly", str(LAST), "shared")
    assert report("weekly", "--no-sync", "--print-path") == (0, f"{page}\n", "")
    assert report("weekly", "--no-sync", "--print-path", "--skip-existing") == (0, f"{page}\n", "")
    assert (len(desk.made), desk.synced) == (1, [])
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert report("weekly", "--no-sync") == (0, f"{page}\n", "")
    assert report("weekly", "--no-sync", "--log-format", "json")[1] == ""


def test_options_reach_the_run(desk, report, monkeypatch):
    monkeypatch.setattr("callkit.report.pdf.require", lambda: None)
    report("weekly", "--pdf", "--timeout", "7.5", "--allow-incomplete", "--no-sync")
    options = {"allow_incomplete": True, "timeout_s": 7.5, "with_pdf": True, "sync_s": None}
    assert desk.made[0][2] == options
    report("weekly")
    assert desk.made[1][2]["sync_s"] >= 0


def test_a_span_is_synced_once_and_made_oldest_first(desk, report):
    assert report("weekly", "--weeks", SPAN, "--audience", "both") == (0, "", "")
    assert [made[:2] for made in desk.made] == [(w, a) for w in BEFORE for a in ("shared", "internal")]
    assert desk.synced == [(str(LAST.shift(-15).start), str(LAST.end), None)]


def test_a_failing_period_does_not_stop_the_others(desk, report):
    desk.failing = {
        BEFORE[1]: NotebookError("the cell 'X' stopped."),
        BEFORE[2]: NoDataError("Nothing there."),
    }
    code, out, err = report("weekly", "--weeks", SPAN)
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        f"callkit: {BEFORE[1]}: the cell 'X' stopped.",
        f"callkit: {BEFORE[2]}: Nothing there.",
        f"callkit: 2 of 4 reports were made: {BEFORE[0]}, {BEFORE[3]}.",
    ]
    desk.failing = {BEFORE[1]: OSError(28, "No space left on device", "x.html")}
    code, _, err = report("weekly", "--weeks", SPAN, "--skip-existing")
    assert code == 2
    assert err.splitlines()[0].startswith(
        f"callkit: {BEFORE[1]}: x.html cannot be used (No space left on device)"
    )
    assert err.splitlines()[1].endswith(
        f"1 of 4 reports were made: {BEFORE[2]}; there already: {BEFORE[0]}, {BEFORE[3]}."
    )


def test_one_failing_report_is_one_line(desk, report):
    desk.failing = {str(LAST): NotebookError("the cell 'X' stopped.")}
    assert report("weekly") == (1, "", "callkit: the cell 'X' stopped.\n")


def test_a_running_period_fails_alone_and_writes_nothing(desk, report):
    running = LAST.shift(1)
    code, _, err = report("weekly", "--weeks", f"{LAST}..{running}")
    assert code == 4
    assert [made[0] for made in desk.made] == [str(LAST)]
    assert f"{running}: Week {running} has not ended" in err
    assert desk.synced == [(str(LAST.shift(-12).start), str(LAST.end), None)]
    assert desk.failed() == {}
    assert report("weekly", "--week", "2999-W01")[0] == 4
    assert len(desk.synced) == 1


def test_what_is_there_is_skipped_and_an_incomplete_one_made_again(desk, report):
    report("weekly", "--week", BEFORE[1])
    assert report("weekly", "--weeks", f"{BEFORE[0]}..{BEFORE[1]}", "--skip-existing") == (0, "", "")
    assert [made[0] for made in desk.made] == [BEFORE[1], BEFORE[0]]
    assert desk.synced[1][1] == str(Week.parse(BEFORE[0]).end)
    assert report("weekly", "--weeks", f"{BEFORE[0]}..{BEFORE[1]}", "--skip-existing") == (0, "", "")
    assert len(desk.made) == len(desk.synced) == 2
    report("weekly", "--week", BEFORE[0], "--skip-existing", "--audience", "both")
    assert desk.made[2][:2] == (BEFORE[0], "internal")
    desk.is_complete = False
    report("weekly", "--week", BEFORE[2])
    report("weekly", "--week", BEFORE[2], "--skip-existing")
    assert [made[0] for made in desk.made[3:]] == [BEFORE[2]] * 2


def test_a_failed_sync_leaves_its_reason_and_no_report(desk, report):
    report("weekly", "--week", BEFORE[3])
    before = desk.settings.folder("reports") / "weekly" / BEFORE[3][:4] / f"{BEFORE[3]}.html"
    desk.sync_error = AuthError("The account's key was refused.")
    code, out, err = report("weekly", "--weeks", f"{BEFORE[2]}..{BEFORE[3]}", "--audience", "both")
    assert (code, out, len(desk.made)) == (3, "", 1)
    assert err.splitlines()[0] == "callkit: The account's key was refused."
    assert err.splitlines()[1] == "callkit: 0 of 4 reports were made."
    assert before.read_text() == "page"
    left = desk.failed()
    assert list(left) == sorted(
        f"{publish.stem(w, a)}.json" for w in BEFORE[2:] for a in ("shared", "internal")
    )
    said = left[f"{BEFORE[3]}.json"]
    assert (said["status"], said["exit_code"], said["error"]) == (
        "AuthError",
        3,
        "The account's key was refused.",
    )
    assert (said["report"], said["period"], said["account"]) == ("weekly", BEFORE[3], "shop")
    assert said["parameters"] == {"week": BEFORE[3], "audience": "shared", "allow_incomplete": False}


def test_a_lock_or_bad_input_leaves_nothing(desk, report):
    desk.sync_error = LockedError("Another sync is running.")
    assert report("weekly") == (75, "", "callkit: Another sync is running.\n")
    assert desk.failed() == {}
    assert not desk.settings.folder("reports").exists()


def test_old_reports_go_only_after_success(desk, report):
    report("weekly", "--weeks", SPAN, "--audience", "both")
    folder = desk.settings.folder("reports") / "weekly"
    desk.failing = {BEFORE[3]: NoDataError("Nothing there.")}
    assert report("weekly", "--keep", "1")[0] == 4
    assert len([*folder.glob("*/*.html")]) == 8
    desk.failing = {}
    assert report("weekly", "--keep", "2") == (0, "", "")
    assert {p.name.split(".")[0] for p in folder.glob("[0-9]*/*")} == set(BEFORE[2:])
    code, _, err = report("weekly", "--week", BEFORE[0], "--keep", "2")
    assert code == 2
    assert f"keep 2 would remove week {BEFORE[0]} at once" in err
    assert report("weekly", "--keep", "1", "--skip-existing")[0] == 0
    assert {p.name.split(".")[0] for p in folder.glob("[0-9]*/*")} == {BEFORE[3]}
