#!/usr/bin/env python3
"""headless-obs: run the real OBS Studio without a screen, for tests.

Starts Xvfb and OBS Studio with software rendering and a throw-away
configuration, and returns only when obs-websocket has accepted the password
and answered a request.  Needs nothing but the Python standard library (3.9 or
newer) and these Debian/Ubuntu packages:

    apt-get install -y --no-install-recommends xvfb obs-studio gcc libc6-dev

obs-websocket can only listen on every interface.  With a C compiler at hand a
small preloaded library keeps it on 127.0.0.1; without one `start` works too,
says so, and relies on the password.  --audio needs `pulseaudio` as well.

    headless-obs start            start (or report the running one), print where it is
    headless-obs status           exit 0 when OBS answers, 1 when not
    headless-obs kill             SIGKILL OBS only, as a crash would; `start` revives it
                                  on the same port, password and saved scenes
    headless-obs quit             end OBS only, as a person would; `start` brings it back
    headless-obs stop             stop everything that was started, delete the directory

`start` prints KEY=value lines, fit for a shell or a test fixture:

    eval "$(headless-obs start)"; echo "$OBS_HOST $OBS_PORT $OBS_PASSWORD"
    headless-obs start --json

Several can run side by side: give each its own --dir (and let --port choose).

Exit codes: 0 done, 1 failed or not running, 2 bad usage, 3 OBS, its websocket
plugin or Xvfb is not installed.
"""

import argparse
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APT = "apt-get install -y --no-install-recommends xvfb obs-studio gcc libc6-dev"
NAME = "Headless"  # profile and scene collection
MARK = ".headless-obs"  # says that a directory is this tool's own
STATE = "state.json"
HOST = "127.0.0.1"
OWN = ("config", "home", "run", "log", "shim", STATE, "xauthority", MARK, "lock")

SHIM_C = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
/* bind() on the wanted port goes to 127.0.0.1 instead of every interface */
int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
    const char *port = getenv("HEADLESS_OBS_PORT");
    if (addr && port && addr->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in copy;
        memcpy(&copy, addr, sizeof copy);
        if (copy.sin_addr.s_addr == htonl(INADDR_ANY) && ntohs(copy.sin_port) == atoi(port)) {
            copy.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            return next(fd, (struct sockaddr *)&copy, sizeof copy);
        }
    }
    return next(fd, addr, len);
}
"""


class Problem(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code


def say(text):
    print("headless-obs: " + text, file=sys.stderr, flush=True)


# ---------------------------------------------------------------- processes


def started_at(pid):
    """The kernel's start time of a process: with the pid, a name never reused."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rsplit(")", 1)[1].split()
    return None if fields[0] in ("Z", "X") else fields[19]


def alive(proc):
    return bool(proc) and started_at(proc["pid"]) == proc["start"]


def remember(popen):
    return {"pid": popen.pid, "start": started_at(popen.pid)}


def reap(pid):
    with contextlib.suppress(OSError):
        os.waitpid(pid, os.WNOHANG)


def end(proc, first, grace):
    """End one process that this tool started; True when it had to be killed."""
    for sig, wait in ((first, grace), (signal.SIGKILL, 5)):
        if not alive(proc):
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(proc["pid"], sig)
            os.kill(proc["pid"], signal.SIGCONT)  # a test may have stopped it
        until = time.monotonic() + wait
        while time.monotonic() < until:
            reap(proc["pid"])
            if not alive(proc):
                return sig == signal.SIGKILL
            time.sleep(0.02)
    return True


def tail(path, lines=15):
    try:
        text = Path(path).read_text(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join("    " + line for line in text[-lines:]) or "(empty log)"


# ------------------------------------------------- a very small OBS client


class Socket:
    """Just enough WebSocket to ask obs-websocket whether it is ready."""

    def __init__(self, port, timeout=3):
        self.sock = socket.create_connection((HOST, port), timeout)
        self.file = self.sock.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(
            (
                f"GET / HTTP/1.1\r\nHost: {HOST}:{port}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )
        if b" 101 " not in self.file.readline():
            raise OSError("no websocket here")
        while self.file.readline().strip():
            pass

    def close(self):
        self.file.close()
        self.sock.close()

    def exactly(self, count):
        data = self.file.read(count)
        if len(data) != count:
            raise OSError("connection closed")
        return data

    def send(self, message):
        data = json.dumps(message).encode()
        size = len(data)
        head = bytes([0x81]) + (bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size))
        mask = os.urandom(4)
        self.sock.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive(self):
        while True:
            first, size = self.exactly(2)
            if size == 126:
                (size,) = struct.unpack(">H", self.exactly(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self.exactly(8))
            data = self.exactly(size)
            if first & 15 == 8:
                code = struct.unpack(">H", data[:2])[0] if len(data) > 1 else 0
                raise Problem("obs-websocket refused the password") if code == 4009 else OSError(f"closed ({code})")
            if first & 15 == 1:
                return json.loads(data)


def ask(port, password):
    """Log in, ask two questions.  OSError: not ready yet.  Problem: never will be."""
    ws = Socket(port)
    try:
        hello = ws.receive()["d"]
        identify: dict = {"rpcVersion": 1, "eventSubscriptions": 0}
        if "authentication" in hello:

            def digest(text):
                return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

            secret = digest(password + hello["authentication"]["salt"])
            identify["authentication"] = digest(secret + hello["authentication"]["challenge"])
        ws.send({"op": 1, "d": identify})
        ws.receive()
        answers = {}
        for kind in ("GetVersion", "GetSceneList"):
            ws.send({"op": 6, "d": {"requestType": kind, "requestId": kind}})
            reply = ws.receive()["d"]
            if not reply["requestStatus"]["result"]:  # 207: still loading
                raise OSError(f"{kind}: {reply['requestStatus']['code']}")
            answers[kind] = reply["responseData"]
        return {
            "obs_version": answers["GetVersion"]["obsVersion"],
            "websocket_version": answers["GetVersion"]["obsWebSocketVersion"],
            "scene": answers["GetSceneList"]["currentProgramSceneName"],
        }
    finally:
        ws.close()


def listening_on(port):
    """The local addresses on which this port is listened on."""
    found = set()
    for table, size in (("/proc/net/tcp", 8), ("/proc/net/tcp6", 32)):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            local, state = row.split()[1], row.split()[3]
            address, number = local.split(":")
            if state == "0A" and int(number, 16) == port:
                raw = b"".join(struct.pack("<I", int(address[i : i + 8], 16)) for i in range(0, size, 8))
                found.add(socket.inet_ntop(socket.AF_INET if size == 8 else socket.AF_INET6, raw))
    return sorted(found)


# ------------------------------------------------------------------- set-up


def needed():
    missing = [name for name in ("Xvfb", "obs") if not shutil.which(name)]
    if missing:
        raise Problem(f"not installed: {', '.join(missing)}.  On Debian/Ubuntu: {APT}", 3)
    plugins = [
        p
        for root in ("/usr/lib", "/usr/local/lib", "/usr/lib64")
        if Path(root).is_dir()
        for pattern in ("obs-plugins/obs-websocket.so", "*/obs-plugins/obs-websocket.so")
        for p in Path(root).glob(pattern)
    ]
    if not plugins and str(shutil.which("obs")).startswith("/usr/"):
        raise Problem(
            f"this OBS has no obs-websocket plugin (it is part of OBS since version 28).  On Debian/Ubuntu: {APT}", 3
        )


def port_is_free(port):
    for address in ("0.0.0.0", HOST):  # noqa: S104 - OBS listens there
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def ini(sections):
    return "".join(
        f"[{name}]\n" + "".join(f"{k}={v}\n" for k, v in values.items()) + "\n" for name, values in sections.items()
    )


def write_config(base, state):
    collection = state["collection"]
    obs = base / "config" / "obs-studio"
    profile = obs / "basic" / "profiles" / NAME
    scenes = obs / "basic" / "scenes"
    websocket = obs / "plugin_config" / "obs-websocket"
    for folder in (profile, scenes, websocket, base / "home", base / "log"):
        folder.mkdir(parents=True, exist_ok=True)
    (base / "run").mkdir(mode=0o700, exist_ok=True)
    Path(state["recordings"]).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(obs / ".sentinel", ignore_errors=True)  # OBS 32: "did not shut down properly"

    general = {
        "FirstRun": "true",
        "LastVersion": 486539266,
        "InfoIncrement": 999999,
        "EnableAutoUpdates": "false",
        "ConfirmOnExit": "false",
        "MaxLogs": 3,
        "Pre19Defaults": "false",
        "Pre21Defaults": "false",
        "Pre23Defaults": "false",
        "Pre24.1Defaults": "false",
    }
    chosen = {
        "Profile": NAME,
        "ProfileDir": NAME,
        "SceneCollection": collection,
        "SceneCollectionFile": collection,
        "ConfigOnNewProfile": "false",
    }
    window = {
        "PreviewEnabled": "false",
        "SysTrayEnabled": "false",
        "WarnBeforeStartingStream": "false",
        "WarnBeforeStoppingStream": "false",
        "WarnBeforeStoppingRecord": "false",
    }
    server = {
        "FirstLoad": "false",
        "ServerEnabled": "true",
        "ServerPort": state["port"],
        "AlertsEnabled": "false",
        "AuthRequired": "true",
        "ServerPassword": state["password"],
    }
    # OBS to 30 reads global.ini only; from 31 on user.ini holds most of it.
    (obs / "global.ini").write_text(
        ini({"General": general, "Basic": chosen, "BasicWindow": window, "OBSWebSocket": server})
    )
    (obs / "user.ini").write_text(ini({"General": general, "Basic": chosen, "BasicWindow": window}))
    # obs-websocket from 5.5 on (OBS 30.2) keeps its settings here.
    (websocket / "config.json").write_text(
        json.dumps(
            {
                "first_load": False,
                "server_enabled": True,
                "server_port": state["port"],
                "alerts_enabled": False,
                "auth_required": True,
                "server_password": state["password"],
            }
        )
    )
    if not (profile / "basic.ini").exists():  # a revived OBS keeps its profile
        width, height = state["size"].split("x")
        (profile / "basic.ini").write_text(
            ini(
                {
                    "General": {"Name": NAME},
                    "Video": {
                        "BaseCX": width,
                        "BaseCY": height,
                        "OutputCX": width,
                        "OutputCY": height,
                        "FPSType": 1,
                        "FPSInt": state["fps"],
                    },
                    "Output": {"Mode": "Simple"},
                    "SimpleOutput": {
                        "FilePath": state["recordings"],
                        "RecFormat": "mkv",
                        "RecFormat2": "mkv",
                        "RecQuality": "Stream",
                        "VBitrate": 500,
                        "ABitrate": 96,
                        "UseAdvanced": "true",
                        "Preset": "ultrafast",
                        "StreamEncoder": "x264",
                        "RecEncoder": "x264",
                        "RecRB": "true",
                        "RecRBTime": 5,
                        "RecRBSize": 32,
                    },
                }
            )
        )
    for path in (obs / "global.ini", websocket / "config.json"):
        path.chmod(0o600)


def build_shim(base):
    """The library that keeps the websocket on 127.0.0.1; None without a C compiler."""
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if not compiler:
        return None
    folder = base / "shim"
    folder.mkdir(exist_ok=True)
    library = folder / "loopback.so"
    if not library.exists():
        (folder / "loopback.c").write_text(SHIM_C)
        done = subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(folder / "loopback.c"), "-ldl"],
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            library.unlink(missing_ok=True)
            return None
    return library


def environment(base, state):
    """A small, closed environment: nothing of the caller's desktop gets in."""
    env = {key: os.environ[key] for key in ("PATH", "TZ", "LD_LIBRARY_PATH") if key in os.environ}
    dead = "http://127.0.0.1:9"
    env.update(
        {
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "HOME": str(base / "home"),
            "XDG_CONFIG_HOME": str(base / "config"),
            "XDG_CACHE_HOME": str(base / "home" / ".cache"),
            "XDG_DATA_HOME": str(base / "home" / ".local"),
            "XDG_RUNTIME_DIR": str(base / "run"),
            "XAUTHORITY": str(base / "xauthority"),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "GALLIUM_DRIVER": "llvmpipe",
            "LP_NUM_THREADS": "2",
            "QT_QPA_PLATFORM": "xcb",
            "QT_LOGGING_RULES": "*.debug=false",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",  # no bus is started behind our back
            "PULSE_SERVER": f"unix:{base}/run/pulse.sock",  # --audio, else nothing is there
            "JACK_NO_START_SERVER": "1",
            # OBS fetches its list of streaming services at every start: keep it off the net.
            "http_proxy": dead,
            "https_proxy": dead,
            "no_proxy": "127.0.0.1,localhost",
            "HEADLESS_OBS_PORT": str(state["port"]),
        }
    )
    return env


def write_cookie(base):
    """An Xauthority entry good for any host and display, known to this run only."""

    def field(data):
        return struct.pack(">H", len(data)) + data

    path = base / "xauthority"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(
            struct.pack(">H", 65535) + field(b"") + field(b"") + field(b"MIT-MAGIC-COOKIE-1") + field(os.urandom(16))
        )


def spawn(command, env, log, **more):
    with Path(log).open("ab") as out:
        return subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **more,
        )


def start_display(base, state, env, until):
    write_cookie(base)
    reading, writing = os.pipe()
    try:
        popen = spawn(
            [
                "Xvfb",
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                "1280x720x24",
                "-nolisten",
                "tcp",
                "-noreset",
                "-auth",
                str(base / "xauthority"),
                "+extension",
                "GLX",
            ],
            env,
            base / "log" / "xvfb.log",
            pass_fds=(writing,),
        )
    finally:
        os.close(writing)
    state["xvfb"] = remember(popen)
    save(base, state)
    os.set_blocking(reading, False)
    text = b""
    with contextlib.closing(os.fdopen(reading, "rb", buffering=0)) as pipe:
        while not text.endswith(b"\n"):
            if popen.poll() is not None or time.monotonic() > until:
                raise Problem(f"Xvfb did not come up:\n{tail(base / 'log' / 'xvfb.log')}")
            text += pipe.read(64) or b""
            time.sleep(0.02)
    state["display"] = ":" + text.decode().strip()


def start_audio(base, state, env, until):
    if not shutil.which("pulseaudio"):
        raise Problem("--audio needs pulseaudio: apt-get install -y --no-install-recommends pulseaudio", 3)
    if len(f"{base}/run/pulse.sock") > 100:
        raise Problem("--audio: the path of --dir is too long for a socket", 2)
    popen = spawn(
        [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
            "--disallow-exit",
            "--log-target=stderr",
            "-L",
            f"module-native-protocol-unix socket={base}/run/pulse.sock auth-anonymous=1",
            "-L",
            "module-null-sink sink_name=speakers rate=48000",
            "-L",
            "module-null-sink sink_name=microphone rate=48000",
        ],
        env,
        base / "log" / "pulse.log",
    )
    state["pulse"] = remember(popen)
    save(base, state)
    while not (base / "run" / "pulse.sock").exists():
        if popen.poll() is not None or time.monotonic() > until:
            raise Problem(f"pulseaudio did not come up:\n{tail(base / 'log' / 'pulse.log')}")
        time.sleep(0.02)


def start_obs(base, state, env, until):
    log = base / "log" / "obs.log"
    log.unlink(missing_ok=True)
    command = [
        "obs",
        "--multi",
        "--profile",
        NAME,
        "--collection",
        state["collection"],
        "--disable-updater",
        "--disable-missing-files-check",
        "--disable-shutdown-check",
        "--websocket_ipv4_only",
    ]
    library = build_shim(base)
    if library:
        env = {**env, "LD_PRELOAD": str(library)}
    popen = spawn(command, {**env, "DISPLAY": state["display"]}, log)
    state["obs"] = remember(popen)
    save(base, state)
    last = "no connection"
    while time.monotonic() < until:
        if popen.poll() is not None:
            raise Problem(f"OBS ended at once (status {popen.returncode}):\n{tail(log)}")
        try:
            state.update(ask(state["port"], state["password"]))
            state["listening_on"] = listening_on(state["port"])
            return
        except OSError as error:
            last = str(error)
        time.sleep(0.05)
    raise Problem(f"OBS runs but its websocket did not answer in time ({last}):\n{tail(log)}")


# ------------------------------------------------------------ the directory


def default_dir():
    return Path(tempfile.gettempdir()) / f"headless-obs-{os.getuid()}"


def load(base):
    try:
        return json.loads((base / STATE).read_text())
    except (OSError, ValueError):
        return {}


def save(base, state):
    fresh = base / (STATE + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(state, out, indent=1)
    fresh.replace(base / STATE)


def claim(base):
    """Make the directory, or check that it is ours and nobody else's."""
    created = False
    try:
        base.mkdir(mode=0o700, parents=True)
        created = True
    except FileExistsError:
        pass
    if base.is_symlink() or not base.is_dir() or base.stat().st_uid != os.getuid():
        raise Problem(f"{base} is not a directory of this user", 2)
    if not (base / MARK).exists():
        if not created and any(base.iterdir()):
            raise Problem(f"{base} has other things in it: name an empty or new directory with --dir", 2)
        (base / MARK).write_text("created\n" if created else "found\n")


@contextlib.contextmanager
def locked(base):
    with (base / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def stop_all(base, state):
    if alive(state.get("guard")) and state["guard"]["pid"] != os.getpid():
        end(state["guard"], signal.SIGTERM, 2)
    # Xvfb last: OBS dies badly without its display.
    killed = end(state.get("obs"), signal.SIGINT, 15) if state.get("obs") else False
    for name in ("pulse", "xvfb"):
        if state.get(name):
            end(state[name], signal.SIGTERM, 5)
    return killed


def clear(base):
    created = (base / MARK).read_text().strip() == "created" if (base / MARK).exists() else False
    if created:
        shutil.rmtree(base, ignore_errors=True)
        return
    for name in OWN:
        path = base / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


# ----------------------------------------------------------------- commands


def report(base, state, as_json, seconds=None):
    found = {
        "OBS_HOST": HOST,
        "OBS_PORT": state["port"],
        "OBS_PASSWORD": state["password"],
        "OBS_PID": state["obs"]["pid"],
        "OBS_DIR": str(base),
        "OBS_LOG": str(base / "log" / "obs.log"),
        "OBS_RECORDINGS": state["recordings"],
        "OBS_DISPLAY": state["display"],
        "OBS_XAUTHORITY": str(base / "xauthority"),
        "OBS_VERSION": state.get("obs_version"),
        "OBS_WEBSOCKET_VERSION": state.get("websocket_version"),
        "OBS_LISTENS_ON": ",".join(state.get("listening_on", [])),
    }
    if state.get("pulse"):
        found["OBS_PULSE_SERVER"] = f"unix:{base}/run/pulse.sock"
    if seconds is not None:
        found["OBS_START_SECONDS"] = round(seconds, 2)
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        for key, value in found.items():
            quoted = str(value).replace("'", "'\\''")
            print(f"{key}='{quoted}'" if re.search(r"[^\w./:,+=@%-]", str(value)) else f"{key}={value}")


def check_options(args):
    if args.password is not None and not re.fullmatch(r"[A-Za-z0-9._~!@$%^*+-]{6,64}", args.password):
        raise Problem("--password: 6 to 64 of A-Z a-z 0-9 . _ ~ ! @ $ % ^ * + -", 2)
    if args.collection and not re.fullmatch(r"[A-Za-z0-9]{1,32}", args.collection):
        raise Problem("--collection: up to 32 letters and digits", 2)
    if not re.fullmatch(r"\d{2,4}x\d{2,4}", args.size) or not 1 <= args.fps <= 60:
        raise Problem("--size is WIDTHxHEIGHT, --fps is 1 to 60", 2)


def cmd_start(args):
    began = time.monotonic()
    needed()
    check_options(args)
    base = args.dir
    claim(base)
    with locked(base):
        state = load(base)
        if alive(state.get("obs")):
            clash = [name for name in ("port", "password") if getattr(args, name) not in (None, state[name])]
            if clash:
                raise Problem(f"already running with another {' and '.join(clash)}: stop it first")
            state.update(ask_until(state, began + args.timeout))
            report(base, state, args.json)
            return
        state = bring_up(base, state, args, began + args.timeout)
        if state["listening_on"] != [HOST]:
            say(
                f"note: the websocket listens on {','.join(state['listening_on'])}, guarded by its password only; "
                "with a C compiler installed it is kept on 127.0.0.1"
            )
        report(base, state, args.json, time.monotonic() - began)


def bring_up(base, state, args, until):
    """Everything, or after `kill` and `quit` only OBS; its state."""
    revive = alive(state.get("xvfb")) and state.get("display")
    if not revive:
        stop_all(base, state)
        state = {"size": args.size, "fps": args.fps, "recordings": str(base / "recordings")}
    state["port"] = args.port or state.get("port") or free_port()
    state["collection"] = args.collection or state.get("collection") or NAME
    state["password"] = args.password or state.get("password") or secrets.token_hex(12)
    if not port_is_free(state["port"]):
        raise Problem(f"port {state['port']} is in use")
    try:
        write_config(base, state)
        env = environment(base, state)
        if not revive:
            start_display(base, state, env, until)
        if args.audio and not alive(state.get("pulse")):
            start_audio(base, state, env, until)
        start_obs(base, state, env, until)
    except BaseException:
        stop_all(base, state)
        for name in ("obs", "xvfb", "pulse", "guard"):
            state.pop(name, None)
        save(base, state)
        raise
    if args.owner and not alive(state.get("guard")):
        start_guard(base, state, args.owner)
    save(base, state)
    return state


def ask_until(state, until):
    while True:
        try:
            return ask(state["port"], state["password"])
        except OSError as error:
            if time.monotonic() > until:
                raise Problem(f"OBS (pid {state['obs']['pid']}) runs but does not answer: {error}") from None
            time.sleep(0.1)


def cmd_status(args):
    state = load(args.dir)
    if not alive(state.get("obs")):
        raise Problem("not running" + (" (OBS is gone, its display is still up)" if alive(state.get("xvfb")) else ""))
    state.update(ask_until(state, time.monotonic() + 5))
    report(args.dir, state, args.json)


def cmd_kill(args):
    state = load(args.dir)
    if not alive(state.get("obs")):
        raise Problem("not running")
    end(state["obs"], signal.SIGKILL, 5)
    say(f"OBS (pid {state['obs']['pid']}) killed")


def cmd_quit(args):
    state = load(args.dir)
    if not alive(state.get("obs")):
        raise Problem("not running")
    asked = time.time()
    if end(state["obs"], signal.SIGINT, 15):
        # Some OBS hang after they have saved everything and closed their window.
        if not any(path.stat().st_mtime >= asked - 1 for path in args.dir.rglob("basic/scenes/*.json")):
            raise Problem("OBS did not end in time and was killed")
        say("OBS had saved its scenes, did not end in time and was killed")


def start_guard(base, state, owner):
    """A child that stops everything when the process that asked for it is gone without having stopped it."""
    start = started_at(owner)
    if start is None:
        raise Problem(f"--owner {owner} is not running", 2)
    command = [sys.executable, __file__, "guard", "--dir", str(base), "--owner", str(owner), "--since", start]
    state["guard"] = remember(spawn(command, dict(os.environ), os.devnull))


def cmd_guard(args):
    while (args.dir / MARK).exists():
        if not alive({"pid": args.owner, "start": args.since}):
            cmd_stop(args)
            return
        time.sleep(1)


def cmd_stop(args):
    base = args.dir
    if not (base / MARK).exists():
        say("nothing to stop")
        return
    with locked(base):
        if stop_all(base, load(base)):
            say("OBS did not end in time and was killed")
        if args.keep:
            state = load(base)
            for name in ("obs", "xvfb", "pulse", "guard"):
                state.pop(name, None)
            save(base, state)
        else:
            clear(base)


def main():
    parser = argparse.ArgumentParser(
        prog="headless-obs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, function, text):
        sub = commands.add_parser(name, help=text)
        sub.add_argument(
            "--dir",
            type=lambda text: Path(text).absolute(),
            default=default_dir(),
            help="throw-away directory (default: %(default)s)",
        )
        sub.set_defaults(function=function)
        return sub

    start = command("start", cmd_start, "start OBS and wait until it answers")
    start.add_argument("--port", type=int, help="websocket port (default: a free one)")
    start.add_argument("--password", help="websocket password (default: a random one)")
    start.add_argument("--size", default="640x360", help="canvas and output size (default: %(default)s)")
    start.add_argument("--fps", type=int, default=10, help="frames per second (default: %(default)s)")
    start.add_argument("--owner", type=int, help="stop everything when this process is gone")
    start.add_argument("--collection", help="scene collection (default: the last one); made empty when it is new")
    start.add_argument("--timeout", type=float, default=60, help="seconds to wait (default: %(default)s)")
    start.add_argument(
        "--audio", action="store_true", help="also start a private pulseaudio with sinks `speakers` and `microphone`"
    )
    start.add_argument("--json", action="store_true")
    status = command("status", cmd_status, "say whether OBS answers")
    status.add_argument("--json", action="store_true")
    command("kill", cmd_kill, "SIGKILL OBS only, as a crash would")
    command("quit", cmd_quit, "end OBS only, as a person would")
    guard = command("guard", cmd_guard, "stop everything once a process is gone (started by start --owner)")
    guard.add_argument("--owner", type=int, required=True)
    guard.add_argument("--since", required=True, help="the kernel's start time of that process")
    guard.set_defaults(keep=False)
    stop = command("stop", cmd_stop, "stop all that start started")
    stop.add_argument("--keep", action="store_true", help="leave the directory (logs, recordings, scenes)")

    args = parser.parse_args()

    def interrupted(*_):
        raise Problem("interrupted", 130)

    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGINT, interrupted)
    try:
        args.function(args)
    except Problem as problem:
        say(str(problem))
        return problem.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
