"""`python -m xushi.cli` is `xushi`."""

import sys

from xushi.cli import main

sys.exit(main())
