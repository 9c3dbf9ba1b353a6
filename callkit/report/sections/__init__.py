"""The sections of the weekly report: each a function from the week's model to `Html`."""

from callkit.report.sections.call_back import call_back
from callkit.report.sections.closing import define, footer, made
from callkit.report.sections.cost import cost
from callkit.report.sections.first import first_screen, header
from callkit.report.sections.health import health
from callkit.report.sections.people import people
from callkit.report.sections.routes import routes
from callkit.report.sections.service import service_level
from callkit.report.sections.staffing import staffing
from callkit.report.sections.waiting import waiting
from callkit.report.sections.weeks import weeks
from callkit.report.sections.when import when

__all__ = [
    "call_back",
    "cost",
    "define",
    "first_screen",
    "footer",
    "header",
    "health",
    "made",
    "people",
    "routes",
    "service_level",
    "staffing",
    "waiting",
    "weeks",
    "when",
]
