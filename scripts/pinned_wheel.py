"""Downloads one wheel of the Python package index by pinned version and checks its SHA-256."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

EXIT_UNAVAILABLE = 3
EXIT_WRONG_FILE = 4
STAMP = ".package"  # written last: names the wheel that a folder holds


@dataclass
class PinnedWheel:
    package: str
    version: str
    wheel: str
    sha256: str

    def unpack(self, folder, write):
        """Fetches the wheel unless `folder` holds it already; `write(archive, folder)` unpacks what is wanted and
        returns a sentence for the user. Ends the program with status 3 when the wheel cannot be had, 4 when it
        is not the pinned one."""
        stamp = folder / STAMP
        if stamp.is_file() and stamp.read_text().strip() == self.sha256:
            self._say(f"{folder} holds {self.package} {self.version} already")
            return
        with tempfile.TemporaryDirectory() as scratch:
            wheel = self._download(Path(scratch))
            found = hashlib.sha256(wheel.read_bytes()).hexdigest()
            if found != self.sha256:
                self._stop(EXIT_WRONG_FILE, f"{wheel.name} has SHA-256 {found}, expected {self.sha256}")
            folder.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(wheel) as archive:
                done = write(archive, folder)
        stamp.write_text(self.sha256 + "\n")
        self._say(done)

    def _download(self, folder):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                   "--only-binary", ":all:", "--dest", str(folder), f"{self.package}=={self.version}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            self._stop(EXIT_UNAVAILABLE, f"cannot run pip: {error}")
        wheel = folder / self.wheel
        if done.returncode != 0 or not wheel.is_file():
            reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
            self._stop(EXIT_UNAVAILABLE,
                       f"{self.package} {self.version} cannot be had from the Python package index: {reason[0]}")
        return wheel

    @staticmethod
    def _say(message):
        print(f"{Path(sys.argv[0]).name}: {message}")

    @staticmethod
    def _stop(code, message):
        print(f"{Path(sys.argv[0]).name}: {message}", file=sys.stderr)
        sys.exit(code)


def folder_argument(usage, default):
    """The one optional argument of a fetch script."""
    arguments = sys.argv[1:]
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(usage)
        sys.exit(0 if arguments in (["-h"], ["--help"]) else 2)
    return Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent / "build" / default
