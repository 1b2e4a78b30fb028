"""What to type in a second terminal: the commands that deploy, and what they ask for."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from local.cloud import aws
from local.environment import HOST
from simulator.account import Account

from .folder import CONSOLE

_WORDS = """
  [bold]A rehearsal: an empty AWS and WeChat's side, both on this machine.[/]

  [bold green]http://{host}:{phone_port}[/]  the phone; no backend answers yet
  {site}/wechat  the address at which it will be deployed

  [bold]1. In a second terminal[/], go to the folder to deploy from, and use this AWS there:

cd {folder}
unset AWS_PROFILE AWS_SESSION_TOKEN WECHAT_API_URL
export {settings}

  [bold]2. Deploy.[/] The first two commands ask for what 微信开发者平台 shows of this account:
     app-id [cyan]{app_id}[/], app-secret [cyan]{app_secret}[/].

.venv/bin/python -m ops secrets set app-id
.venv/bin/python -m ops secrets set app-secret
.venv/bin/python -m ops secrets generate token encoding-aes-key --show
.venv/bin/python -m ops secrets generate cookie-key ticket-key refresh-token-key
.venv/bin/python -m ops deploy

  [bold]3. 微信开发者平台[/] is {console} here: write the token and the encoding_aes_key that were
     shown into it. Then save, as on the platform, and ask the doctor:

.venv/bin/python -m simulator verify
.venv/bin/python -m ops doctor

  [bold]4. Talk[/], on the phone or with

.venv/bin/python -m simulator say 你好

  chalicelib/ in that folder is the checkout's own: the next deploy ships what you save.
  docs/operations.md says what else to try. Ctrl-C ends it all; the next rehearsal starts from
  nothing.
"""


def show(console: Console, folder: Path, account: Account, aws_port: int, phone_port: int) -> None:
    """Prints all of it. No line is wrapped, because lines are for pasting."""
    variables = aws.isolated({}, aws_port).items()
    console.print(
        _WORDS.format(
            host=HOST,
            phone_port=phone_port,
            site=aws.site(aws_port),
            folder=escape(shlex.quote(str(folder))),
            settings=" ".join(f"{name}={value}" for name, value in variables),
            app_id=account.app_id,
            app_secret=account.app_secret,
            console=CONSOLE,
        ),
        soft_wrap=True,
    )
