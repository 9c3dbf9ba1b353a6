"""Where the vendor's pages say what a parameter means and where they do not: what the sandbox does.

The page of call_report lists sixteen parameters, all of them text, without an example, a format or a default; that of
call_records says more. Each row below is what the sandbox does with one of them (or with a matter the pages are silent
on), and why.
"""

from typing import NamedTuple


class Choice(NamedTuple):
    """
    One choice of the sandbox.

    Parameters
    ----------
    parameter
        Query parameter, or the matter in words.
    choice
        What the sandbox does.
    why
        What speaks for it.
    """

    parameter: str
    choice: str
    why: str


CHOICES: tuple[Choice, ...] = (
    Choice("from_date, to_date",
           "YYYY-MM-DD HH:MM:SS or YYYY-MM-DD, both bounds included, compared with the start of the call; without "
           "to_date up to now, without from_date seven days; at most 366 days, in the years 2000 to 2100.",
           "The vendor's sibling API names this format."),
    Choice("time_zone", "IANA name, by default Europe/London; dates in the question and stamps in the answer are its "
           "wall clock.", "One zone for both is the only reading without a hidden conversion."),
    Choice("page", "Counts from 1; a page after the last one is empty.", "The sample's only page is 1."),
    Choice("limit", "1 to 100, by default 20; anything else is refused.",
           "The page gives the bounds; siblings send 20."),
    Choice("did", "The number called, in any usual writing; outbound calls never match.",
           "The page: toll-free or local number."),
    Choice("dest_num", "The number we called, or on inbound calls the number called; any usual writing.",
           "The page: destination number where the call landed."),
    Choice("src_num", "The caller's number in any usual writing; the extension on outbound calls.",
           "It is the field source by another name."),
    Choice("call_id", "The other party's number, not the call's id.", "The page: caller ID of the client."),
    Choice("call_status", "answered or missed.", "The sample's status is missed; siblings know these two."),
    Choice("call_duration, operator", "Whole seconds, and one of > < >= <= != =; without operator equal.",
           "The sibling API lists the operators."),
    Choice("bill_sec, bill_sec_operator", "As call_duration and operator.", "The names pair them."),
    Choice("sort", "id, date, call_duration, ring_time, answer_time, bill_sec, source, destination, status or "
           "service; by default date. Calls that are equal in it keep the order of their id.",
           "They are fields of the record."),
    Choice("order", "asc or desc, by default desc: newest first.",
           "Users of the siblings take the first record as the latest."),
    Choice("agents, department, ivr, services, broadcast", "Only call_records: comma lists, of which one must fit; "
           "agent|201, ids of the flow, names in lower case. There is no broadcast.",
           "So the page of call_records writes them."),
    Choice("call_type, direction", "Only call_records: c (answered) or m (missed); inbound or outbound.",
           "The page of call_records."),
    Choice("callerid, destination, did_number", "Only call_records: the other party; the number called; our number, "
           "which calls we place have too. Any usual writing.", "The page of call_records."),
    Choice("duration", "Only call_records: as call_duration, with operator.", "The page of call_records."),
    Choice("call_records", "Its call_id is the call's own; its stamps are Europe/London's; at most 31 days; a limit "
           "above 100 counts as 100; newest first; count is the number that fits the filters.",
           "Its pages and its users: about a month, and no proof of more than 100."),
    Choice("an empty parameter", "As if it were not sent.", "Forms send their empty fields."),
    Choice("an unknown parameter", "Refused with status 400.", "A misspelt filter should not pass for one."),
    Choice("a value that cannot be read", 'Status 400 and {"success": "false", "message": …}.',
           "The siblings answer so; the page knows only status 500."),
    Choice("total_records, filtered_records", "All calls of the window; those that fit the filters too.",
           "The page: total, and to which filters are applied."),
    Choice("authorization", "The key or an access token, alone or after Bearer in any case; else status 401.",
           "All three forms are seen in working clients."),
    Choice("login_id, email, password", "sandbox or sandbox@callkit.example, and sandbox-password; the access token "
           "lasts an hour, and a refresh before its end gives another.", "The pages name the fields and the hour."),
    Choice("a route that does not exist", 'Status 403 and {"message": "Missing Authentication Token"}.',
           "So answers the gateway before the vendor's sibling API."),
    Choice("a call in progress", "Not listed before it has ended.", "A record holds the call's whole length."),
    Choice("rate limit", 'None, unless asked for; beyond it status 429 and {"success": "false", …}.',
           "The siblings' page shows this body."),
)  # fmt: skip
