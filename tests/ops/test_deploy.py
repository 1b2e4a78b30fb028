"""`deploy` refuses what would go wrong before it has changed anything; `stage` makes a new one."""

import json
import sys

import pytest

from ops import chalice, deployed, package, preflight
from ops.errors import Failed
from ops.target import read_config, write_config
from simulator.account import Account
from tests.backends import Answer, backend
from tests.ops import deployment
from tests.ops.caller import answering
from tests.ops.operator import Operator


@pytest.fixture
def ready(operator: Operator) -> Operator:
    """An operator of a stage that has all its secrets."""
    operator.keeps_secrets_of(Account.new())
    keys = ("cookie-key", "ticket-key", "refresh-token-key")
    assert operator.types("secrets", "generate", *keys, "--yes").exit_code == 0
    return operator


def refusal(operator: Operator, *words: str) -> str:
    """Why a deployment is refused, before it has changed anything."""
    result = operator.types("deploy", "--yes", "--fixed-exit", "none", *words)
    assert result.exit_code == 1, result.output
    assert operator.stack_status() is None
    return result.stderr


def test_all_that_is_missing_is_told_at_once_with_what_to_type(operator: Operator) -> None:
    said = refusal(operator)
    made = "token encoding-aes-key cookie-key ticket-key refresh-token-key"
    for command in ("set app-id", "set app-secret", f"generate {made}"):
        assert f"python -m ops secrets {command} --stage {operator.stage}" in said


def test_a_malformed_secret_stops_it_and_is_not_quoted(ready: Operator) -> None:
    ready.keeps("token", "has a space")
    said = refusal(ready)
    assert "3 to 32 letters or digits" in said
    assert "has a space" not in said


def test_a_policy_that_is_missing_stops_it(ready: Operator) -> None:
    file = ready.target.config_file.with_name(f"policy-{ready.stage}-door.json")
    file.unlink()
    said = refusal(ready)
    assert file.name in said
    assert "python -m ops upgrade" in said


def test_a_stage_that_lacks_what_the_release_needs_is_refused_until_it_is_upgraded(
    ready: Operator,
) -> None:
    config = read_config(ready.target.config_file)
    del config["stages"][ready.stage]["environment_variables"]["STATE_TABLE"]
    write_config(ready.target.config_file, config)
    said = refusal(ready)
    assert f"STATE_TABLE = wechalice-{ready.stage}-state" in said
    assert "python -m ops upgrade" in said
    assert ready.asks("upgrade").exit_code == 0
    assert "STATE_TABLE" not in ready.types("deploy", answers="n\n").stderr


def test_a_function_that_the_stage_does_not_know_is_refused_until_it_is_added(
    ready: Operator,
) -> None:
    with (ready.project / "app.py").open("a") as app:
        app.write("\n@app.schedule('rate(1 day)')\ndef morning(event): ...\n")
    assert "python -m ops function add morning" in refusal(ready)
    assert ready.asks("function", "add", "morning").exit_code == 0
    assert "morning" not in ready.types("deploy", answers="n\n").stderr


def test_an_app_that_cannot_be_loaded_is_refused_with_the_reason(ready: Operator) -> None:
    (ready.project / "app.py").write_text("raise RuntimeError('no such handler')\n")
    assert "no such handler" in refusal(ready)


def test_production_does_not_take_plaintext_unless_it_is_said(ready: Operator) -> None:
    ready.configure(WECHAT_MODE="plaintext")
    assert "安全模式" in refusal(ready)
    allowed = ready.types("deploy", "--allow-plaintext", answers="n\n")
    assert "Deploy on" in allowed.stderr
    assert "安全模式" not in allowed.stderr


def test_dev_takes_plaintext_unasked(ready: Operator) -> None:
    dev = Operator(ready.project, "dev")
    dev.configure(WECHAT_MODE="plaintext")
    found = preflight.problems(dev.target, allow_plaintext=False)
    assert not [each for each in found if "would take pushes" in each.found]


def test_production_is_deployed_only_after_a_yes(ready: Operator) -> None:
    result = ready.types("deploy", "--fixed-exit", "none", answers="n\n")
    assert result.exit_code == 1
    assert ready.stack_status() is None


def test_what_a_deploy_does_is_one_stream_in_its_order(
    ready: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ready.types("up", "--yes", "--fixed-exit", "none")
    deployment.make(ready.target)
    monkeypatch.setattr(package, "built", lambda *_: None)
    monkeypatch.setattr(chalice, "_PROGRAM", "print('Updating the door')")
    with answering(ready, Answer('{"answer": "wx0123456789abcdef"}')):
        done = ready.types("deploy", "--yes", "--fixed-exit", "none")
    assert (done.exit_code, made.stderr + done.stderr) == (0, "")
    told = ("nothing to change", "chalice: Updating", "is deployed", "/wechat", "Then: ")
    places = [done.stdout.index(words) for words in told]
    assert places == sorted(places)


def test_functions_that_answer_nobody_after_a_deploy_are_a_failure(
    ready: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ready.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
    deployment.make(ready.target)
    monkeypatch.setattr(package, "built", lambda *_: None)
    monkeypatch.setattr(chalice, "_PROGRAM", "")
    with answering(ready, Answer("killed", 500)):
        done = ready.types("deploy", "--yes", "--fixed-exit", "none")
    assert done.exit_code == 1
    assert "ended without an answer" in done.stderr
    assert f"python -m ops deploy --stage {ready.stage} --previous" in done.stderr


def test_what_stops_chalice_is_told_in_its_own_words(ready: Operator) -> None:
    (ready.project / "app.py").write_text("raise RuntimeError('no such handler')\n")
    with pytest.raises(Failed, match="no such handler") as caught:
        chalice.run(ready.target, "deploy")
    assert "run the same command again" in str(caught.value)


def test_a_permission_that_chalice_misses_is_named_without_arns(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = {"name": "a", "resource_type": "iam_role", "role_name": "a", "role_arn": "arn:a"}
    deployed.record(operator.target, [role])
    user = "User: arn:aws:sts::000000000000:assumed-role/a-role-with-a-long-name/nobody"
    message = f"{user} is not authorized to perform: iam:ListRolePolicies on resource: arn:aws:…"
    denied = f"<a><Error><Code>AccessDenied</Code><Message>{message}</Message></Error></a>"
    with backend(Answer(denied, status=403)) as iam:
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", iam.url)
        with pytest.raises(Failed) as caught:
            chalice.run(operator.target, "delete")
    assert "lack the permission iam:ListRolePolicies" in str(caught.value)
    assert "arn:" not in str(caught.value)
    assert "run the same command again" in str(caught.value)


def test_chalice_runs_in_a_process_of_its_own(ready: Operator) -> None:
    before = set(sys.modules)
    (ready.project / "app.py").write_text("import tabnanny\nraise RuntimeError\n")
    with pytest.raises(Failed):
        chalice.run(ready.target, "deploy")
    assert "tabnanny" not in set(sys.modules) - before


def test_a_new_stage_is_a_copy_of_another(operator: Operator) -> None:
    shop = Operator(operator.project, "shop")
    made = shop.asks("stage", "shop", "--like", operator.stage)
    assert made.exit_code == 0, made.output
    assert "config.json" in made.stdout
    stages = json.loads(shop.target.config_file.read_text())["stages"]
    assert stages["shop"]["environment_variables"]["STAGE"] == "shop"
    again = shop.asks("stage", "shop", "--like", operator.stage)
    assert again.exit_code == 1
    assert "exists already" in again.stderr
