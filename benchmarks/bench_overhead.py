"""The measured decode loop against a bare one on the stand-in with the published sizes.

Aim: ratio 1.00 ± 0.01, and at most 0.5 % of the loop's time spent between steps. Settings from the
environment: MODEL (default stand-in:2b4t), PAIRS (default 6), TOKENS (default 8), ENGINE (default published).
"""

from __future__ import annotations

import os
import sys

from bitnet_agent.cli import main

if __name__ == "__main__":
    sys.exit(
        main(
            [
                "overhead",
                f"--model={os.environ.get('MODEL', 'stand-in:2b4t')}",
                f"--pairs={os.environ.get('PAIRS', '6')}",
                f"--decode-tokens={os.environ.get('TOKENS', '8')}",
                f"--engine={os.environ.get('ENGINE', 'published')}",
                "--lang=en",
            ]
        )
    )
