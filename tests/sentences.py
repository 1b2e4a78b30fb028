"""Sentences in the code that a page shows: found where they are written, `{}` for what varies."""

import ast
from collections.abc import Iterator
from typing import TypeVar

from tests.project import HANDLERS, PROJECT

N = TypeVar("N", bound=ast.AST)

_REASONED = {"reason", "problem"}
"""Arguments of a line of the log that say why."""


def trees(*places: str) -> list[ast.Module]:
    """The framework's modules in these files and folders of the project."""
    paths = [PROJECT / place for place in places]
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py"))]
    return [ast.parse(file.read_text()) for file in files if not file.is_relative_to(HANDLERS)]


def logged(modules: list[ast.Module]) -> set[str]:
    """The first words of a line of the log, and its reason, where it has one."""
    heads = {text for call in _calls(modules, "write", "error") for text in _texts(call.args[:1])}
    heads |= {text for call in _calls(modules, "_note") for text in _texts(call.args[:1])}
    given = {
        text
        for call in _calls(modules)
        for each in call.keywords
        if each.arg in _REASONED
        for text in _texts([each.value])
    }
    return heads | given


def raised(modules: list[ast.Module], *bases: str) -> set[str]:
    """What exceptions of these classes, and of those made of them, say when they are made."""
    classes = {each.name: each for each in _all(modules, ast.ClassDef)}
    names = set(bases)
    while more := {
        name
        for name, each in classes.items()
        if name not in names and names & {ast.unparse(base) for base in each.bases}
    }:
        names |= more
    return {text for call in _calls(modules, *names) for text in _texts(call.args)}


def returned(modules: list[ast.Module], function: str) -> set[str]:
    """The texts that functions of that name return."""
    return {
        text
        for each in _all(modules, ast.FunctionDef)
        if each.name == function
        for found in ast.walk(each)
        if isinstance(found, ast.Return) and found.value
        for text in _texts([found.value])
    }


def keyed(modules: list[ast.Module], key: str) -> set[str]:
    """The texts that stand under that key, wherever an object is written out."""
    return {
        text
        for each in _all(modules, ast.Dict)
        for name, value in zip(each.keys, each.values, strict=True)
        if name is not None and ast.unparse(name) == repr(key)
        for text in _texts([value])
    }


def assigned(modules: list[ast.Module], name: str) -> ast.expr:
    """What is assigned to that name, once."""
    (found,) = [
        each.value
        for each in _all(modules, ast.AnnAssign)
        if ast.unparse(each.target) == name and each.value
    ]
    return found


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Constant(str(text)) if text:
                yield text
            case ast.JoinedStr(parts):
                yield "".join(_part(part) for part in parts)
            case ast.IfExp(body=body, orelse=other):
                yield from _texts([body, other])


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


def _calls(modules: list[ast.Module], *names: str) -> Iterator[ast.Call]:
    for call in _all(modules, ast.Call):
        if not names or ast.unparse(call.func).rpartition(".")[2] in names:
            yield call


def _all(modules: list[ast.Module], kind: type[N]) -> Iterator[N]:
    for module in modules:
        for node in ast.walk(module):
            if isinstance(node, kind):
                yield node
