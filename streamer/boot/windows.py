"""What only Windows needs: a child instead of execve, and a look at where the checkout lies."""

import contextlib
import os
import signal
import subprocess

# The longest path below an environment is about 140 characters; Windows ends at 259 without a registry change.
LONGEST_ROOT = 110


def run_child(command: list[str], environment: dict[str, str]) -> int:
    """Run `command` and wait; the exit code. Ctrl-C and Ctrl-Break are the child's business."""
    for name in ("SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)
    with subprocess.Popen(command, env=environment) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()


def objection(folder: str) -> str:
    """Why an environment should not be made in `folder`, or an empty text."""
    if len(folder) > LONGEST_ROOT:
        return (
            f"The folder's name is too long for Windows ({len(folder)} characters, at most {LONGEST_ROOT}): {folder}\n"
            "Move Showrunner to a shorter one, for example C:\\Showrunner."
        )
    parts = [part.lower() for part in folder.replace("/", "\\").split("\\")]
    if any(part == "onedrive" or part.startswith("onedrive -") for part in parts):
        return (
            f"The folder is inside OneDrive, which locks files while it copies them: {folder}\n"
            "Move Showrunner out of it, for example to C:\\Showrunner."
        )
    roots = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramFiles(x86)")]
    if any(root and os.path.normcase(folder).startswith(os.path.normcase(root) + os.sep) for root in roots):
        return f"Programs may not write there: {folder}\nMove Showrunner, for example to C:\\Showrunner."
    return ""
