"""The folder to deploy from: the checkout's code, with a configuration and an account to try.

The code is linked, so that the next deploy ships what is saved in the checkout. The configuration
is copied, because all stages in the copy use an AWS and a WeChat on this machine.
"""

import shutil
import sys
from pathlib import Path

from local.cloud.stage import configure
from local.environment import STAGE
from ops.target import Target
from simulator.account import Account
from simulator.addresses import FILE, Addresses

CONSOLE = Path(".local/console.json")
"""The file in the folder that stands for 微信开发者平台."""

_LINKED = ("app.py", "chalicelib", "local", "ops", "requirements.txt", "simulator")


def make(folder: Path, project: Path, site: str, phone_port: int) -> Account:
    """Makes a new folder, and an account in the stage's mode, whose backend will be at `site`."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / CONSOLE).parent.mkdir(parents=True)
    for name in _LINKED:
        (folder / name).symlink_to(project / name)
    (folder / ".venv").symlink_to(sys.prefix)
    deployed = shutil.ignore_patterns("deployed", "deployments")
    shutil.copytree(project / ".chalice", folder / ".chalice", ignore=deployed)
    wechat = f"http://127.0.0.1:{phone_port}"
    for stage in Target(STAGE, folder).config["stages"]:
        configure(folder, stage, WECHAT_API_URL=wechat, WECHAT_OPEN_URL=wechat)
    configure(folder, STAGE, PUBLIC_URL=site)
    Addresses(f"{site}/wechat", phone_port).save(folder / FILE)
    account = Account.new(Target(STAGE, folder).settings.mode)
    account.save(folder / CONSOLE)
    return account
