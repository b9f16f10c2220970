"""Every file of a bundle is attributed to its source: a package, the system, the interpreter, or ourselves."""

import json
import shutil
import sysconfig
from pathlib import Path

import numpy
import pytest

from bundle.parts import OWN, PROJECT, PYTHON, by_size, parts_of


def test_files_go_to_their_makers(tmp_path: Path) -> None:
    taken = {
        "numpy/__init__.py": Path(numpy.__file__),
        "json.py": Path(sysconfig.get_paths()["stdlib"]) / "json/__init__.py",
        "style.qss": PROJECT / "resources/style.qss",
    }
    for name, source in taken.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(source, tmp_path / name)
    listed = tmp_path / "sources.json"
    files = [[name, str(source), "DATA"] for name, source in taken.items()]
    listed.write_text(json.dumps({"modules": [], "files": files}))

    parts = {part.name: part for part in parts_of(tmp_path, listed)}

    assert {name: part.kind for name, part in parts.items()} == {
        "numpy": "package",
        PYTHON: "interpreter",
        OWN: "own",
    }
    assert parts["numpy"].version == numpy.__version__
    assert dict(by_size(list(parts.values())))[OWN] == (PROJECT / "resources/style.qss").stat().st_size


@pytest.mark.skipif(not Path("/var/lib/dpkg/info").is_dir(), reason="needs dpkg")
def test_a_library_of_the_system_goes_to_its_package(tmp_path: Path) -> None:
    library = next(Path("/usr/lib").glob("*-linux-gnu/libz.so.1*"), None)
    if library is None:
        pytest.skip("no zlib of the system here")
    shutil.copyfile(library, tmp_path / "libz.so.1")
    listed = tmp_path / "sources.json"
    listed.write_text(json.dumps({"modules": [], "files": [["libz.so.1", str(library), "BINARY"]]}))
    (part,) = parts_of(tmp_path, listed)
    assert (part.name, part.kind) == ("zlib1g", "library")
    assert part.version
