"""Notebooks run with papermill become reports: strict parameters, a checked run, one HTML file, atomic publishing.

`check_parameters` stands in the cell after a notebook's parameters, so that plain ``papermill`` is as strict as
``callkit report``.
"""

from callkit.report.parameters import check_parameters

__all__ = ["check_parameters"]
