#!/bin/sh
# Starts Showrunner on macOS by double-click. The first time: right click, Open (Gatekeeper asks once).
cd "$(dirname "$0")" || exit 1

pause() {
    printf '\nPress Return to close this window. '
    read -r _
}

if [ ! -f run.py ]; then
    echo "The rest of Showrunner is not beside start.command. Unpack the whole archive and start it from there."
    pause
    exit 1
fi

# Every candidate is tried by running it: Apple's python3 may only offer to install something, shims may not run.
fits='import sys; sys.exit(not (sys.version_info >= (3, 11) and sys.maxsize > 2**32))'
for python in python3.13 python3.12 python3.11 python3.14 python3 \
    /opt/homebrew/bin/python3 /usr/local/bin/python3 \
    /Library/Frameworks/Python.framework/Versions/3.13/bin/python3 \
    /Library/Frameworks/Python.framework/Versions/3.12/bin/python3; do
    if [ "$python" = python3 ] && [ "$(command -v python3)" = /usr/bin/python3 ] && [ "$(uname)" = Darwin ] \
        && ! xcode-select -p >/dev/null 2>&1; then
        continue # Apple's stand-in: running it opens a dialogue about developer tools
    fi
    if "$python" -c "$fits" >/dev/null 2>&1; then
        "$python" run.py "$@"
        code=$?
        if [ "$code" -ne 0 ] && [ "$code" -ne 130 ]; then
            echo
            echo "Showrunner ended with code $code. What went wrong is written above."
            pause
        fi
        exit "$code"
    fi
done

echo "Showrunner needs Python 3.11 or newer, and none was found."
echo "Get it from https://www.python.org/downloads/macos/ (or: brew install python@3.13), then start this again."
pause
exit 1
