"""The folder to deploy from: the checkout's own code, with a configuration and an account to spoil.

The code is linked, so that what is saved in the checkout is what the next deploy ships. The
configuration is copied, for all stages of this one lead to an AWS and a WeChat on this machine.
"""

import shutil
import sys
from pathlib import Path

from local.cloud.stage import configure
from local.environment import STAGE
from ops.target import Target
from simulator.account import Account
from simulator.served import FILE, Served

CONSOLE = Path(".local/console.json")
"""Where, in the folder, commands look for WeChat's console."""

_LINKED = ("app.py", "chalicelib", "local", "ops", "requirements.txt", "simulator")


def make(folder: Path, project: Path, site: str, phone_port: int) -> Account:
    """Makes it anew, and an account of the stage's mode, whose backend will be at `site`."""
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
    Served(f"{site}/wechat", phone_port).save(folder / FILE)
    account = Account.new(Target(STAGE, folder).settings.mode)
    account.save(folder / CONSOLE)
    return account
