"""`setup_env.py`: what it installs, what it repairs, and what it says when it cannot."""

import ast
import base64
import hashlib
import json
import os
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.environment import folder, main, pip, set_up, state, torch_build
from tools.environment.failures import SetupError, explain

ROOT = Path(__file__).resolve().parents[1]
DONE = subprocess.CompletedProcess
NETWORK = """2026-11-21T01:15:56,668 WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConn...
2026-11-21T01:15:57,170 Could not fetch URL: connection error: HTTPSConnectionPool(host='wheels.example')
2026-11-21T01:15:57,173 ERROR: Could not find a version that satisfies the requirement torch==2.13.0
2026-11-21T01:15:57,174 ERROR: No matching distribution found for torch==2.13.0"""


class Machine:
    """A pretended `subprocess.run`: makes environments, installs packages by name, and remembers commands."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.installed: dict[str, str] = {}
        self.commands: list[list[str]] = []
        self.local_wheel = False
        self.nvidia = False
        self.pip_says = ""  # when set, pip fails after these words
        self.torch_says = ""  # when set, importing torch fails with these words
        self.python = "{}.{}.{}".format(*sys.version_info)

    def run(self, command: list[str], **how: object) -> subprocess.CompletedProcess:
        self.commands.append(command)
        if command[1:3] == ["-m", "venv"]:
            return self._make_venv(Path(command[3]))
        if command[1] == "-L":
            return DONE(command, 0 if self.nvidia else 9, "GPU 0: NVIDIA H200" if self.nvidia else "", "")
        if not Path(command[0]).exists():
            raise FileNotFoundError(2, "No such file or directory", command[0])
        if command[2] == state.PROBE:
            return DONE(command, 0, self._answer_probe(str(how["input"])), "")
        if "import torch" in command[2]:
            return DONE(command, bool(self.torch_says), "", self.torch_says)
        if "--dry-run" in command:
            return DONE(command, not self.local_wheel, "", "")
        if command[1:4] == ["-m", "pip", "install"]:
            return self._install(command)
        return DONE(command, 0, "", "")

    def _make_venv(self, venv: Path) -> subprocess.CompletedProcess:
        python = state.python_in(venv)
        python.parent.mkdir(parents=True)
        python.touch()
        (venv / "lib").mkdir()
        (venv / "pyvenv.cfg").write_text(f"version = {self.python}\n", encoding="utf-8")
        self.installed = {}
        return DONE([], 0, "", "")

    def _answer_probe(self, wanted: str) -> str:
        unmet = [line for line in wanted.splitlines() if line.split("=")[0] not in self.installed]
        packages = str(self.root / ".venv" / "lib")
        torch = self.installed.get("torch", "")
        return json.dumps({"unmet": unmet, "torch": torch, "python": self.python, "packages": packages})

    def _install(self, command: list[str]) -> subprocess.CompletedProcess:
        if self.pip_says:
            log = Path(command[command.index("--log") + 1])
            log.write_text(self.pip_says, encoding="utf-8")
            return DONE(command, 1)
        for part in command:
            if part.startswith("torch="):
                version = part.split("==")[-1].lstrip("=")
                self.installed["torch"] = version if "===" in part else version.removesuffix("+cpu") + "+cpu"
            elif part.endswith(".txt"):
                lines = pip.requirement_lines(Path(part))
                self.installed |= {name: "1" for line in lines if (name := line.split("=")[0]) != "torch"}
        return DONE(command, 0)

    def installs(self) -> list[str]:
        """What pip was asked to install, in order, without the options that every call has."""
        calls = [c for c in self.commands if c[1:4] == ["-m", "pip", "install"] and "--dry-run" not in c]
        noise = {"-qq", "--progress-bar", "off", "--retries", "3", "--log", "--requirement"}
        words = [[w for w in c[4:] if w not in noise and not w.endswith("setup.log")] for c in calls]
        return [" ".join(word.replace(str(self.root) + os.sep, "") for word in call) for call in words]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    (tmp_path / "requirements.txt").write_text("torch==2.13.0  # comment\n\nalpha==1\n", encoding="utf-8")
    (tmp_path / "requirements-dev.txt").write_text("beta==1\n", encoding="utf-8")
    monkeypatch.setattr(torch_build, "ON_MAC", False)
    monkeypatch.setattr(torch_build.shutil, "which", lambda name: name)
    return Machine(tmp_path)


# What is installed


def test_without_a_gpu_torch_comes_first_and_from_the_cpu_index(machine: Machine) -> None:
    set_up(machine.root, run=machine.run)
    index = "--index-url https://download.pytorch.org/whl/cpu"
    assert machine.installs() == [f"--no-deps torch==2.13.0 {index}", "requirements.txt"]


def test_a_cpu_wheel_that_pip_finds_locally_is_preferred(machine: Machine) -> None:
    machine.local_wheel = True
    set_up(machine.root, run=machine.run)
    assert machine.installs()[0] == "--no-deps torch==2.13.0+cpu"


def test_with_an_nvidia_gpu_the_registrys_build_is_installed(machine: Machine) -> None:
    machine.nvidia = machine.local_wheel = True
    set_up(machine.root, run=machine.run)
    assert machine.installs()[0] == "--no-deps torch===2.13.0"


def test_on_macos_the_registrys_build_is_installed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_build, "ON_MAC", True)
    set_up(machine.root, torch="cpu", run=machine.run)
    assert machine.installs()[0] == "--no-deps torch===2.13.0"


def test_a_wanted_build_overrules_the_gpu_that_is_there(machine: Machine) -> None:
    machine.nvidia = machine.local_wheel = True
    set_up(machine.root, torch="cpu", run=machine.run)
    assert machine.installs()[0] == "--no-deps torch==2.13.0+cpu"


def test_an_nvidia_smi_that_hangs_counts_as_no_gpu(machine: Machine) -> None:
    def hang(command: list[str], **how: object) -> None:
        raise subprocess.TimeoutExpired(command, 20)

    assert torch_build.choose("auto", hang) == "cpu"


def test_a_driver_that_sees_no_gpu_counts_as_no_gpu(machine: Machine) -> None:
    assert (
        torch_build.choose("auto", lambda command, **how: DONE(command, 0, "No devices were found", ""))
        == "cpu"
    )


def test_dev_installs_both_files_in_one_go(machine: Machine) -> None:
    set_up(machine.root, dev=True, run=machine.run)
    assert machine.installs()[1] == "requirements.txt requirements-dev.txt"


# Running it again


def test_a_second_run_installs_nothing(machine: Machine, capsys: pytest.CaptureFixture) -> None:
    set_up(machine.root, run=machine.run)
    machine.commands.clear()
    set_up(machine.root, run=machine.run)
    assert machine.installs() == [] and len(machine.commands) == 1
    assert "Ready: Python" in capsys.readouterr().out


def test_dev_after_a_plain_set_up_adds_packages_and_keeps_the_rest(machine: Machine) -> None:
    set_up(machine.root, run=machine.run)
    machine.commands.clear()
    set_up(machine.root, dev=True, run=machine.run)
    assert machine.installs() == ["requirements.txt requirements-dev.txt"]
    assert not any(command[1:3] == ["-m", "venv"] for command in machine.commands)


def test_another_wanted_build_replaces_torch(machine: Machine) -> None:
    set_up(machine.root, torch="cpu", run=machine.run)
    machine.commands.clear()
    set_up(machine.root, torch="cuda", run=machine.run)
    assert machine.installs()[0] == "--no-deps --force-reinstall torch===2.13.0"
    machine.commands.clear()
    set_up(machine.root, torch="auto", run=machine.run)
    assert machine.installs() == []


def test_a_new_torch_pin_is_followed(machine: Machine) -> None:
    set_up(machine.root, run=machine.run)
    (machine.root / "requirements.txt").write_text("torch==2.14.0\nalpha==1\n", encoding="utf-8")
    machine.commands.clear()
    set_up(machine.root, run=machine.run)
    assert "torch==2.14.0" in machine.installs()[0]


def test_an_interrupted_install_is_taken_up_where_it_stopped(machine: Machine) -> None:
    machine.pip_says = "KeyboardInterrupt"
    with pytest.raises(SetupError):
        set_up(machine.root, run=machine.run)
    half = machine.root / ".venv" / "lib" / "alpha-1.dist-info"
    half.mkdir()
    assert state.examine(machine.root / ".venv", [machine.root / "requirements.txt"], run=machine.run).usable
    machine.pip_says = ""
    machine.commands.clear()
    set_up(machine.root, run=machine.run)
    assert not half.exists()
    assert len(machine.installs()) == 2
    assert not any(command[1:3] == ["-m", "venv"] for command in machine.commands)


def test_an_upgrade_that_failed_is_not_taken_for_finished(machine: Machine) -> None:
    set_up(machine.root, run=machine.run)
    machine.pip_says = NETWORK
    with pytest.raises(SetupError, match="the network did not answer"):
        set_up(machine.root, dev=True, run=machine.run)
    left = machine.root / ".venv" / "lib" / "~lpha"  # what pip leaves when it is stopped in an upgrade
    left.mkdir()
    files = [machine.root / "requirements.txt"]
    assert (
        state.examine(machine.root / ".venv", files, run=machine.run).reason
        == "an earlier set-up did not finish"
    )
    machine.pip_says = ""
    set_up(machine.root, run=machine.run)
    assert not left.exists()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda venv: state.python_in(venv).unlink(), "its Python or its pip is missing or broken"),
        (lambda venv: (venv / "pyvenv.cfg").unlink(), "it is not complete"),
        (
            lambda venv: (venv / "pyvenv.cfg").write_text("version = 3.99.1\n", encoding="utf-8"),
            "it was made with Python 3.99 and now runs",
        ),
        (
            lambda venv: (venv / state.STAMP).write_text('{"folder": "/elsewhere/.venv"}', encoding="utf-8"),
            "it was made in another folder, /elsewhere/.venv",
        ),
        (lambda venv: shutil.rmtree(venv), "there is none yet"),
    ],
    ids=["no python", "half made", "other version", "moved", "gone"],
)
def test_what_cannot_be_mended_is_made_anew(machine: Machine, damage, reason, capsys) -> None:
    set_up(machine.root, run=machine.run)
    damage(machine.root / ".venv")
    machine.commands.clear()
    capsys.readouterr()
    set_up(machine.root, run=machine.run)
    assert f"Setting up .venv, because {reason}" in capsys.readouterr().out
    assert any(command[1:3] == ["-m", "venv"] for command in machine.commands)
    assert len(machine.installs()) == 2


def test_an_environment_of_too_old_a_python_is_made_anew(machine: Machine) -> None:
    machine.python = "3.10.4"
    machine._make_venv(machine.root / ".venv")
    found = state.examine(machine.root / ".venv", [machine.root / "requirements.txt"], run=machine.run)
    assert not found.usable and found.reason == "it runs Python 3.10, and 3.11 is the oldest that serves"


def test_fresh_starts_over(machine: Machine) -> None:
    set_up(machine.root, run=machine.run)
    machine.commands.clear()
    set_up(machine.root, fresh=True, run=machine.run)
    assert len(machine.installs()) == 2


def test_a_folder_that_is_no_environment_is_not_deleted(machine: Machine) -> None:
    letters = machine.root / ".venv" / "letters.txt"
    letters.parent.mkdir()
    letters.write_text("keep me", encoding="utf-8")
    with pytest.raises(SetupError, match="something else than an environment: move it away"):
        set_up(machine.root, fresh=True, run=machine.run)
    assert letters.read_text(encoding="utf-8") == "keep me"


# What it says when it fails


def test_too_old_a_python_is_told_which_ones_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3.11, 3.12 or 3.13, and this is Python 3.9.2"):
        runpy.run_path(str(ROOT / "setup_env.py"), run_name="__main__")


def test_the_script_itself_has_no_syntax_that_an_old_python_cannot_read() -> None:
    tree = ast.parse((ROOT / "setup_env.py").read_text(encoding="utf-8"))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.FunctionDef, ast.Match, ast.Starred)
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_what_to_install(machine: Machine, monkeypatch, module: str) -> None:
    monkeypatch.setattr(folder, "find_spec", lambda name: None if name == module else name)
    with pytest.raises(SetupError, match=r"cannot make environments .*apt install python3-venv"):
        set_up(machine.root, run=machine.run)


def test_a_full_disk_is_seen_before_the_download(machine: Machine, monkeypatch) -> None:
    usage = shutil.disk_usage(machine.root)._replace(free=300_000_000)
    monkeypatch.setattr(torch_build.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(SetupError, match=r"about 2.5 GB of disk is needed and 0.3 GB is free"):
        set_up(machine.root, run=machine.run)
    assert machine.installs() == []


def test_a_folder_that_may_not_be_written_is_named(machine: Machine) -> None:
    def forbidden(command: list[str], **how: object) -> None:
        raise PermissionError(13, "Permission denied", "/opt/glassbox/.venv")

    with pytest.raises(SetupError, match=r"a file may not be written .*/opt/glassbox/.venv"):
        set_up(machine.root, torch="cpu", run=forbidden)


def test_a_torch_that_does_not_load_is_reported(machine: Machine) -> None:
    machine.torch_says = "Traceback\nOSError: libgomp.so.1: cannot open shared object file"
    with pytest.raises(SetupError, match=r"does not load \(OSError: libgomp.so.1: cannot open"):
        set_up(machine.root, run=machine.run)
    assert not (machine.root / ".venv" / state.STAMP).exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (NETWORK, "the network did not answer (wheels.example): check the connection"),
        ("ERROR: No matching distribution found for torch==9", "pip found no package that fits Python"),
        (
            "ERROR: Could not install: [Errno 28] No space left on device",
            "the disk is full (ERROR: Could not",
        ),
        (
            "Error: [Errno 13] Permission denied: '/opt/x/.venv'",
            "a file may not be written (Error: [Errno 13]",
        ),
        ("OSError: [WinError 5] Access is denied: 'torch.dll'", "a file may not be written (OSError"),
        (
            "HINT: system does not have Windows Long Path support enabled",
            "Windows refuses the long file names",
        ),
        (
            "SSLError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')",
            "the connection to the server's name was not said",
        ),
        ("ensurepip is not available.  On Debian/Ubuntu systems", "this Python cannot make environments"),
        ("ERROR: ResolutionImpossible: for help visit", "the packages do not fit together"),
        (
            "ERROR: something new\nBye",
            "pip failed (ERROR: something new); all it said is in .venv/setup.log.",
        ),
        ("", "pip failed (it said nothing)"),
        ("Found link https://x/async_timeout-1.whl timed out\nERROR: odd", "pip failed (ERROR: odd)"),
    ],
)
def test_each_failure_is_explained_in_one_sentence(words: str, sentence: str) -> None:
    assert explain(words).startswith(sentence)
    assert "\n" not in explain(words) and len(explain(words)) < 330


def test_a_failure_reaches_the_learner_as_one_line(machine: Machine, monkeypatch, capsys) -> None:
    machine.pip_says = NETWORK
    monkeypatch.setattr("tools.environment.ROOT", machine.root)
    monkeypatch.setattr("tools.environment.set_up", lambda root, **how: set_up(root, run=machine.run, **how))
    assert main([]) == 1
    assert capsys.readouterr().err.strip().startswith("Set-up stopped: the network did not answer")


def test_control_c_says_that_it_can_go_on(monkeypatch, capsys) -> None:
    def interrupted(root: Path, **how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tools.environment.set_up", interrupted)
    assert main([]) == 130
    assert "it goes on from here" in capsys.readouterr().err


def test_requirement_files_without_torch_or_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="not a whole checkout"):
        pip.requirement_lines(tmp_path / "requirements.txt")
    (tmp_path / "requirements.txt").write_text("numpy==2\ntorchvision==1\n", encoding="utf-8")
    with pytest.raises(SetupError, match="names no version of torch"):
        torch_build.pin(tmp_path / "requirements.txt")


def test_variables_that_mislead_pip_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "/somewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    environment = pip.clean_environment()
    assert "PIP_TARGET" not in environment
    assert environment["PIP_INDEX_URL"] == "https://mirror.example/simple"


# With a real Python, a real pip and small wheels made here


def _digest(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def _write_wheel(folder: Path, name: str, version: str, source: str) -> None:
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    _write_wheel(
        wheels, "torch", "2.13.0+cpu", "class zeros:\n    def __init__(self, n): ...\n    sum = int\n"
    )
    _write_wheel(wheels, "alpha", "1.0", "value = 7\n")
    (tmp_path / "requirements.txt").write_text("torch==2.13.0\nalpha~=1.0\n", encoding="utf-8")
    monkeypatch.setattr(torch_build, "ON_MAC", False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return tmp_path


def test_a_real_environment_is_made_mended_and_then_left_alone(checkout: Path, capsys) -> None:
    venv, files = checkout / ".venv", [checkout / "requirements.txt"]
    set_up(checkout, torch="cpu")
    assert state.examine(venv, files).reason == ""
    packages = Path(state.examine(venv, files).packages)
    assert folder.sweep(packages) == []

    (packages / "alpha" / "__init__.py").write_text("val", encoding="utf-8")  # as after a pulled plug
    state.remove_stamp(venv)
    set_up(checkout)
    assert (packages / "alpha" / "__init__.py").read_text(encoding="utf-8") == "value = 7\n"

    (checkout / "requirements.txt").write_text("torch==2.13.0\nalpha~=2.0\n", encoding="utf-8")
    assert state.examine(venv, files).reason == "it lacks alpha~=2.0"
    with pytest.raises(SetupError, match=r"pip found no package .*No matching distribution found for alpha"):
        set_up(checkout)
    (checkout / "requirements.txt").write_text("torch==2.13.0\nalpha~=1.0\n", encoding="utf-8")
    set_up(checkout)
    capsys.readouterr()
    set_up(checkout)
    assert capsys.readouterr().out.startswith("Ready: Python")
