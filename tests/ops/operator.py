"""An operator: the folder they work in, the stage they look after, and what they type."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from click.testing import CliRunner, Result

from ops import stack, upgrades
from ops.command import main
from ops.target import Target
from simulator.account import Account

STAGE = "t1"


@dataclass(frozen=True)
class Operator:
    """Types commands about `stage` in the folder `project`."""

    project: Path
    stage: str

    @classmethod
    def new(cls, project: Path) -> "Operator":
        """Describes a new production stage in `project`."""
        operator = cls(project, STAGE)
        (project / ".chalice").mkdir()
        (project / "app.py").write_text(
            "from chalice.app import Chalice\n\napp = Chalice(app_name='wechalice')\n"
        )
        operator.configure()
        return operator

    @property
    def target(self) -> Target:
        return Target(self.stage, self.project)

    def configure(self, **environment: str) -> None:
        """Writes the configuration, with those variables in the stage's environment."""
        described = {
            "environment_variables": environment,
            "autogen_policy": False,
            "alarm_email": "ops@example.com",
        }
        self.target.config_file.write_text(
            json.dumps(
                {
                    "version": "2.0",
                    "app_name": "wechalice",
                    "lambda_timeout": 30,
                    "lambda_memory_size": 512,
                    "lambda_functions": {"worker": {"lambda_timeout": 60}},
                    "stages": {self.stage: described},
                }
            )
        )
        upgrades.complete(self.target)

    def types(self, *words: str, answers: str = "") -> Result:
        """What comes of a command about their stage; `answers` is what they type when asked."""
        return self.asks(*words, "--stage", self.stage, answers=answers)

    @staticmethod
    def asks(*words: str, answers: str = "") -> Result:
        """What comes of a command that is about no stage."""
        return CliRunner().invoke(main, words, input=answers)

    def reads(self, *words: str) -> Any:
        """What a command says in JSON."""
        return json.loads(self.types(*words, "--json").stdout)

    def keeps(self, name: str, value: str) -> None:
        """Puts a secret into SSM, as everybody does."""
        boto3.client("ssm").put_parameter(
            Name=f"/wechalice/{self.stage}/{name}", Value=value, Type="SecureString", Overwrite=True
        )

    def keeps_secrets_of(self, account: Account) -> None:
        self.keeps("app-id", account.app_id)
        self.keeps("app-secret", account.app_secret)
        self.keeps("token", account.token)
        self.keeps("encoding-aes-key", account.encoding_aes_key)

    def stack_status(self) -> str | None:
        return stack.status(self.target.stack)
