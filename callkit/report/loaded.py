"""Begin a kernel that has loaded what a report's notebook imports: run as a module.

What is loaded stays until the end. So the garbage collector need not look at it, neither while it is loaded nor in its
later rounds, which would take an eighth of a report's time.
"""

import gc

if __name__ == "__main__":
    gc.disable()
    from ipykernel import kernelapp

    import callkit.report.gather
    import callkit.report.record
    import callkit.report.sections  # noqa: F401 (for the notebook)

    gc.freeze()
    gc.enable()
    kernelapp.launch_new_instance()
