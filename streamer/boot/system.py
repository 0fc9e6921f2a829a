"""Programs and fonts of the system that the tests use: installed as root on Debian and Ubuntu, named elsewhere."""

import os
import shutil
import subprocess
import sys
import time

ATTEMPTS = 3

# Debian package -> the program that proves it is there (empty: ask dpkg), and what is skipped without it.
PACKAGES: dict[str, tuple[str, str]] = {
    "chromium": ("chromium", "overlays and panel in a real browser"),
    "pulseaudio": ("pulseaudio", "sound captured outside the browser"),
    "pulseaudio-utils": ("pactl", "sound captured outside the browser"),
    "libportaudio2": ("", "sound and microphone of this computer (sounddevice)"),
    "espeak-ng": ("espeak-ng", "the system's offline voice"),
    "ffmpeg": ("ffmpeg", "sound and pictures checked with another program"),
    "fonts-noto-cjk": ("", "Japanese and Chinese captions"),
    "fonts-inter": ("", "pictures of overlays and panel"),
    "obs-studio": ("obs", "scenes in a real OBS"),
    "xvfb": ("Xvfb", "scenes in a real OBS"),
    "redis-server": ("redis-server", "a show followed by several processes"),
}
OTHER_NAMES = {"chromium": ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")}


def missing() -> list[str]:
    """The packages of the list that this machine lacks."""
    return [name for name, (program, _) in PACKAGES.items() if not present(name, program)]


def present(package: str, program: str) -> bool:
    if program:
        return any(shutil.which(name) for name in OTHER_NAMES.get(package, (program,)))
    if shutil.which("dpkg-query") is None:
        return True  # fonts cannot be asked for in one way everywhere; the tests that need them look themselves
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", package], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() == "installed"


def can_install() -> bool:
    """Root on a system with apt."""
    return os.name != "nt" and os.geteuid() == 0 and shutil.which("apt-get") is not None


def provide() -> None:
    """Install what is missing where that is allowed; elsewhere say what is missing and what it is for."""
    lacking = missing()
    if not lacking:
        return
    if not can_install():
        tell(lacking)
        return
    print(f"Installing with apt: {' '.join(lacking)}", flush=True)
    if apt_install(lacking):
        return
    # One package that this release does not have must not keep the others away.
    for name in missing():
        apt_install([name])
    if left := missing():
        tell(left)


def apt_install(packages: list[str]) -> bool:
    """Whether apt could install them; first from the lists it has, then with fresh ones."""
    options = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    said = ""
    for attempt in range(ATTEMPTS):
        if attempt or not have_lists():
            subprocess.run(["apt-get", "update", "-q"], env=environment, stdout=subprocess.DEVNULL, check=False)
        command = ["apt-get", "install", *options, *packages]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
        if result.returncode == 0:
            return True
        said = result.stderr
        if "Unable to locate package" in said and attempt:
            break
        time.sleep(2 * attempt)
    print(f"apt could not install {' '.join(packages)}:\n    " + "\n    ".join(said.strip().splitlines()[-4:]))
    return False


def have_lists() -> bool:
    """Whether `apt-get update` was ever run here (images are often shipped without the lists)."""
    try:
        return any("Packages" in name for name in os.listdir("/var/lib/apt/lists"))
    except OSError:
        return False


def tell(lacking: list[str]) -> None:
    """What to install by hand, and what is skipped as long as it is missing."""
    print("Missing programs; the tests that need them will be skipped (under CI=true: fail):")
    for name in lacking:
        print(f"    {name:<18} {PACKAGES[name][1]}")
    if sys.platform == "darwin":
        print("On macOS: brew install chromium espeak-ng ffmpeg redis; brew install --cask obs")
    elif sys.platform == "win32":
        print("On Windows: winget install Google.Chrome OBSProject.OBSStudio eSpeak-NG.eSpeak-NG Gyan.FFmpeg")
    else:
        print(f"On Debian and Ubuntu: sudo apt install {' '.join(lacking)}")
    sys.stdout.flush()
