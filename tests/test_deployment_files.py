"""What Chalice deploys is what the template makes room for and the code expects."""

import pytest

from chalicelib import config
from chalicelib.config import ConfigError
from chalicelib.delivery import recorded
from ops import stages
from tests import stage as files
from tests.project import STAGES
from tests.stage import DOOR, FIXED_EXIT, LONG_WORKER, RESOURCES, WORKER, WORKERS, Stage, template

GATEWAY_SECONDS = 29
"""For which API Gateway waits for a function."""
CONCURRENCY, UNRESERVED = 1000, 100
"""Of an account, as AWS sets it; what of it AWS wants left for functions without their own."""


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> Stage:
    return files.stage(request.param)


class TestNames:
    def test_tables_and_queues_are_those_of_the_template(self, stage: Stage) -> None:
        assert stage.environment["PROFILES_TABLE"] == stage.resources["Profiles"]["TableName"]
        assert stage.environment["STATE_TABLE"] == stage.resources["State"]["TableName"]
        assert stage.environment["JOBS_QUEUE"] == stage.queue(WORKER)["QueueName"]
        assert stage.environment["LONG_QUEUE"] == stage.queue(LONG_WORKER)["QueueName"]
        for worker, source in stage.event_sources.items():
            assert source.queue == stage.queue(worker)["QueueName"]

    def test_a_stage_is_what_it_is_called(self, stage: Stage) -> None:
        assert stage.environment["STAGE"] == stage.name
        assert stage.environment["PARAMETER_PATH"] == f"/wechalice/{stage.name}"

    def test_a_stage_that_can_be_made_is_one_that_the_templates_take(self) -> None:
        for path in (RESOURCES, FIXED_EXIT):
            pattern = template(path)["Parameters"]["Stage"]["AllowedPattern"]
            assert pattern == stages.NAME.pattern

    def test_each_function_has_a_log_group_of_the_template_and_none_of_chalices(
        self, stage: Stage
    ) -> None:
        groups = {each.get("LogGroupName") for each in stage.resources.values()} - {None}
        functions = stage.functions.values()
        assert groups == {f"/aws/lambda/{each.function_name}" for each in functions}
        assert all(each.log_group is None for each in functions)


class TestConfiguration:
    def test_a_stage_sets_what_the_code_reads(self, stage: Stage) -> None:
        assert stage.environment.keys() >= config.defaults(stage.name).keys()

    def test_all_functions_get_it(self, stage: Stage) -> None:
        for function in stage.functions.values():
            assert function.environment_variables == stage.environment

    def test_variables_that_chalice_can_pass_on_are_strings(self, stage: Stage) -> None:
        assert all(isinstance(value, str) for value in stage.environment.values())

    @pytest.mark.parametrize("name", ["JOBS_AT_ONCE", "LONG_AT_ONCE"])
    @pytest.mark.parametrize("value", ["", "1", "1001", "many", "-5", "２"])
    def test_a_wrong_number_of_jobs_is_refused_with_what_to_write(
        self, name: str, value: str
    ) -> None:
        with pytest.raises(ConfigError, match=rf"{name} is .* from 2 to 1000"):
            config.read({name: value})

    def test_the_gateway_is_regional_and_compresses_nothing(self, stage: Stage) -> None:
        assert stage.api.endpoint_type == "REGIONAL"  # China has no other
        assert stage.api.minimum_compression == ""

    def test_the_door_ends_before_the_gateway_gives_up_and_after_wechat_has(
        self, stage: Stage
    ) -> None:
        assert recorded.PASSIVE_DEADLINE < stage.functions[DOOR].timeout <= GATEWAY_SECONDS

    def test_a_worker_has_one_job_at_a_time(self, stage: Stage) -> None:
        assert {each.batch_size for each in stage.event_sources.values()} == {1}

    def test_no_function_starves_another(self, stage: Stage) -> None:
        jobs = {name: each.maximum_concurrency or 0 for name, each in stage.event_sources.items()}
        reserved = stage.functions[DOOR].reserved_concurrency or 0
        assert jobs == {
            WORKER: int(stage.environment["JOBS_AT_ONCE"]),
            LONG_WORKER: int(stage.environment["LONG_AT_ONCE"]),
        }
        for worker in WORKERS:
            assert stage.functions[worker].reserved_concurrency is None  # or jobs would spend tries
        assert sum(jobs.values()) + reserved + UNRESERVED <= CONCURRENCY

    def test_dev_fits_into_a_new_account_and_runs_on_x86_64_as_most_machines_do(self) -> None:
        dev = files.stage("dev")
        assert dev.functions[DOOR].reserved_concurrency is None  # a new account has ten in all
        jobs = [each.maximum_concurrency or 1000 for each in dev.event_sources.values()]
        assert sum(jobs) <= 8  # so that some are left for the door
        assert {each.architecture for each in dev.functions.values()} == {"x86_64"}

    def test_prod_keeps_room_for_the_door_and_runs_on_arm64(self) -> None:
        prod = files.stage("prod")
        assert (prod.functions[DOOR].reserved_concurrency or 0) >= 100
        assert {each.architecture for each in prod.functions.values()} == {"arm64"}

    def test_prod_is_in_safe_mode(self) -> None:
        assert files.stage("prod").environment["WECHAT_MODE"] == "safe"

    def test_memory_is_the_same_wherever_it_is_measured(self) -> None:
        every = [each for name in STAGES for each in files.stage(name).functions.values()]
        assert len({each.memory_size for each in every}) == 1
