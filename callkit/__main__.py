"""``python -m callkit`` is the ``callkit`` command."""

import sys

from callkit.cli import main

sys.exit(main())
