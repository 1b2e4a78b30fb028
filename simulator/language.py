"""The language in which commands speak: Chinese where the environment says so, else English."""

import os
from collections.abc import Mapping
from enum import Enum

from .english import SENTENCES
from .sentences import raised_in_chinese

_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables of a locale, the strongest first."""


class Language(Enum):
    CHINESE = "zh"
    ENGLISH = "en"

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Language":
        """The language of the environment's messages, such as `zh_CN.UTF-8`."""
        locale = next(filter(None, (environment.get(name) for name in _NAMES)), "")
        return cls.CHINESE if locale.lower().startswith("zh") else cls.ENGLISH

    def says(self, chinese: str, /, **values: object) -> str:
        """A sentence or word of the simulator in this language, with the values filled in."""
        text = SENTENCES[chinese] if self is Language.ENGLISH else chinese
        return text.format(**values)

    def tells(self, english: str) -> str:
        """A sentence of the log or the phone's server, or an exception with one."""
        return english if self is Language.ENGLISH else raised_in_chinese(english)
