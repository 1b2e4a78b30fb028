"""`up`: creates or updates the resources of a stage."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.text import Text

from . import (
    alarm_address,
    alarm_subscriptions,
    changes,
    fixed_exit,
    leftovers,
    log_groups,
    losses,
    muted_alarms,
    presence,
    queues,
    quiet,
    stack,
    tables,
    tags,
    terminal,
    wechat_places,
)
from .errors import Failed
from .options import ask, on_stage, yes
from .presence import Resource
from .region import region
from .target import Target
from .template import FIXED_EXIT, RESOURCES


def _way(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    try:
        return value and fixed_exit.checked(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


fixed_exit_option = click.option(
    "--fixed-exit",
    "wanted",
    metavar="WAY",
    callback=_way,
    help="How a stage calls WeChat from one address: vpc, shared:STAGE, proxy:URL or none.",
)


@click.command()
@on_stage
@fixed_exit_option
@alarm_address.option
@yes
def up(target: Target, wanted: str | None, alarm_email: str | None, *, yes: bool) -> None:
    """Create or update a stage's resources.

    Those are its tables, queues, logs and alarms, and the network of its fixed exit. Shows what
    will change, and asks before it changes a stage other than dev or destroys anything. Run it
    as often as you like: it does nothing where nothing differs, and it continues a run that was
    interrupted. What somebody has deleted by hand is made again, and what is lost with it is told.

    \b
    python -m ops up
    python -m ops up --stage prod --alarm-email ops@example.com
    python -m ops up --stage prod --fixed-exit vpc --yes
    python -m ops up --stage shop --fixed-exit shared:prod
    python -m ops up --stage prod --fixed-exit proxy:https://wechat-proxy.example.com

    WeChat takes calls only from addresses on the account's IP whitelist, and Lambda's
    own addresses change. So a stage other than dev needs a fixed exit: a VPC with a NAT gateway
    and an elastic IP, in which only what calls WeChat runs (about 37 USD a month, which several
    stages can share), or a proxy in front of WeChat's API. This choice and the address for
    alarms are written into .chalice/config.json; commit that.

    Exit codes: 0 done, 1 it failed, and the message says what to do, 2 misused.
    """
    bring_up(target, wanted, alarm_email, yes=yes)
    if fixed_exit.is_in_vpc(target) or fixed_exit.is_proxied(target):
        terminal.show("What calls WeChat uses its fixed exit from the next deploy on.")


def bring_up(target: Target, wanted: str | None, alarm_email: str | None, *, yes: bool) -> None:
    """Creates or updates the resources of `target` and its fixed exit."""
    way = wanted or _chosen(target, yes=yes)
    lender = _lender(target, way)
    address = alarm_email or alarm_address.chosen(target, yes=yes)
    alarms = {
        "HoursWithoutPushes": str(quiet.hours(target)),
        **alarm_address.parameters(address),
    }
    _bring_up(target, target.stack, RESOURCES, alarms, yes=yes)
    alarm_address.remember(target, address)
    alarm_subscriptions.note_unconfirmed(target, address)
    for restored in (
        tables.restore,
        queues.restore,
        log_groups.restore,
        muted_alarms.restore,
    ):
        for words in restored(RESOURCES.read_text(), target):
            terminal.show(f"Set as the template says: {words}.")
    match way:
        case fixed_exit.NONE:
            if fixed_exit.is_in_vpc(target):
                fixed_exit.leave_vpc(target)
                _note_unused_exit(target)
            fixed_exit.leave_proxy(target)
            _warn_of_changing_addresses(target)
        case fixed_exit.VPC:
            _bring_up(target, target.exit_stack, FIXED_EXIT, {}, yes=yes)
            fixed_exit.use_vpc(target, target)
            _whitelist(str(fixed_exit.address(target)))
        case _ if lender:
            fixed_exit.use_vpc(target, lender)
            _note_unused_exit(target)
            _whitelist(str(fixed_exit.address(target)))
        case _:
            url = way.removeprefix(fixed_exit.PROXY)
            if way != fixed_exit.way(target):
                fixed_exit.use_proxy(target, url)
            _note_unused_exit(target)
            _whitelist(f"the address from which {url} calls WeChat")


def _lender(target: Target, way: str) -> Target | None:
    """The stage whose exit this one shall share, if it shall. Raises Failed if there is none."""
    if not way.startswith(fixed_exit.SHARED):
        return None
    lender = Target(way.removeprefix(fixed_exit.SHARED), target.project)
    if lender == target:
        raise Failed(f"{target.stage} cannot share with itself: use --fixed-exit vpc.")
    _ = lender.stage_config
    fixed_exit.network(lender)
    return lender


def _bring_up(
    target: Target, name: str, template: Path, settings: Mapping[str, str], *, yes: bool
) -> None:
    body, parameters = template.read_text(), {"Stage": target.stage, **settings}
    with terminal.waiting(f"{name}: looking at what would change") as progress:
        changes.make_changeable(name, progress)
        lost = losses.found(body, target, name)
    _forget(target, name, lost, yes=yes)
    with terminal.waiting(f"{name}: looking at what would change") as progress:
        if left := leftovers.found(body, target, name):
            whole = leftovers.template_of(body, left, stack.template(name))
            changes.take_over(name, whole, {"Stage": target.stage}, left, progress)
        planned = changes.plan(name, body, parameters, tags.of(target))
    if planned is None:
        terminal.show(f"{name}: nothing to change.")
    else:
        _make(target, planned, presence.names(body, target), yes=yes)
    if target.is_production:
        stack.protect(name)


def _make(target: Target, planned: changes.Plan, names: Mapping[str, str], *, yes: bool) -> None:
    _show(planned, names)
    if target.is_production or any(each.destroys for each in planned.changes):
        try:
            ask(f"Change {planned.stack} in {region()}?", yes=yes)
        except click.Abort:
            changes.discard(planned)
            raise
    with terminal.waiting(f"{planned.stack}: changing") as progress:
        changes.apply(planned, progress)
    terminal.show(f"{planned.stack}: done.", "green")


def _forget(target: Target, name: str, lost: Sequence[Resource], *, yes: bool) -> None:
    """Prepares the stack for what somebody has deleted to be made again."""
    if not lost:
        return
    for each in lost:
        terminal.show(losses.told(each, made=True), "yellow")
    if target.is_production:
        ask(f"Make {'it' if len(lost) == 1 else 'them'} again, without what is lost?", yes=yes)
    with terminal.waiting(f"{name}: forgetting what is gone") as progress:
        losses.forget(name, lost, progress)


def _show(planned: changes.Plan, names: Mapping[str, str]) -> None:
    """The changes, each resource by the name that AWS shows elsewhere, if it has one."""
    rows: list[list[str | Text]] = [
        [Text(each.action, _style(each)), names.get(each.name, each.name), each.kind]
        for each in planned.changes
    ]
    terminal.show_table([planned.stack, "resource", "kind"], rows)


def _style(change: changes.Change) -> str:
    return "red" if change.destroys else "yellow" if "Replace" in change.action else ""


def _chosen(target: Target, *, yes: bool) -> str:
    """The fixed exit of the stage, or the one that the operator chooses now."""
    way = fixed_exit.way(target)
    if way != fixed_exit.NONE or not target.is_production:
        return way
    if yes:
        raise click.UsageError(
            f"{target.stage} has no fixed exit, and without one WeChat refuses its token calls "
            "(40164): use --fixed-exit vpc, --fixed-exit shared:STAGE, "
            "--fixed-exit proxy:URL or --fixed-exit none."
        )
    terminal.note(
        "\nWeChat takes calls only from addresses on the account's IP whitelist, and Lambda's own "
        "addresses change. Choose how the stage gets a fixed one:\n"
        f"  vpc           a VPC with a NAT gateway and an elastic IP; {fixed_exit.PRICE}\n"
        "  shared:STAGE  the VPC of another stage, for no more money\n"
        "  proxy:URL     a proxy of yours in front of WeChat's API, as WECHAT_API_URL\n"
        "  none          not now; until then nobody signs in and no slow answer is sent\n"
    )
    answer: str = click.prompt("Fixed exit", value_proc=_prompted, err=True)
    return answer


def _prompted(value: str) -> str:
    try:
        return fixed_exit.checked(value)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _whitelist(where: str) -> None:
    terminal.show(f"Put on the IP whitelist on {wechat_places.KEYS} (API IP白名单): {where}")


def _note_unused_exit(target: Target) -> None:
    if not stack.status(target.exit_stack):
        return
    if others := fixed_exit.sharing(target):
        terminal.show(f"Its NAT gateway stays, because {' and '.join(others)} uses it.")
        return
    terminal.show(
        "After the next deploy nothing but the version to go back to uses the NAT gateway, which "
        "costs money by the hour. Deploy once more to let that go, too. Lambda leaves its network "
        "within about 20 minutes; then: aws cloudformation "
        f"update-termination-protection --stack-name {target.exit_stack} "
        "--no-enable-termination-protection && aws cloudformation delete-stack --stack-name "
        f"{target.exit_stack}",
        "yellow",
    )


def _warn_of_changing_addresses(target: Target) -> None:
    if target.is_production and fixed_exit.way(target) == fixed_exit.NONE:
        terminal.show(
            f"{target.stage} has no fixed exit: WeChat will refuse its calls (40164), nobody will "
            "sign in, and slow answers will not be sent.",
            "yellow",
        )
