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

    Menus that only some users see (个性化菜单) stand below it. Of those whose rule fits, the last
    one counts:

    \b
    conditionalmenu:
    - matchrule: {tag_id: "2"}
      button:
      - {type: click, name: 会员, key: MEMBER}
    """


@group.command()
@on_stage
@as_json
def show(target: Target, *, as_json: bool) -> None:
    """Print the menus as WeChat has them, in the form that `push` takes.

    \b
    python -m ops menu show --stage prod >menu.yaml
    """
    current = menus.current(wechat.api(target))
    if as_json:
        terminal.show_json(menus.described(current))
    elif current.buttons:
        click.echo(menus.written(current), nl=False)
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
    wanted, current = menus.read(file), menus.current(wechat.api(target))
    changes = menus.changes(current, wanted)
    if as_json:
        terminal.show_json({"different": bool(changes), "diff": changes})
    else:
        _show(changes)
        _note_personal(current, wanted)
    if changes:
        raise SystemExit(1)


@group.command()
@_file
@on_stage
@yes
def push(target: Target, file: Path, *, yes: bool) -> None:
    """Make the menus what FILE says.

    Checks it and shows the difference first. A file without `conditionalmenu` leaves personalised
    menus as they are; `conditionalmenu: []` deletes them.

    \b
    python -m ops menu push menu.yaml
    python -m ops menu push menu.yaml --stage prod --yes

    Users see the new menu within 24 hours, or at once after they follow the account again.
    """
    wanted, api = menus.read(file), wechat.api(target)
    current = menus.current(api)
    changes = menus.changes(current, wanted)
    _show(changes)
    _note_personal(current, wanted)
    if changes:
        ask_production(target, "Change the menu", yes=yes)
        menus.push(api, current, wanted)
        terminal.note("WeChat has the menu.", "green")


def _show(changes: list[str]) -> None:
    for line in changes:
        terminal.show(line, _COLOURS.get(line[:1], ""))
    if not changes:
        terminal.note("Nothing to change.")


def _note_personal(current: menus.Menus, wanted: menus.Menus) -> None:
    """Says that there are menus of which the file says nothing."""
    if current.personal and wanted.personal is None:
        terminal.note(
            "The account has personalised menus (个性化菜单), too. They stay, because the file "
            "says nothing about them; `python -m ops menu show` shows them.",
            "yellow",
        )
