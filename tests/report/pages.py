"""The whole page of a model, and what one section of it says in words."""

from callkit.look.page import document
from callkit.look.typography import plain
from callkit.report import record, sections

IN_ORDER = (
    sections.header,
    sections.first_screen,
    sections.call_back,
    sections.when,
    sections.waiting,
    sections.service_level,
    sections.routes,
    sections.people,
    sections.weeks,
    sections.staffing,
    sections.cost,
    sections.health,
    sections.define,
    sections.made,
    sections.footer,
)


def page(model):
    body = "".join(part(model) for part in IN_ORDER)
    return document(record.title(model), body, running="", example=model.settings.example)


def says(part, model):
    return " ".join(plain(part(model)).split())
