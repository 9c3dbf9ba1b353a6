"""Whether the host is an API, which of the two routes it has, and in which form it takes the key."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from callkit.dialects import dialect
from callkit.pipeline.examination.answers import FOR_PEOPLE, KEY_REFUSED, NO_ROUTE, REDIRECT, Answer
from callkit.pipeline.examination.case import Case
from callkit.pipeline.examination.diagnosis import KNOWN, LIKELY, NOT_TOLD, Advice, Finding
from callkit.validation import AUTH_SCHEMES, BASE_URLS

_LEAST = {"page": "1", "limit": "1"}  # without dates, so that their format cannot stand in the way


def access(case: Case) -> list[Finding]:
    """Find the route and the form of the key, and have all further questions use them."""
    configured = case.settings.dialect
    names = [configured, *(name for name in BASE_URLS if name != configured)]
    routes = {name: case.send(name, _LEAST) for name in names}
    reached = [name for kind in ("page", KEY_REFUSED) for name in names if routes[name].kind == kind]
    if not reached:
        return [_host(case, routes), _dialect(case, routes)]
    case.name = reached[0]
    forms = {case.scheme: routes[case.name]}
    for scheme in AUTH_SCHEMES:
        if scheme not in forms:
            forms[scheme] = case.send(case.name, _LEAST, scheme)
    accepted = [scheme for scheme in AUTH_SCHEMES if forms[scheme].is_page]
    if accepted and case.scheme not in accepted:
        case.scheme = accepted[0]
        case.advice.append(Advice("auth_scheme", case.scheme, f"{case.settings.auth_scheme} is refused"))
        for name in names:
            if routes[name].kind == KEY_REFUSED:
                routes[name] = forms[case.scheme] if name == case.name else case.send(name, _LEAST)
    return [_host(case, routes), _dialect(case, routes), _key(case, forms, accepted)]


def _host(case: Case, routes: Mapping[str, Answer]) -> Finding:
    host, kinds = case.session.host, {answer.kind for answer in routes.values()}
    hosts = " or ".join(BASE_URLS.values())
    evidence = "; ".join(f"{dialect(name).PATH}: {answer.words}" for name, answer in routes.items())
    if kinds & {"page", KEY_REFUSED}:
        slowest = f"{case.session.slowest_s:.2f} s"
        return Finding("Host", f"{host} answers as the API does.", KNOWN, f"in {slowest} at the slowest")
    there = next((answer.there for answer in routes.values() if answer.there), "")
    if there:
        case.advice.append(Advice("base_url", None, f"{there}, if that is the account's API"))
        return Finding("Host", f"{host} sends us to {there}, where the key is not sent.", KNOWN, evidence)
    case.advice.append(Advice("base_url", None, f"the vendor's hosts are {hosts}"))
    if FOR_PEOPLE in kinds:
        said = f"{host} answers with pages for people: a portal, a proxy or a firewall stands there; check base_url."
        return Finding("Host", said, KNOWN, evidence)
    if kinds == {NO_ROUTE}:
        path = urlsplit(case.settings.base_url).path
        where = f"take the path {path} out of base_url" if path else "check base_url"
        return Finding("Host", f"{host} has neither route; {where}.", KNOWN, evidence)
    if kinds <= {REDIRECT, NO_ROUTE}:
        return Finding("Host", f"{host} only sends us to other paths; check base_url.", KNOWN, evidence)
    return Finding(
        "Host", f"{host} answers, but with no page of calls; check base_url, try later.", LIKELY, evidence
    )


def _dialect(case: Case, routes: Mapping[str, Answer]) -> Finding:
    pages = [name for name, answer in routes.items() if answer.is_page]
    evidence = "; ".join(f"{name}: {answer.words}" for name, answer in routes.items())
    if not pages:
        return Finding(
            "Dialect", "No route gave a page, so that the dialect cannot be told.", NOT_TOLD, evidence
        )
    case.name = pages[0]
    if case.name != case.settings.dialect:
        case.advice.append(Advice("dialect", case.name, f"{case.settings.dialect} gives no page"))
    both = " So does the other route." if len(pages) > 1 else ""
    return Finding(
        "Dialect", f"{case.name}: GET {dialect(case.name).PATH} gives a page.{both}", KNOWN, evidence
    )


def _key(case: Case, forms: Mapping[str, Answer], accepted: list[str]) -> Finding:
    evidence = "; ".join(f"{scheme}: {answer.words}" for scheme, answer in forms.items())
    if not accepted:
        is_refused = {answer.kind for answer in forms.values()} == {KEY_REFUSED}
        where = _place(case)
        said = (
            f"The key is accepted in no form; check {where}, and that it is a key of this account and host."
        )
        return Finding("Key", said, KNOWN if is_refused else LIKELY, evidence)
    configured = case.settings.auth_scheme
    verdict = "is one of them" if configured in accepted else "is not one of them"
    forms_in_words = ", ".join(accepted)
    return Finding(
        "Key", f"Accepted as {forms_in_words}; auth_scheme {configured} {verdict}.", KNOWN, evidence
    )


def _place(case: Case) -> str:
    settings = case.settings
    if settings.token:
        return "CALLKIT_TOKEN"
    if settings.token_file:
        return "token_file"
    return "the login" if settings.login_id or settings.email else "the keyring"
