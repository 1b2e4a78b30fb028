"""The page's scripts import each other in one direction, as Python's modules do."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "simulator" / "phone" / "static"
_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)";', re.MULTILINE)


def imports(scripts: Path) -> dict[Path, set[Path]]:
    """Each script, and the scripts that it imports."""
    return {
        script: {(script.parent / each).resolve() for each in _IMPORT.findall(script.read_text())}
        for script in scripts.resolve().rglob("*.js")
    }


def circle(graph: dict[Path, set[Path]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [path.name for path in error.args[1]]
    return []


def test_no_scripts_import_each_other_in_a_circle() -> None:
    graph = imports(STATIC)
    assert sum(map(len, graph.values())) > 100  # or they are not found at all
    assert circle(graph) == []


@pytest.mark.parametrize(
    "statement", ['import { b } from "./b.js";', 'export { b } from "./b.js";']
)
def test_a_circle_would_be_found(tmp_path: Path, statement: str) -> None:
    (tmp_path / "a.js").write_text(statement)
    (tmp_path / "b.js").write_text('import {\n  a,\n} from "./a.js";')
    assert set(circle(imports(tmp_path))) == {"a.js", "b.js"}
