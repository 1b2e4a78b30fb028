"""What somebody breaks by hand on AWS, by the rows of the table in docs/operations.md."""

import json
from collections.abc import Callable, Mapping

import boto3

from ops import alarm_address, deployed, event_sources, stack
from ops.target import CALLER, LONG_WORKER, WORKER, Target, read_config, write_config

_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def delete_state(target: Target) -> None:
    boto3.client("dynamodb").delete_table(TableName=target.settings.state_table)


def delete_profiles(target: Target) -> None:
    dynamodb, name = boto3.client("dynamodb"), target.settings.profiles_table
    dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=name)


def delete_queue(target: Target) -> None:
    boto3.client("sqs").delete_queue(QueueUrl=_url(target.settings.jobs_queue))


def delete_dead_letter_queue(target: Target) -> None:
    boto3.client("sqs").delete_queue(QueueUrl=_url(target.queues[1].dead_letters))


def remove_queue_policy(target: Target) -> None:
    url = _url(target.settings.long_queue)
    boto3.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})


def delete_log(target: Target) -> None:
    name = f"/aws/lambda/{target.function(WORKER)}"
    boto3.client("logs").delete_log_group(logGroupName=name)


def delete_alarm(target: Target) -> None:
    boto3.client("cloudwatch").delete_alarms(AlarmNames=[f"{target.door}-job-dead"])


def delete_topic(target: Target) -> None:
    boto3.client("sns").delete_topic(TopicArn=stack.ids(target.stack)["Alarms"])


def end_subscriptions(target: Target) -> None:
    sns, topic = boto3.client("sns"), stack.ids(target.stack)["Alarms"]
    for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])


def forget_address(target: Target) -> None:
    end_subscriptions(target)
    config = read_config(target.config_file)
    del config["stages"][target.stage][alarm_address.SETTING]
    write_config(target.config_file, config)


def delete_dashboard(target: Target) -> None:
    boto3.client("cloudwatch").delete_dashboards(DashboardNames=[target.door])


def delete_nat_gateway(target: Target) -> None:
    gateway = stack.ids(target.exit_stack)["Exit"]
    boto3.client("ec2").delete_nat_gateway(NatGatewayId=gateway)


def release_address(target: Target) -> None:
    ec2, address = boto3.client("ec2"), stack.ids(target.exit_stack)["Address"]
    found = ec2.describe_addresses()["Addresses"]
    (one,) = [each for each in found if each["PublicIp"] == address]
    ec2.release_address(AllocationId=one["AllocationId"])


def switch_time_to_live_off(target: Target) -> None:
    boto3.client("dynamodb").update_time_to_live(
        TableName=target.settings.state_table,
        TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires"},
    )


def switch_backups_off(target: Target) -> None:
    boto3.client("dynamodb").update_continuous_backups(
        TableName=target.settings.profiles_table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
    )


def mute_alarm(target: Target) -> None:
    name = f"{target.door}-jobs-waiting"
    boto3.client("cloudwatch").disable_alarm_actions(AlarmNames=[name])


def shorten_log(target: Target) -> None:
    name = f"/aws/lambda/{target.door}"
    boto3.client("logs").put_retention_policy(logGroupName=name, retentionInDays=7)


def change_visibility(target: Target) -> None:
    url = _url(target.settings.jobs_queue)
    boto3.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "30"})


def remove_redrive_policy(target: Target) -> None:
    url = _url(target.settings.long_queue)
    boto3.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})


def delete_function(target: Target) -> None:
    boto3.client("lambda").delete_function(FunctionName=target.function(WORKER))


def delete_api(target: Target) -> None:
    api = deployed.rest_api(target)
    assert api
    boto3.client("apigateway").delete_rest_api(restApiId=api)


def delete_gateway_stage(target: Target) -> None:
    api = deployed.rest_api(target)
    assert api
    boto3.client("apigateway").delete_stage(restApiId=api, stageName=deployed.GATEWAY_STAGE)


def forbid_api(target: Target) -> None:
    lambda_ = boto3.client("lambda")
    policy = json.loads(lambda_.get_policy(FunctionName=target.door)["Policy"])
    for each in policy["Statement"]:
        lambda_.remove_permission(FunctionName=target.door, StatementId=each["Sid"])


def delete_role(target: Target) -> None:
    iam, role = boto3.client("iam"), f"{target.door}-api_handler"
    iam.delete_role_policy(RoleName=role, PolicyName=role)
    iam.delete_role(RoleName=role)


def remove_tags(target: Target) -> None:
    boto3.client("lambda").untag_resource(Resource=_function(target), TagKeys=["aws-chalice"])


def tag_again(target: Target) -> None:
    boto3.client("lambda").tag_resource(
        Resource=_function(target), Tags={"aws-chalice": f"stage={target.stage}:app=wechalice"}
    )


def delete_event_source(target: Target) -> None:
    source = _event_source(target, LONG_WORKER)
    boto3.client("lambda").delete_event_source_mapping(UUID=source)


def disable_event_source(target: Target) -> None:
    source = _event_source(target, WORKER)
    boto3.client("lambda").update_event_source_mapping(UUID=source, Enabled=False)


def throttle_function(target: Target) -> None:
    boto3.client("lambda").put_function_concurrency(
        FunctionName=target.door, ReservedConcurrentExecutions=0
    )


def shorten_time(target: Target) -> None:
    boto3.client("lambda").update_function_configuration(
        FunctionName=target.function(WORKER), Timeout=3
    )


def take_memory(target: Target) -> None:
    boto3.client("lambda").update_function_configuration(
        FunctionName=target.function(LONG_WORKER), MemorySize=128
    )


def delete_variables(target: Target) -> None:
    boto3.client("lambda").update_function_configuration(
        FunctionName=target.function(CALLER), Environment={"Variables": {}}
    )


def change_policy(target: Target) -> None:
    role = target.function(WORKER)
    policy = {"Version": "2012-10-17", "Statement": [_EVERYTHING]}
    boto3.client("iam").put_role_policy(
        RoleName=role, PolicyName=role, PolicyDocument=json.dumps(policy)
    )


def delete_policy(target: Target) -> None:
    role = target.function(LONG_WORKER)
    boto3.client("iam").delete_role_policy(RoleName=role, PolicyName=role)


def shorten_policy_file(target: Target) -> None:
    file = target.config_file.with_name(f"policy-{target.stage}-door.json")
    policy = json.loads(file.read_text())
    file.write_text(json.dumps({**policy, "Statement": policy["Statement"][1:]}))


def delete_stack(target: Target) -> None:
    stack.delete(target.stack, lambda _: None)


def delete_exit(target: Target) -> None:
    stack.delete(target.exit_stack, lambda _: None)


def delete_secret(target: Target) -> None:
    name = f"{target.settings.parameter_path}/app-secret"
    boto3.client("ssm").delete_parameter(Name=name)


def damage_secret(target: Target) -> None:
    boto3.client("ssm").put_parameter(
        Name=f"{target.settings.parameter_path}/token", Value="a b", Overwrite=True
    )


DELETED: Mapping[str, Callable[[Target], None]] = {
    "the state table was deleted": delete_state,
    "the profiles were deleted": delete_profiles,
    "the queue was deleted": delete_queue,
    "a dead-letter queue was deleted": delete_dead_letter_queue,
    "the policy of a queue was removed": remove_queue_policy,
    "a log was deleted": delete_log,
    "an alarm was deleted": delete_alarm,
    "the topic of the alarms was deleted": delete_topic,
    "the dashboard was deleted": delete_dashboard,
    "the NAT gateway was deleted": delete_nat_gateway,
    "the elastic IP was released": release_address,
}
CHANGED: Mapping[str, Callable[[Target], None]] = {
    "time to live was switched off": switch_time_to_live_off,
    "backups of the profiles were switched off": switch_backups_off,
    "the actions of an alarm were switched off": mute_alarm,
    "the time of a log was shortened": shorten_log,
    "the visibility of a queue was changed": change_visibility,
    "the redrive policy of a queue was removed": remove_redrive_policy,
}
UNSUBSCRIBED: Mapping[str, Callable[[Target], None]] = {
    "the subscription to the alarms ended": end_subscriptions
}
NOBODY: Mapping[str, Callable[[Target], None]] = {
    "nobody was ever named for the alarms": forget_address
}
UNDEPLOYED: Mapping[str, Callable[[Target], None]] = {
    "an event source was disabled": disable_event_source,
    "an event source was deleted": delete_event_source,
    "a function was deleted": delete_function,
    "a function was throttled (reserved concurrency 0)": throttle_function,
    "a policy was changed": change_policy,
    "the API was deleted": delete_api,
    "a role was deleted": delete_role,
    "the policy of a role was deleted": delete_policy,
}
STAGELESS: Mapping[str, Callable[[Target], None]] = {
    "the stage of the API was deleted": delete_gateway_stage,
}
LESSENED: Mapping[str, Callable[[Target], None]] = {
    "the API lost its permission to call the door": forbid_api,
    "the time of a function was shortened": shorten_time,
    "the memory of a function was taken away": take_memory,
    "the variables of a function were deleted": delete_variables,
}
BY_DEPLOY = (LESSENED, STAGELESS, UNDEPLOYED)
"""What a deploy fixes; in each group nothing hides another."""
SECRET: Mapping[str, Callable[[Target], None]] = {
    "a secret was deleted": delete_secret,
    "a secret was damaged": damage_secret,
}
UNDESCRIBED: Mapping[str, Callable[[Target], None]] = {
    "a statement of the framework's was deleted from a policy file": shorten_policy_file
}
UNTAGGED: Mapping[str, Callable[[Target], None]] = {
    "the tags of a function were removed": remove_tags
}
LOST: Mapping[str, Callable[[Target], None]] = {
    "the stack was deleted": delete_stack,
    "the stack of the fixed exit was deleted": delete_exit,
}


def _url(queue: str) -> str:
    return boto3.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]


def _function(target: Target) -> str:
    found = boto3.client("lambda").get_function(FunctionName=target.function(WORKER))
    return found["Configuration"]["FunctionArn"]


def _event_source(target: Target, worker: str) -> str:
    (found,) = [each for queue, each in event_sources.of(target) if queue.worker == worker]
    assert found
    return found["UUID"]
