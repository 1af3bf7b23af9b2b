"""Make or repair .venv, the Python environment of Glassbox:  python3 setup_env.py  (Windows: py setup_env.py)

Options: --dev adds what the tests need; --torch cpu|cuda|auto chooses the PyTorch build; --fresh starts over.
Only the standard library is used. This file is plain enough for any Python, even 2.7, to read it far enough
to say that it is too old; the work is done in tools/environment/.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python reads this file too)
        found = ".".join(str(part) for part in sys.version_info[:3])
        sys.exit(
            "Glassbox needs Python 3.11, 3.12 or 3.13, and this is Python " + found + ": install a newer one"
            " (from python.org or your system's packages) and start this with its full name, such as"
            " python3.12 setup_env.py"
        )
    from tools.environment import main

    sys.exit(main(sys.argv[1:]))
