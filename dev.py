#!/usr/bin/env python3
"""Run, test and check the system with nothing but Python 3.11: `python3 dev.py run | test | check | assets`.

Everything it makes lies in ignored folders (.venv, node_modules, static_built, fonts, var), and each step is skipped
when what it was made from has not changed.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
BUILT = ROOT / "static_built"
FONTS = ROOT / "fonts"
PASSWORD = "demo-2016"
LOGINS = [
    ("dispatcher", "指挥席派遣员"),
    ("dispatcher2", "指挥席派遣员（第二人）"),
    ("chief", "值班科长"),
    ("inspector", "督查员"),
    ("handler", "处置人员（城管）"),
    ("handler2", "处置人员（另一部门）"),
    ("worker", "社区工作者（西井社区）"),
    ("worker2", "社区工作者（另一社区）"),
    ("petition", "信访专员"),
    ("clerk", "台账专员"),
    ("leader", "街道领导"),
    ("admin", "系统管理员"),
    ("auditor", "审计员"),
]
# What the pages use out of the npm packages, file by file: whole dist folders would cost collectstatic minutes.
VENDOR = {
    "leaflet/dist/leaflet.js": "vendor/leaflet.js",
    "leaflet/dist/leaflet.js.map": "vendor/leaflet.js.map",
    "leaflet/dist/leaflet.css": "vendor/leaflet.css",
    "leaflet/dist/images/layers.png": "vendor/images/layers.png",
    "leaflet/dist/images/layers-2x.png": "vendor/images/layers-2x.png",
    "leaflet/dist/images/marker-icon.png": "vendor/images/marker-icon.png",
    "leaflet/dist/images/marker-icon-2x.png": "vendor/images/marker-icon-2x.png",
    "leaflet/dist/images/marker-shadow.png": "vendor/images/marker-shadow.png",
    "leaflet.markercluster/dist/leaflet.markercluster.js": "vendor/leaflet.markercluster.js",
    "leaflet.markercluster/dist/leaflet.markercluster.js.map": "vendor/leaflet.markercluster.js.map",
    "leaflet.markercluster/dist/MarkerCluster.css": "vendor/MarkerCluster.css",
    "leaflet.markercluster/dist/MarkerCluster.Default.css": "vendor/MarkerCluster.Default.css",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "vendor/protomaps-leaflet.js",
    "protomaps-leaflet/dist/protomaps-leaflet.js.map": "vendor/protomaps-leaflet.js.map",
    "echarts/dist/echarts.min.js": "vendor/echarts.min.js",
}
FONT_FILES = {
    f"@expo-google-fonts/noto-{kind.lower()}-sc/{weight}/Noto{kind}SC_{weight}.ttf": f"Noto{kind}SC-{weight[3:]}.ttf"
    for kind in ("Sans", "Serif")
    for weight in ("400Regular", "700Bold")
}
# How pip and npm say that there is no network.
OFFLINE = r"name resolution|Network is unreachable|Connection|EAI_AGAIN|ENOTFOUND|ECONN|ETIMEDOUT|timed out|getaddrinfo"


class Stop(Exception):
    """The run ends here, with one sentence for the person at the keyboard."""


# --- steps ---------------------------------------------------------------------------------------------------------


@contextmanager
def step(text: str):
    """Print a progress line and how long the step took."""
    print(f"· {text} …", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(" 未完成", flush=True)
        raise
    print(f" 完成（{time.monotonic() - began:.1f} 秒）", flush=True)


def digest(*parts: Path | str) -> str:
    """One hash over files and texts: what a stamp remembers."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
    return total.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    """True when the step that wrote this stamp need not be done again."""
    return stamp.is_file() and stamp.read_text() == value


def quietly(command: list[str | Path], *, failure: str, **options) -> str:
    """Run a command without its chatter; when it fails, show the end of what it said and stop."""
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if done.returncode == 0:
        return done.stdout
    if re.search(OFFLINE, done.stdout):
        raise Stop(f"{failure}：连不上软件源。请确认本机已联网（或已设置代理）后再运行一次。")
    raise Stop(f"{failure}：\n" + "\n".join(done.stdout.strip().splitlines()[-15:]))


def aloud(command: list[str | Path], *, failure: str, env: dict[str, str]) -> None:
    """Run a command that tells its own progress, its lines indented under the step."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=env | {"PYTHONUNBUFFERED": "1"}, **pipes) as child:
        try:
            for line in child.stdout:
                print(f"    {line}", end="", flush=True)
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        raise Stop(f"{failure}。请看上面的出错信息。")


def ensure_venv() -> None:
    """Make .venv, or say which command mends a Python that cannot."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Stop(f"这台机器的 Python 不能建立虚拟环境。请先运行：sudo apt install python{version}-venv") from None
    with step("建立 Python 虚拟环境 .venv"):
        quietly([sys.executable, "-m", "venv", "--clear", VENV], failure="虚拟环境没有建成")


def install(name: str) -> None:
    """Install a lock (hashes checked) unless it, or a lock that contains it, is installed already.

    A lock names every package there is to install, so nothing is left to look up: a newer release must not come in the
    way of the one that is locked.
    """
    lock = ROOT / "requirements" / f"{name}.txt"
    value, stamp = digest(lock), VENV / f".installed-{name}"
    with_tests = is_stamped(VENV / ".installed-dev", digest(ROOT / "requirements" / "dev.txt"))
    if PYTHON.exists() and (is_stamped(stamp, value) or (name == "base" and with_tests)):
        return
    ensure_venv()
    with step(f"安装 Python 软件包（requirements/{name}.txt）"):
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        command += ["--retries", "2", "--require-hashes", "--no-deps", "-r", lock]
        quietly(command, failure="Python 软件包没有装好")
        quietly([PYTHON, "-m", "pip", "check"], failure=f"requirements/{name}.txt 缺少软件包，或几个版本不能同用")
    stamp.write_text(value)


def npm_command() -> tuple[str, dict[str, str]]:
    """The npm on the PATH when it reads today's lock files, else the one that PyPI ships."""
    found = shutil.which("npm")
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout.strip()
        if version.split(".")[0].isdigit() and int(version.split(".")[0]) >= 7:
            return found, dict(os.environ)
    install("assets")
    return str(VENV / "bin" / "npm"), {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def build_assets() -> None:
    """Fill static_built/ and fonts/ from the npm packages."""
    lock = digest(ROOT / "package-lock.json")
    value = digest(ROOT / "package-lock.json", ROOT / "static" / "icons.txt", Path(__file__))
    if is_stamped(BUILT / ".stamp", value):
        return
    if not is_stamped(NODE_MODULES / ".stamp", lock):
        npm, environment = npm_command()
        with step("安装前端软件包（package-lock.json）"):
            quietly([npm, "ci", "--ignore-scripts"], failure="前端软件包没有装好", env=environment)
        (NODE_MODULES / ".stamp").write_text(lock)
    with step("生成前端资源（static_built/、fonts/）"):
        copy_files(VENDOR, BUILT)
        copy_files(FONT_FILES, FONTS)
        (BUILT / "sprite.svg").write_text(sprite((ROOT / "static" / "icons.txt").read_text().split()), encoding="utf-8")
    (BUILT / ".stamp").write_text(value)


def copy_files(table: dict[str, str], target: Path) -> None:
    """Copy the named files out of node_modules."""
    for source, destination in table.items():
        (target / destination).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NODE_MODULES / source, target / destination)


def sprite(names: list[str]) -> str:
    """One SVG with a symbol `i-NAME` per icon; the line's width and colour are left to the style sheet."""
    symbols = []
    for name in sorted(set(names)):
        filled = name.endswith("-filled")
        folder = NODE_MODULES / "@tabler" / "icons" / "icons" / ("filled" if filled else "outline")
        file = folder / f"{name.removesuffix('-filled')}.svg"
        if not file.is_file():
            raise Stop(f"static/icons.txt 里的图标“{name}”在 @tabler/icons 里没有，请改正名字。")
        body = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL).group(1)
        body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", body)
        body = " ".join(body.split())
        paint = ' fill="currentColor" stroke="none"' if filled else ""
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24"{paint}>{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


# --- run -----------------------------------------------------------------------------------------------------------


def manage(*arguments: str, env: dict[str, str], failure: str) -> str:
    """One management command."""
    return quietly([PYTHON, "manage.py", *arguments], failure=failure, env=env)


def check_port(host: str, port: int) -> None:
    """Refuse early, and in words, a port that another program holds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = f"python3 dev.py run --port {port + 1}"
            raise Stop(f"端口 {port} 不能用（{error.strerror}）。请换一个，例如：{other}") from None


@contextmanager
def sole_user_of(var: Path):
    """Hold the data folder for one run: --fresh under a living server would lose data."""
    import fcntl

    var.mkdir(parents=True, exist_ok=True)
    with open(var / "run.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stop("另一个 dev.py run 正在使用同一份数据。请先在那个窗口按 Ctrl-C 停掉它。") from None
        yield


def prepare_data(var: Path, *, fresh: bool, empty: bool, env: dict[str, str]) -> str:
    """Bring the database to the code's shape and fill it; returns the set-up address's query, or ''."""
    if fresh:
        for file in [*var.glob("db.sqlite3*"), *var.glob("celerybeat-schedule*"), var / "setup-token"]:
            file.unlink(missing_ok=True)
        for folder in ("broker", "media", "cache"):
            shutil.rmtree(var / folder, ignore_errors=True)
    with step("更新数据库结构"):
        manage("migrate", "--no-input", env=env, failure="数据库结构没有更新成功")
    if empty:
        return manage("setup_token", env=env, failure="没有取得初始设置口令").strip()
    print("· 载入演示数据（第一次约需一两分钟） …", flush=True)
    aloud([PYTHON, "manage.py", "load_street", "config/demo/2016"], failure="演示数据没有载入", env=env)
    return ""


def start(command: list[str | Path], env: dict[str, str]) -> subprocess.Popen:
    """Start a child in its own process group, so that it and its children can be ended together."""
    return subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)


def stop(children: list[subprocess.Popen]) -> None:
    """Ask all children to finish, wait, and end what is left of their process groups."""
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        child.wait()


def wait_until_healthy(address: str, children: list[subprocess.Popen]) -> None:
    """Wait for /healthz, at most a minute."""
    for _ in range(240):
        watch(children)
        try:
            # No proxy: the address is this machine's own.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{address}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise Stop("网站一分钟内没有应答，已停止。请看上面的出错信息。")


def watch(children: list[subprocess.Popen]) -> None:
    """Stop everything when one part has died: half a system is worse than none."""
    for child, name in zip(children, ("网站", "后台任务"), strict=True):
        if child.poll() is not None:
            raise Stop(f"{name}意外退出（代码 {child.returncode}），已全部停止。请看上面的出错信息。")


def announce(address: str, *, empty: bool, token: str) -> None:
    """The last lines: where it is, and who may enter."""
    print(f"\n苹果园街道社会治理综合指挥中心已启动：{address}/")
    if token:
        print(f"还没有任何用户。请打开一次性的初始设置页：{address}/setup/?token={token}")
    if not empty:
        print(f"\n演示账号（密码都是 {PASSWORD}）：")
        for login, role in LOGINS:
            print(f"  {login:<12} {role}")
    print("\n按 Ctrl-C 停止。", flush=True)


def run(options: argparse.Namespace) -> int:
    """Install, build, migrate, load, start the web and the worker, and wait for Ctrl-C."""
    check_port(options.host, options.port)
    if options.fresh and "DATABASE_URL" in os.environ:
        raise Stop("--fresh 只清空 var/ 里的 SQLite 数据，而环境变量 DATABASE_URL 指向别的数据库。请先取消该变量。")
    install("base")
    build_assets()
    var = ROOT / "var" / "empty" if options.empty else ROOT / "var"
    env = {"LOG_LEVEL": "ERROR", **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.local", "PYTHONUTF8": "1"}
    env |= {"VAR_DIR": str(var), "DEMO": "0" if options.empty else "1"}
    env["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    web = [PYTHON, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{options.host}:{options.port}"]
    web += ["--worker-class", "gthread", "--threads", "8", "--timeout", "120", "--log-level", "warning"]
    worker = [PYTHON, "-m", "celery", "-q", "-A", "config", "worker", "-B", "-c", "1"]
    worker += ["-s", var / "celerybeat-schedule", "--loglevel", "WARNING"]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    children: list[subprocess.Popen] = []
    with sole_user_of(var):
        token = prepare_data(var, fresh=options.fresh, empty=options.empty, env=env)
        try:
            address = f"http://{'127.0.0.1' if options.host == '0.0.0.0' else options.host}:{options.port}"
            with step("启动网站和后台任务"):
                children += [start(web, env), start(worker, env)]
                wait_until_healthy(address, children)
            announce(address, empty=options.empty, token=token)
            while True:
                watch(children)
                time.sleep(0.5)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            stop(children)


# --- test, check, assets -------------------------------------------------------------------------------------------


def test(arguments: list[str]) -> int:
    """The test suite; the arguments go to pytest, its exit code comes back."""
    install("dev")
    build_assets()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONUTF8": "1"}
    return subprocess.run([PYTHON, "-m", "pytest", *arguments], cwd=ROOT, env=env).returncode


def check() -> int:
    """Lint, Django's own checks, and: does every model have its migration."""
    install("dev")
    build_assets()
    migrations = ["manage.py", "makemigrations", "--check", "--dry-run"]
    commands = (["-m", "ruff", "check"], ["manage.py", "check"], migrations)
    return max(subprocess.run([PYTHON, *command], cwd=ROOT).returncode for command in commands)


def main() -> int:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="dev.py", description="运行、测试、检查苹果园街道社会治理综合指挥中心")
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="安装、载入演示数据并启动")
    runner.add_argument("--port", type=int, default=8000, help="端口，默认 8000")
    runner.add_argument("--host", default="127.0.0.1", help="监听地址，默认只限本机；手机访问用 0.0.0.0")
    runner.add_argument("--fresh", action="store_true", help="先清空数据，从头开始")
    runner.add_argument("--empty", action="store_true", help="不要演示数据：空系统，从初始设置页开始")
    commands.add_parser("test", help="运行测试，其后的参数交给 pytest", add_help=False)
    commands.add_parser("check", help="检查代码风格和数据库迁移")
    commands.add_parser("assets", help="只生成前端资源")
    if sys.argv[1:2] == ["test"]:
        return test(sys.argv[2:])
    options = parser.parse_args()
    if options.command == "assets":
        build_assets()
        return 0
    return check() if options.command == "check" else run(options)


def leave(number: int, _frame: object) -> None:
    """SIGTERM and SIGHUP end the run like Ctrl-C."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the sentence is for whoever starts it with an older one
        sys.exit(f"需要 Python 3.11 或更高版本，这里是 {sys.version.split()[0]}。例如：python3.11 dev.py run")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    try:
        sys.exit(main())
    except Stop as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        print("\n已停止。")
        sys.exit(0)
