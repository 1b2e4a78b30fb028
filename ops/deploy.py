"""`deploy`: checks, resources, Chalice, limits, and what to paste into 微信开发者平台."""

from collections.abc import Sequence

import click

from chalicelib.wechat.envelopes import Mode

from . import (
    alarm_address,
    alarm_states,
    chalice,
    deployed,
    event_sources,
    execute_api,
    fixed_exit,
    go_back,
    preflight,
    roles,
    secret_store,
    tags,
    terminal,
    throttling,
    transition,
    versions,
    wechat,
    wechat_places,
    wording,
)
from .errors import Failed
from .options import ask_production, on_stage, yes
from .target import Target
from .up import bring_up, fixed_exit_option

_CONSOLE_MODE = {
    Mode.PLAINTEXT: "明文模式",
    Mode.COMPATIBLE: "兼容模式",
    Mode.SAFE: "安全模式",
}


@click.command()
@on_stage
@fixed_exit_option
@alarm_address.option
@click.option("--allow-plaintext", is_flag=True, help="Let a stage other than dev be plaintext.")
@click.option("--previous", is_flag=True, help="Put back what ran before the last deploy.")
@click.option(
    "--watch",
    type=wording.Duration(),
    metavar="TIME",
    help="Watch the alarms afterwards, and put back what ran before if one goes on: 10m.",
)
@yes
def deploy(
    target: Target,
    wanted: str | None,
    alarm_email: str | None,
    watch: int | None,
    *,
    allow_plaintext: bool,
    previous: bool,
    yes: bool,
) -> None:
    """Deploy a stage.

    The first time and after every change. Checks that secrets and policies are there, updates the
    resources as `up` does, finds what an earlier deploy has made on AWS, so that the URL stays
    the same whoever deploys from whichever checkout, runs `chalice deploy`, limits the rate of
    requests, and prints what to paste into 微信开发者平台.

    \b
    python -m ops deploy
    python -m ops deploy --stage prod
    python -m ops deploy --stage prod --fixed-exit vpc --yes
    python -m ops deploy --stage prod --watch 10m
    python -m ops deploy --stage prod --previous

    If a deploy was interrupted, run it again: it continues. Pushes are answered meanwhile.

    Before it changes a function, it publishes a version of it. --previous gives all functions
    that code and those settings again, at once; --watch does so by itself when an alarm of the
    stage goes on, and ends with 1.

    Exit codes: 0 deployed, 1 it failed, and the message says what to do, 2 misused.
    """
    if previous:
        if wanted or alarm_email or watch or allow_plaintext:
            raise click.UsageError(
                "--previous deploys nothing: use it with --stage and --yes alone."
            )
        _put_back(target, yes=yes)
        return
    _refuse(preflight.problems(target, allow_plaintext=allow_plaintext))
    ask_production(target, "Deploy", yes=yes)
    bring_up(target, wanted, alarm_email, yes=yes)
    on_before = alarm_states.on(target) if watch else ()
    changed = _replace_functions(target)
    _settle(target)
    _refuse_dead(target, undo=bool(watch and changed))
    _show_what_to_paste(target)
    if watch:
        go_back.watch(target, watch, on_before, changed=changed)


def _refuse_dead(target: Target, *, undo: bool) -> None:
    """Ends a deploy after which nobody is answered, because a library is missing, for example."""
    try:
        wechat.refuse_dead(target)
    except wechat.Dead as error:
        if undo:
            go_back.go_back(target)
            raise Failed(f"{error}. The deploy was undone.") from None
        raise Failed(
            f"{error}. It is deployed, and answers nobody. This puts back what ran before: "
            f"python -m ops deploy --stage {target.stage} --previous"
        ) from None


def _put_back(target: Target, *, yes: bool) -> None:
    """Gives the functions again what they were before the last deploy."""
    _refuse(list(preflight.owner_problems(target)))
    ask_production(target, "Put back what ran before", yes=yes)
    go_back.go_back(target)


def _replace_functions(target: Target) -> bool:
    """Ships all functions, so that they can go back and visitors sign in meanwhile.

    Returns whether that has changed any.
    """
    known = roles.claim(target)
    before = versions.functions(deployed.resources(target))
    versions.keep(target, before)
    transition.allow(target, before)
    _ship(target)
    transition.withdraw(target)
    changed = versions.settle(target, versions.functions(deployed.resources(target)))
    roles.settle(target, known)
    return changed


def _settle(target: Target) -> None:
    """Sets what Chalice does not know of, because it sets it back or never had it."""
    for worker in event_sources.enable(target):
        terminal.show(f"{worker} gets jobs again: its event source was disabled.")
    api = deployed.rest_api(target)
    if api is None:
        raise Failed("Chalice has made no API that calls the door. Run it again.")
    throttling.limit(api)
    tags.put(target)
    execute_api.settle(target, api)
    roles.tell_others(target, "deploy")


def _refuse(problems: Sequence[preflight.Problem]) -> None:
    if problems:
        shown = [f"{each.found}\n  → {each.do}" for each in problems]
        raise Failed("\n".join(["Not deployed, and nothing was changed.", *shown]))


def _ship(target: Target) -> None:
    from . import package

    with terminal.waiting("Packing what ships"):
        try:
            package.built(target.project, target.stage)
        except package.PackageError as error:
            raise Failed(str(error)) from None
    chalice.run(target, "deploy", package.ENVIRONMENT)


def _show_what_to_paste(target: Target) -> None:
    mode = target.settings.mode
    terminal.show(f"{target.stage} is deployed.\n", "green")
    terminal.show(wechat_places.PUSHES, "bold")
    terminal.show(f"  URL             {deployed.site(target)}/wechat")
    terminal.show(f"  Token           {secret_store.shown_by(target, 'token')}")
    if mode is not Mode.PLAINTEXT:
        terminal.show(f"  EncodingAESKey  {secret_store.shown_by(target, 'encoding-aes-key')}")
    terminal.show(f"  消息加解密方式  {_CONSOLE_MODE[mode]}")
    if address := fixed_exit.address(target):
        terminal.show(wechat_places.KEYS, "bold")
        terminal.show(f"  API IP白名单    {address}")
    terminal.show(f"\nThen: python -m ops doctor --stage {target.stage}")
