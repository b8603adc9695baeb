"""Makes the project's virtual environments and keeps them up to date. Standard library only.

    environment.py install [EXTRA ...]     .venv, for `make demo` and `make test`
    environment.py others                  the fast tests with every other supported Python on this machine

Versions come from ``constraints.txt``. A stamp in each environment holds what was installed, so that the second run
asks no package index.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
MAIN = ROOT / ".venv"
SUPPORTED = ((3, 11), (3, 12), (3, 13))
FAST = "not slow and not browser and not corpus"


def main(arguments: list[str]) -> int:
    """Run one of the two commands; the exit code."""
    match arguments:
        case ["install", *extras]:
            install(MAIN, sys.executable, extras, exact=bool(os.environ.get("PYTHON")))
            return 0
        case ["others"]:
            return test_others()
    sys.exit(__doc__)


def install(folder: Path, python: str, extras: list[str], *, exact: bool) -> None:
    """Make sure that an environment holds the package and these extras in the pinned versions.

    Parameters
    ----------
    folder
        The environment; made where it is missing or broken.
    python
        The interpreter to make it from.
    extras
        Names of optional dependencies.
    exact
        Whether an environment of another minor version than `python` is made anew.
    """
    own = folder / "bin" / "python"
    version = version_of(str(own))
    if version is None or version < SUPPORTED[0] or (exact and version != version_of(python)):
        create(folder, python)
        version = version_of(str(own))
    inputs = [(ROOT / "pyproject.toml").read_bytes(), CONSTRAINTS.read_bytes(), f"{ROOT} {version}".encode()]
    digest = hashlib.sha256(b"\0".join(inputs)).hexdigest()
    stamp = folder / ".stridelab-installed.json"
    try:
        before = json.loads(stamp.read_text())
    except (OSError, ValueError):
        before = {}
    known = set(before.get("extras", ())) if before.get("digest") == digest else set()
    if before.get("digest") == digest and known.issuperset(extras):
        return
    wanted = sorted(known.union(extras))
    extra = f" with {', '.join(wanted)}" if wanted else ""
    say(f"Installing stridelab{extra} into {folder.name} (Python {dotted(version)}) ...")
    stamp.unlink(missing_ok=True)
    pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    target = f"{ROOT}[{','.join(wanted)}]" if wanted else str(ROOT)
    # The build backend is pinned too: it is installed first, and builds use it instead of fetching their own.
    run([*pip, "setuptools"])
    run([*pip, "--no-build-isolation", "--use-pep517", "--editable", target])
    stamp.write_text(json.dumps({"digest": digest, "extras": wanted}))


def create(folder: Path, python: str) -> None:
    """Make an empty environment with pip, also where the interpreter comes without ``ensurepip``."""
    version = dotted(version_of(python))
    if ran([python, "-m", "venv", "--clear", str(folder)]):
        return
    if ran([python, "-m", "venv", "--clear", "--without-pip", str(folder)]):
        own = str(folder / "bin" / "python")
        if ran([python, "-m", "pip", "--python", own, "install", "--quiet", "pip"]):
            return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing Debian's python{version}-venv ...")
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        ran(["apt-get", "update", "-qq"])
        if ran(["apt-get", "install", "-y", "-qq", f"python{version}-venv"]):
            run([python, "-m", "venv", "--clear", str(folder)])
            return
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(
        f"{python} cannot make a virtual environment: its venv module or ensurepip is missing.\n"
        f"Install it (Debian, Ubuntu: apt install python{version}-venv; Fedora: dnf install python3-pip),\n"
        "or name another Python of 3.11 or later: make PYTHON=/path/to/python3 ..."
    )


def test_others() -> int:
    """Run the fast tests with every supported Python but that of ``.venv``; 1 if any fails."""
    main_version = version_of(str(MAIN / "bin" / "python"))
    pythons = {version: python for python in candidates() if (version := version_of(python)) in SUPPORTED}
    failed = 0
    for version in SUPPORTED:
        if version == main_version:
            continue
        if version not in pythons:
            say(f"Python {dotted(version)} is not on this machine: not checked.")
            continue
        folder = ROOT / f".venv-{dotted(version)}"
        install(folder, pythons[version], ["test"], exact=True)
        command = [
            str(folder / "bin" / "python"),
            "-m",
            "pytest",
            "-q",
            "--tb=short",
            "-n",
            os.environ.get("JOBS", "2"),
        ]
        done = subprocess.run(
            [*command, "-m", FAST, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            failed = 1
            print(done.stdout, done.stderr, sep="\n")
        last = (done.stdout.strip().splitlines() or ["no output"])[-1]
        say(f"Python {dotted(version)}, fast tests: {'FAILED: ' if done.returncode else ''}{last}")
    return failed


def candidates() -> Iterator[str]:
    """Interpreters on the PATH, of pyenv and of uv; the last of one version wins."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    for found in (home / ".local" / "share" / "uv" / "python", pyenv / "versions"):
        yield from map(str, sorted(found.glob("*3.1[0-9]*/bin/python3")))
    for _, minor in SUPPORTED:
        for folder in reversed(os.get_exec_path()):
            if (path := Path(folder) / f"python3.{minor}").is_file():
                yield str(path)


def version_of(python: str) -> tuple[int, int] | None:
    """Major and minor version that an interpreter says when it runs; None where it does not run."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
        major, minor = map(int, done.stdout.split())
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    return major, minor


def dotted(version: tuple[int, int] | None) -> str:
    """``3.12`` for ``(3, 12)``."""
    return ".".join(map(str, version or ("3",)))


def run(command: list[str]) -> None:
    """Run a command that has to succeed; its own output says what went wrong."""
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"This command failed: {' '.join(command)}")


def ran(command: list[str]) -> bool:
    """Whether a command succeeded; its output is kept quiet, because another way is tried next."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    """Print to standard error, at once."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
