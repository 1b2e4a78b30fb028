"""What ships to Lambda: built for prod as it is deployed, out of wheels for another machine."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from local import environment
from ops import package
from ops.package import PackageError
from tests import project

MEGABYTE = 1_000_000
X86_64, ARM64 = 62, 183
_IMPORT_ALL = """
import importlib, pkgutil, sys
import app, chalicelib
for each in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(each.name)
print(*sys.modules)
"""
_CHALICE = Path(sys.executable).with_name("chalice")


def library(machine: int) -> bytes:
    """The first bytes of a shared library, as the machine's linker writes them."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + machine.to_bytes(2, "little")


def zip_of(directory: Path, **files: bytes) -> Path:
    """A zip in `directory`; `_` in the names of `files` stands for their last dot."""
    path = directory / "package.zip"
    with ZipFile(path, "w") as written:
        for name, content in files.items():
            written.writestr(".".join(name.rsplit("_", 1)), content)
    return path


def wheel_of(directory: Path, platform: str, **files: bytes) -> Path:
    """A wheel of a library `homemade`, which says that it is for `platform`."""
    wheel = directory / f"homemade-1.0-py3-none-{platform}.whl"
    with ZipFile(wheel, "w") as written:
        written.writestr("homemade-1.0.dist-info/METADATA", "Name: homemade\nVersion: 1.0\n")
        written.writestr("homemade-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        written.writestr("homemade-1.0.dist-info/RECORD", "")
        for name, content in files.items():
            written.writestr(name, content)
    return wheel


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = project.copy_to(tmp_path_factory.mktemp("package") / "project")
    (copied / "tests").mkdir()
    (copied / "tests" / "test_nothing.py").touch()
    leftover = copied / "chalicelib" / "__pycache__" / "gone.cpython-311.pyc"
    leftover.parent.mkdir(exist_ok=True)
    leftover.touch()
    return copied


@pytest.fixture(scope="module")
def built(copied: Path) -> Path:
    """The zip of prod."""
    return package.built(copied, "prod")


@pytest.fixture(scope="module")
def shipped(built: Path) -> Iterator[ZipFile]:
    with ZipFile(built) as shipped:
        yield shipped


def test_prod_ships_libraries_for_arm64_alone(built: Path) -> None:
    package.check_architecture(built, "arm64")
    with pytest.raises(PackageError, match="_rust"):
        package.check_architecture(built, "x86_64")


def test_it_is_small(built: Path) -> None:
    assert built.stat().st_size <= 8 * MEGABYTE


def test_nothing_ships_that_stays_at_home(shipped: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in shipped.namelist()}
    assert {"app.py", "chalice", "chalicelib", "cryptography", "requests"} <= tops
    at_home = {"bench", "local", "ops", "simulator", "tests", ".chalice", ".local"}
    tools = {"boto3", "botocore", "click", "pip", "pytest", "rich", "setuptools", "starlette"}
    assert not tops & (at_home | tools)


def test_all_that_is_ours_ships_with_its_bytecode(shipped: ZipFile, copied: Path) -> None:
    names = set(shipped.namelist())
    sources = (copied / "chalicelib").rglob("*.py")
    ours = {"app.py", *(str(path.relative_to(copied)) for path in sources)}
    assert ours <= names
    assert {_bytecode(name) for name in ours} <= names


def test_bytecode_that_other_runs_left_does_not_ship(shipped: ZipFile) -> None:
    assert not [name for name in shipped.namelist() if "gone" in name]


def test_chalice_ships_this_zip_to_the_byte(built: Path, copied: Path, tmp_path: Path) -> None:
    assert _packaged_by_chalice(copied, tmp_path).read_bytes() == built.read_bytes()


def test_libraries_of_the_framework_ship_by_its_line_in_the_teams_file(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    other = _with_requirements("-r chalicelib/requirements.txt\n", copied, tmp_path)
    wheel = wheel_of(tmp_path, "any", **{"homemade/__init__.py": b""})
    (other / "chalicelib" / "requirements.txt").write_text(f"{wheel}\n")
    plain = _packaged_by_chalice(other, tmp_path / "plain")
    for path in (plain, package.built(other, "prod")):
        with ZipFile(path) as shipped:
            assert "homemade/__init__.py" in shipped.namelist()


def test_other_libraries_of_the_framework_make_another_zip(copied: Path, tmp_path: Path) -> None:
    other = _with_requirements("-r chalicelib/requirements.txt\n", copied, tmp_path)
    zips = set()
    for text in ("", "# another release"):
        (other / "chalicelib" / "requirements.txt").write_text(text)
        zips.add(package.built(other, "prod"))
    assert len(zips) == 2


def test_half_a_zip_of_an_interrupted_run_is_made_again(copied: Path, tmp_path: Path) -> None:
    other = _with_requirements("", copied, tmp_path)
    whole = package.built(other, "prod").read_bytes()
    package.built(other, "prod").write_bytes(whole[: len(whole) // 2])
    assert package.built(other, "prod").read_bytes() == whole


def test_a_library_without_a_wheel_for_lambda_is_named(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    wheel = wheel_of(tmp_path, platform)
    with pytest.raises(PackageError, match=r"homemade==1\.0"):
        package.built(_with_requirements(f"{wheel}\n", copied, tmp_path), "prod")


def test_a_library_for_another_machine_is_not_built_into_what_ships(
    copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheel = wheel_of(tmp_path, "any", **{"homemade/fast.so": library(X86_64)})
    with pytest.raises(PackageError, match=r"arm64.*homemade/fast\.so"):
        package.built(_with_requirements(f"{wheel}\n", copied, tmp_path), "prod")


class TestBytecode:
    def test_it_runs_whatever_time_its_source_bears(self, tmp_path: Path) -> None:
        package.add_bytecode(zip_of(tmp_path, shipped_py=b"print('from bytecode')"))
        shutil.unpack_archive(tmp_path / "package.zip", tmp_path)
        (tmp_path / "shipped.py").write_text("print('compiled again')")
        ran = subprocess.run(
            [sys.executable, "-c", "import shipped"], cwd=tmp_path, capture_output=True, check=True
        )
        assert ran.stdout == b"from bytecode\n"

    def test_to_add_it_again_changes_nothing(self, tmp_path: Path) -> None:
        path = zip_of(tmp_path, first_py=b"one = 1", second_py=b"two = 2")
        package.add_bytecode(path)
        once = path.read_bytes()
        package.add_bytecode(path)
        assert path.read_bytes() == once

    def test_a_source_for_another_python_does_no_harm(self, tmp_path: Path) -> None:
        path = zip_of(tmp_path, good_py=b"one = 1", bad_py=b"print 'of long ago'")
        package.add_bytecode(path)
        with ZipFile(path) as shipped:
            assert set(shipped.namelist()) == {"good.py", "bad.py", _bytecode("good.py")}

    @pytest.mark.parametrize("part", package.NEVER_LOADED)
    def test_what_no_function_loads_ships_without(self, shipped: ZipFile, part: str) -> None:
        names = [name for name in shipped.namelist() if name.startswith((f"{part}/", f"{part}."))]
        assert names
        assert not {_bytecode(name) for name in names} & set(shipped.namelist())

    def test_what_ships_without_is_loaded_by_nothing_of_ours(self, copied: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-c", _IMPORT_ALL], cwd=copied, capture_output=True, check=True
        )
        loaded = done.stdout.decode().split()
        assert {"jinja2.environment", "requests.adapters", "urllib3.http2"} <= set(loaded)
        never = [part.replace("/", ".") for part in package.NEVER_LOADED]
        assert [
            name for name in loaded if f"{name}.".startswith(tuple(f"{each}." for each in never))
        ] == []


class TestArchitectures:
    @pytest.mark.parametrize(("machine", "name"), [(X86_64, "x86_64"), (ARM64, "arm64")])
    def test_a_library_for_the_functions_machine_is_fine(
        self, tmp_path: Path, machine: int, name: str
    ) -> None:
        package.check_architecture(zip_of(tmp_path, fast_so=library(machine)), name)

    @pytest.mark.parametrize(("machine", "name"), [(X86_64, "arm64"), (ARM64, "x86_64")])
    def test_a_library_for_another_machine_is_named(
        self, tmp_path: Path, machine: int, name: str
    ) -> None:
        path = zip_of(tmp_path, fast_so=library(machine))
        with pytest.raises(PackageError, match=r"fast\.so"):
            package.check_architecture(path, name)

    def test_a_versioned_library_is_looked_at_too(self, tmp_path: Path) -> None:
        path = zip_of(tmp_path, **{"libfast.so_1": library(X86_64)})
        with pytest.raises(PackageError, match=r"libfast\.so\.1"):
            package.check_architecture(path, "arm64")

    def test_what_is_no_library_of_linux_is_for_no_function(self, tmp_path: Path) -> None:
        with pytest.raises(PackageError):
            package.check_architecture(zip_of(tmp_path, fast_so=b"MZ"), "x86_64")


def _packaged_by_chalice(project: Path, directory: Path) -> Path:
    """The zip of prod that plain `chalice package` puts into `directory`."""
    subprocess.run(
        [_CHALICE, "package", "--stage", "prod", str(directory)],
        cwd=project,
        env=environment.isolated(os.environ, "http://127.0.0.1:9") | package.ENVIRONMENT,
        check=True,
        timeout=60,
    )
    return directory / "deployment.zip"


def _with_requirements(text: str, copied: Path, directory: Path) -> Path:
    """Another copy of the project, which needs what `text` says."""
    other = shutil.copytree(copied, directory / "project")
    (other / "requirements.txt").write_text(text)
    return other


def _bytecode(name: str) -> str:
    path = Path(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc")
