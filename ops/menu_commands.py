"""`menu`: shows and changes the account's menu."""

from pathlib import Path

import click

from . import menus, terminal, wechat
from .options import as_json, ask_production, on_stage, yes
from .target import Target

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_COLOURS = {"+": "green", "-": "red", "@": "dim"}


@click.group("menu")
def group() -> None:
    """Show and change the account's menu.

    It is a YAML file with WeChat's own field names:

    \b
    button:
    - {type: click, name: 联系我们, key: CONTACT}
    - name: 更多
      sub_button:
      - {type: view, name: 网站, url: "https://example.com"}
    """


@group.command()
@on_stage
@as_json
def show(target: Target, *, as_json: bool) -> None:
    """Print the menu as WeChat has it, in the form that `push` takes.

    \b
    python -m ops menu show --stage prod >menu.yaml
    """
    buttons = menus.current(wechat.api(target))
    if as_json:
        terminal.show_json({"button": buttons})
    elif buttons:
        click.echo(menus.written(buttons), nl=False)
    else:
        terminal.note("The account has no menu.")


@group.command()
@_file
@on_stage
@as_json
def diff(target: Target, file: Path, *, as_json: bool) -> None:
    """Show what `push` would change. The exit code is 1 if it would change anything.

    \b
    python -m ops menu diff menu.yaml
    """
    changes = menus.changes(menus.current(wechat.api(target)), menus.read(file))
    if as_json:
        terminal.show_json({"different": bool(changes), "diff": changes})
    else:
        _show(changes)
    if changes:
        raise SystemExit(1)


@group.command()
@_file
@on_stage
@yes
def push(target: Target, file: Path, *, yes: bool) -> None:
    """Make the menu what FILE says.

    Checks it and shows the difference first.

    \b
    python -m ops menu push menu.yaml
    python -m ops menu push menu.yaml --stage prod --yes

    Users see the new menu within 24 hours, or at once after they follow the account again.
    """
    buttons, api = menus.read(file), wechat.api(target)
    changes = menus.changes(menus.current(api), buttons)
    _show(changes)
    if changes:
        ask_production(target, "Change the menu", yes=yes)
        api.create_menu(buttons)
        terminal.note("WeChat has the menu.", "green")


def _show(changes: list[str]) -> None:
    for line in changes:
        terminal.show(line, _COLOURS.get(line[:1], ""))
    if not changes:
        terminal.note("Nothing to change.")
