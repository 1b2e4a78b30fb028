"""`python -m tests.formats` writes what this release keeps; done once, when it is released."""

from .kept import FOLDER, written

kept = written()
path = FOLDER / f"{kept.release}.json"
path.write_text(kept.to_json(), encoding="utf-8")
print(path)
