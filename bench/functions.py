"""Functions as they are on Lambda's disk: the unzipped code, and the packages of the runtime."""

import json
import shutil
from collections.abc import Sequence
from importlib.metadata import distribution, version
from pathlib import Path
from zipfile import ZipFile

from ops import package

_ROOT = Path(__file__).parent.parent
_SAMPLE_ACCOUNT = _ROOT / "tests" / "sample_account"
_STAGE = "dev"
_RUNTIME = (
    "awslambdaric",
    "boto3",
    "botocore",
    "jmespath",
    "python-dateutil",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot-restore-py",
    "urllib3",
)


def sample_project(folder: Path) -> Path:
    """The framework as it ships, with the sample account and not a team's."""
    shutil.copytree(_ROOT / "chalicelib", folder / "chalicelib")
    shutil.rmtree(folder / "chalicelib" / "handlers")
    shutil.copytree(_SAMPLE_ACCOUNT / "handlers", folder / "chalicelib" / "handlers")
    for file in ("app.py", "requirements.txt"):
        shutil.copy(_SAMPLE_ACCOUNT / file, folder)
    (folder / ".chalice").mkdir()
    shutil.copy(_SAMPLE_ACCOUNT / "config.json", folder / ".chalice")
    return folder


def zipped(project: Path) -> Path:
    """The zip of `project` that `python -m ops deploy` ships."""
    return package.built(project, _STAGE)


def unzipped(shipped: Path, folder: Path, *, bytecode: bool) -> Path:
    """The content of a zip; without bytecode it is what plain `chalice deploy` ships."""
    with ZipFile(shipped) as archive:
        names = archive.namelist()
        archive.extractall(folder, [name for name in names if bytecode or name[-4:] != ".pyc"])
    return folder


def project(app: Path, requirements: Sequence[str], folder: Path) -> Path:
    """A Chalice project with one file and `requirements`, in the versions installed here."""
    config = folder / ".chalice" / "config.json"
    config.parent.mkdir(parents=True)
    stages = {_STAGE: {"lambda_architecture": "x86_64"}}
    config.write_text(json.dumps({"version": "2.0", "app_name": app.stem, "stages": stages}))
    pinned = [f"{name}=={version(name.partition('[')[0])}\n" for name in requirements]
    (folder / "requirements.txt").write_text("".join(pinned))
    shutil.copy(app, folder / "app.py")
    return folder


def runtime(folder: Path) -> Path:
    """What Lambda has for every function, with bytecode: its runtime client and boto3."""
    folder.mkdir()
    for name in _RUNTIME:
        installed = distribution(name)
        tops = {file.parts[0] for file in installed.files or []} - {".."}
        for top in tops:
            link = folder / top
            if not link.exists():  # several packages share a __pycache__
                link.symlink_to(str(installed.locate_file(top)))
    return folder
