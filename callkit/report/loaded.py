"""Begin a kernel that has loaded what a report's notebook needs: run as a module.

What is loaded stays until the end. So the garbage collector need not look at it, neither while it is loaded nor in its
later rounds, which would take an eighth of a report's time.
"""

import gc
from importlib import import_module

MODULES = (
    "callkit.report.gather",
    "callkit.report.record",
    "callkit.report.sections",
    "ibis.backends.duckdb",
    "matplotlib.backends.backend_svg",
)
"""What the notebook imports, and what that loads when it is first used."""

_THRESHOLD = 100_000  # objects made between two rounds; a report makes some millions

if __name__ == "__main__":
    gc.disable()
    from ipykernel import kernelapp

    for module in MODULES:
        import_module(module)
    gc.freeze()
    gc.set_threshold(_THRESHOLD)
    gc.enable()
    kernelapp.launch_new_instance()
