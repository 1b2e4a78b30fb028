"""Dataclasses that Python makes when the first is used.

Making one takes as long as thirty lines of a module to load, and a process uses few of the fifty
kinds of pushes and replies. All of them made at once were a tenth of each cold start.
"""

import dataclasses
from collections.abc import Callable, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Any

__all__ = ["lazy_dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass as lazy_dataclass
else:

    def lazy_dataclass(**options: Any) -> Callable[[type], type]:
        """`dataclasses.dataclass`, made at the first instance, or when its fields are asked for."""

        def declared(cls: type) -> type:
            cls.__dataclass_fields__ = _Unmade(cls, options, vars(cls).get("__init__"))
            cls.__init__ = _made_first
            return cls

        return declared


_making = RLock()


def _made_first(self: Any, *arguments: Any, **named: Any) -> None:
    with _making:
        dataclasses.fields(self)
    self.__init__(*arguments, **named)


class _Unmade:
    """Stands where a dataclass has its fields, and makes them when somebody looks for them.

    A class has a usable `__init__` at any time, because other threads do not wait. If the time of
    a handler ends here, which may be anywhere, the class is what it was, and is made another time.
    """

    def __init__(self, cls: type[Any], options: dict[str, Any], own_init: Any) -> None:
        self._cls = cls
        self._options = options
        self._own_init = own_init

    def __get__(self, _instance: object, owner: type[Any]) -> Any:
        with _making:
            if vars(self._cls)["__dataclass_fields__"] is self:
                declared = dict(vars(self._cls))
                try:
                    self._make()
                except BaseException:
                    _restore(self._cls, declared)
                    raise
        return owner.__dataclass_fields__

    def _make(self) -> None:
        dataclasses.dataclass(**self._options, init=False)(self._cls)
        self._cls.__init__ = self._own_init or _generated_init(self._cls)


def _generated_init(cls: type[Any]) -> Any:
    """From a child of it, because a dataclass keeps the `__init__` that it finds in a class."""
    child = type(cls.__name__, (cls,), {"__doc__": cls.__doc__, "__qualname__": cls.__qualname__})
    return vars(dataclasses.dataclass(frozen=True, repr=False, eq=False)(child))["__init__"]


def _restore(cls: type[Any], declared: Mapping[str, Any]) -> None:
    for name in vars(cls).keys() - declared.keys():
        delattr(cls, name)
    for name, value in declared.items():
        if vars(cls)[name] is not value:
            setattr(cls, name, value)
