"""What the templates say suits the code, and what AWS alone would find out."""

import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib import log
from chalicelib.delivery import record
from chalicelib.delivery.attempt import TRIES
from chalicelib.delivery.failing import PAUSES_FOR_OPERATOR
from tests import stage as files
from tests.project import STAGES
from tests.stage import (
    CODE,
    DOOR,
    FIXED_EXIT,
    LONG_WORKER,
    QUEUES,
    RESOURCES,
    WORKERS,
    Stage,
    template,
)

ALL_QUEUES = ("Jobs", "DeadJobs", "LongJobs", "DeadLongJobs")
LOGS = ("DoorLogs", "WorkerLogs", "LongWorkerLogs", "CallerLogs")


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> Stage:
    return files.stage(request.param)


class TestResources:
    def test_queues_are_fifo_and_users_do_not_share_their_throughput(self, stage: Stage) -> None:
        for queue in ALL_QUEUES:
            assert stage.resources[queue]["QueueName"].endswith(".fifo")
            assert stage.resources[queue]["FifoQueue"] is True
            assert stage.resources[queue]["DeduplicationScope"] == "messageGroup"
            assert stage.resources[queue]["FifoThroughputLimit"] == "perMessageGroupId"

    @pytest.mark.parametrize("queue", ALL_QUEUES)
    def test_a_queue_is_reached_over_tls_alone(self, stage: Stage, queue: str) -> None:
        policy = stage.resources[f"{queue}OverTls"]
        assert policy["Queues"] == [{"Ref": queue}]
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
        assert (statement["Action"], statement["Resource"]) == (
            "sqs:*",
            {"Fn::GetAtt": [queue, "Arn"]},
        )
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}

    def test_tables_have_the_keys_by_which_the_code_asks(self, stage: Stage) -> None:
        profiles, state = stage.resources["Profiles"], stage.resources["State"]
        (index,) = profiles["GlobalSecondaryIndexes"]
        assert _key(state) == "id"
        assert _key(profiles) == "openid"
        assert (index["IndexName"], _key(index)) == ("user_id", "user_id")
        for table in (profiles, state):
            assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
            assert table["BillingMode"] == "PAY_PER_REQUEST"

    def test_only_dev_is_thrown_away(self, stage: Stage) -> None:
        kept = stage.name != "dev"
        profiles = stage.resources["Profiles"]
        recovery = profiles["PointInTimeRecoverySpecification"]
        assert profiles["DeletionProtectionEnabled"] is kept
        assert recovery["PointInTimeRecoveryEnabled"] is kept
        for name in ("Profiles", *ALL_QUEUES, *LOGS):
            resource = stage.resources[name]
            assert resource["DeletionPolicy"] == ("Retain" if kept else "Delete")
            assert resource["UpdateReplacePolicy"] == resource["DeletionPolicy"]
        for name in LOGS:
            assert stage.resources[name]["RetentionInDays"] == (365 if kept else 30)

    @pytest.mark.parametrize("path", [RESOURCES, FIXED_EXIT], ids=lambda path: path.stem)
    def test_nothing_is_tied_to_one_partition_or_region(self, path: Path) -> None:
        text = path.read_text()
        assert "arn:aws" not in text
        assert "amazonaws.com" not in text
        assert not re.search(r"\b(us|eu|ap|cn)-[a-z]+-\d", text)

    def test_the_fixed_exit_says_what_the_worker_and_wechat_must_know(self) -> None:
        outputs = template(FIXED_EXIT)["Outputs"]
        assert set(outputs) == {"Address", "SubnetIds", "SecurityGroupId"}

    def test_what_the_worker_sends_leaves_by_the_address_that_wechat_knows(self) -> None:
        resources = template(FIXED_EXIT)["Resources"]
        assert resources["PrivateRoute"]["Properties"]["NatGatewayId"] == {"Ref": "Exit"}
        exit_ = resources["Exit"]["Properties"]
        assert exit_["AllocationId"] == {"Fn::GetAtt": ["Address", "AllocationId"]}


class TestTimes:
    @pytest.mark.parametrize("queue", QUEUES.values())
    def test_a_dead_letter_waits_for_as_long_as_sqs_keeps_anything(
        self, stage: Stage, queue: str
    ) -> None:
        assert stage.resources[f"Dead{queue}"]["MessageRetentionPeriod"] == 14 * 24 * 3600

    @pytest.mark.parametrize("worker", WORKERS)
    def test_a_job_whose_worker_died_at_once_comes_again_as_soon_as_aws_allows(
        self, stage: Stage, worker: str
    ) -> None:
        assert stage.queue(worker)["VisibilityTimeout"] == stage.functions[worker].timeout

    def test_a_long_job_may_take_as_long_as_lambda_lets_any_function_run(
        self, stage: Stage
    ) -> None:
        assert stage.functions[LONG_WORKER].timeout == 900

    @pytest.mark.parametrize("queue", QUEUES.values())
    def test_a_job_is_dead_after_the_tries_that_the_worker_counts(
        self, stage: Stage, queue: str
    ) -> None:
        redrive = stage.resources[queue]["RedrivePolicy"]
        assert redrive["maxReceiveCount"] == TRIES + 1
        assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"Dead{queue}", "Arn"]}

    @pytest.mark.parametrize("queue", QUEUES.values())
    def test_a_record_outlives_queue_and_dead_letter_queue(self, stage: Stage, queue: str) -> None:
        kept = [stage.resources[each]["MessageRetentionPeriod"] for each in (queue, f"Dead{queue}")]
        assert sum(kept) < record.KEPT


class TestAlarms:
    def test_all_reach_everybody_who_listens(self, stage: Stage) -> None:
        alarms = _alarms(stage)
        assert len(alarms) >= 15
        assert all(each["AlarmActions"] == [{"Ref": "Alarms"}] for each in alarms)
        assert all(len(each["AlarmDescription"]) <= 1024 for each in alarms)

    @pytest.mark.parametrize("worker", WORKERS)
    def test_a_job_that_is_still_tried_is_not_one_that_nobody_works_on(
        self, stage: Stage, worker: str
    ) -> None:
        waiting = stage.resources[f"{QUEUES[worker]}Waiting"]
        tried = sum(PAUSES_FOR_OPERATOR) + TRIES * (stage.functions[worker].timeout + record.LEASE)
        assert waiting["Threshold"] > tried

    def test_no_address_is_needed(self, stage: Stage) -> None:
        assert "AlarmsByEmail" not in stage.resources
        assert template(RESOURCES)["Resources"]["AlarmsByEmail"]["Condition"] == "HasAlarmEmail"

    def test_what_is_missing_is_bad_news_only_if_pushes_are(self, stage: Stage) -> None:
        breaching = [each for each in _alarms(stage) if each["TreatMissingData"] == "breaching"]
        expected = stage.name != "dev"
        assert breaching == ([stage.resources["NoPushes"]] if expected else [])

    def test_an_hour_without_pushes_is_counted_by_those_that_come(self, stage: Stage) -> None:
        if stage.name != "dev":
            alarm = stage.resources["NoPushes"]
            assert (alarm["MetricName"], alarm["Statistic"]) == ("PushMilliseconds", "SampleCount")
            assert (alarm["Period"], alarm["EvaluationPeriods"]) == (3600, "1")
            assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)

    def test_they_listen_to_what_the_log_counts(self, stage: Stage) -> None:
        ours = [each for each in _alarms(stage) if each["Namespace"] == log.NAMESPACE]
        assert all(f'"{each["MetricName"]}"' in "".join(CODE.values()) for each in ours)
        assert all(each["Dimensions"] == [{"Name": "Stage", "Value": stage.name}] for each in ours)

    @pytest.mark.parametrize(
        "metric",
        [
            "5XXError",
            "AnswerDropped",
            "ApproximateNumberOfMessagesVisible",
            "Errors",
            "JobDead",
            "JobFailed",
            "OperatorMustAct",
            "PageFailed",
            "PushFailed",
            "PushMilliseconds",
            "PushRefused",
            "PushUndecryptable",
            "SecretsMalformed",
            "SecretsUnavailable",
            "SignInFailed",
            "Throttles",
        ],
    )
    def test_what_an_operator_must_know_raises_one(self, stage: Stage, metric: str) -> None:
        assert metric in {each["MetricName"] for each in _alarms(stage)}

    def test_an_operator_is_told_what_to_do_about_wechats_errcodes(self, stage: Stage) -> None:
        told = stage.resources["OperatorMustAct"]["AlarmDescription"]
        assert all(errcode in told for errcode in ("40164", "45009", "48001", "40125"))

    def test_the_slowest_pushes_count_from_the_gateway_on(self, stage: Stage) -> None:
        slow = stage.resources["PushSlow"]
        assert (slow["ExtendedStatistic"], slow["Threshold"]) == ("p99", 3000)
        assert "Statistic" not in slow

    def test_alarms_on_functions_and_queues_name_those_there_are(self, stage: Stage) -> None:
        watched = [
            dimension
            for each in stage.resources.values()
            if each.get("Namespace") in ("AWS/Lambda", "AWS/SQS")
            for dimension in each["Dimensions"]
        ]
        door = stage.functions[DOOR].function_name
        queues = [{"Fn::GetAtt": [name, "QueueName"]} for name in ALL_QUEUES]
        assert {each["Value"] for each in watched if each["Name"] == "FunctionName"} == {door}
        assert all(queue in [each["Value"] for each in watched] for queue in queues)


class TestDashboard:
    def test_it_shows_what_the_log_counts(self, stage: Stage) -> None:
        code = "".join(CODE.values())
        ours = [each for each in _shown(stage) if each[0] == log.NAMESPACE]
        assert all(f'"{each[1]}"' in code and each[2:4] == ["Stage", stage.name] for each in ours)

    def test_it_shows_queues_and_functions_that_there_are(self, stage: Stage) -> None:
        named = {each[3] for each in _shown(stage) if each[0] in ("AWS/SQS", "AWS/Lambda")}
        queues = {stage.resources[each]["QueueName"] for each in ALL_QUEUES}
        assert named == queues | {each.function_name for each in stage.functions.values()}

    @pytest.mark.parametrize(
        ("metric", "statistic"),
        [
            ("PushMilliseconds", "SampleCount"),
            ("PushMilliseconds", "p50"),
            ("PushMilliseconds", "p99"),
            ("JobMilliseconds", "SampleCount"),
            ("AnswerWaiting", "Sum"),
            ("AnswerDropped", "Sum"),
            ("ApproximateNumberOfMessagesVisible", "Maximum"),
        ],
    )
    def test_it_shows_what_comes_what_waits_and_what_is_lost(
        self, stage: Stage, metric: str, statistic: str
    ) -> None:
        assert (metric, statistic) in {(each[1], each[4]["stat"]) for each in _shown(stage)}

    def test_no_graph_hides_another(self, stage: Stage) -> None:
        places = [(each["x"], each["y"]) for each in _widgets(stage)]
        assert len({*places}) == len(places)
        assert all(each["width"] == 12 and each["height"] == 6 for each in _widgets(stage))
        assert all(x % 12 == 0 and x < 24 and y % 6 == 0 for x, y in places)


def _widgets(stage: Stage) -> list[Any]:
    body = stage.resources["Dashboard"]["DashboardBody"]["Fn::ToJsonString"]
    return list(body["widgets"])


def _shown(stage: Stage) -> list[Any]:
    """Namespace, metric, dimension and its value, and how it is drawn."""
    return [each for widget in _widgets(stage) for each in widget["properties"]["metrics"]]


def _key(table: Any) -> str:
    (key,) = table["KeySchema"]
    assert key["KeyType"] == "HASH"
    return str(key["AttributeName"])


def _alarms(stage: Stage) -> list[Any]:
    return [each for each in stage.resources.values() if "AlarmName" in each]
