"""The zip that ships, with bytecode, so that a cold start compiles nothing.

Chalice ships sources alone. It names a zip after its content, and ships a zip that already lies
there under that name. So `built` lets Chalice make its zip first and adds the bytecode, and the
`chalice deploy` that follows, with `ENVIRONMENT`, finds it there. If Chalice ever looks under
another name, it makes its own zip, which starts slower and is right all the same.
"""

import compileall
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo, is_zipfile

from chalice.deploy.packager import (
    DependencyBuilder,
    LambdaDeploymentPackager,
    MissingDependencyError,
)
from chalice.utils import UI, OSUtils

from simulator import chalice_project

ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1"}
"""With these variables `chalice deploy` looks for the zip that `built` made."""

NEVER_LOADED = (
    "cffi",
    "charset_normalizer/cli",
    "cryptography/fernet",
    "cryptography/hazmat/_oid",
    "cryptography/hazmat/asn1",
    "cryptography/hazmat/primitives/asymmetric",
    "cryptography/hazmat/primitives/kdf",
    "cryptography/hazmat/primitives/serialization",
    "cryptography/hazmat/primitives/twofactor",
    "cryptography/x509",
    "idna/cli",
    "idna/codec",
    "idna/uts46data",
    "jinja2/ext",
    "jinja2/meta",
    "jinja2/nativetypes",
    "jinja2/sandbox",
    "pycparser",
    "requests/help",
    "urllib3/contrib/emscripten",
    "urllib3/contrib/pyopenssl",
    "urllib3/contrib/socks",
    "urllib3/http2/connection",
    "wcwidth/table_grapheme_overrides",
)
"""Modules and packages that our code never loads. Their bytecode would be a tenth of the zip."""
_MACHINES = {"x86_64": 62, "arm64": 183}
"""Their numbers in the header of a shared library (e_machine of ELF)."""


class PackageError(Exception):
    """The zip cannot run on Lambda; the message says why and what to do."""


def built(project: Path, stage: str) -> Path:
    """The zip of `stage`, which the next `chalice deploy` ships. Raises PackageError."""
    config = chalice_project.configuration(project, stage)
    # Otherwise Chalice ships what other runs left here, and names the zip after it.
    for leftover in tuple((project / "chalicelib").rglob("__pycache__")):
        shutil.rmtree(leftover)
    packager = _packager(config.lambda_architecture)
    directory, runtime = str(project), config.lambda_python_version
    package = Path(packager.deployment_package_filename(directory, runtime))
    if not is_zipfile(package):
        package.unlink(missing_ok=True)  # an interrupted run leaves half a zip
    packager.create_deployment_package(directory, runtime)
    check_architecture(package, config.lambda_architecture)
    add_bytecode(package)
    return package


def add_bytecode(package: Path) -> None:
    """Puts this interpreter's bytecode for all sources into a zip, in place of what is there.

    The bytecode counts whatever the times of the sources, which Chalice's zip does not keep.
    """
    unfinished = package.with_suffix(".new")
    with TemporaryDirectory() as name, ZipFile(package) as before:
        kept = [entry for entry in before.infolist() if not entry.filename.endswith(".pyc")]
        before.extractall(name, kept)
        with ZipFile(unfinished, "w", ZIP_DEFLATED) as after:
            for entry in kept:
                after.writestr(entry, before.read(entry), compresslevel=9)
            for entry, bytecode in _compiled(Path(name)):
                after.writestr(entry, bytecode, compresslevel=9)
    unfinished.replace(package)


def check_architecture(package: Path, architecture: str) -> None:
    """Raises PackageError unless each shared library in a zip is for `architecture`."""
    with ZipFile(package) as shipped:
        libraries = [name for name in shipped.namelist() if ".so" in Path(name).suffixes]
        foreign = [name for name in libraries if _machine(shipped, name) != _MACHINES[architecture]]
    if foreign:
        raise PackageError(
            f"{package} is for functions on {architecture}, but these files in it are not: "
            f"{', '.join(foreign)}. Remove the zip and deploy again."
        )


class _Dependencies(DependencyBuilder):
    """Fails where Chalice would only warn and ship without what is missing."""

    def build_site_packages(
        self, abi: str, requirements_filepath: str, target_directory: str
    ) -> None:
        try:
            super().build_site_packages(abi, requirements_filepath, target_directory)
        except MissingDependencyError as error:
            missing = ", ".join(sorted(package.identifier for package in error.missing))
            raise PackageError(
                f"There is no wheel for Lambda ({abi}, {self._machine}) of: {missing}. "
                "Choose versions in requirements.txt that have one."
            ) from None


def _packager(architecture: str) -> LambdaDeploymentPackager:
    tools = OSUtils()
    dependencies = _Dependencies(tools, architecture=architecture)
    return LambdaDeploymentPackager(tools, dependencies, UI(io.StringIO()), architecture)


def _compiled(directory: Path) -> Iterator[tuple[ZipInfo, bytes]]:
    for part in NEVER_LOADED:
        shutil.rmtree(directory / part, ignore_errors=True)
        (directory / f"{part}.py").unlink(missing_ok=True)
    compileall.compile_dir(
        directory,
        quiet=2,  # a file that does not compile fails if it is ever imported
        stripdir=str(directory),
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
        optimize=2,  # docstrings would be a tenth of the bytecode
    )
    for path in sorted(directory.rglob("*.pyc")):
        name = path.relative_to(directory).as_posix()
        entry = ZipInfo(name.replace(".opt-2.pyc", ".pyc"))  # else no interpreter would load it
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        yield entry, path.read_bytes()


def _machine(shipped: ZipFile, name: str) -> int:
    with shipped.open(name) as library:
        header = library.read(20)
    return int.from_bytes(header[18:20], "little") if header[:4] == b"\x7fELF" else 0
