"""A bundle's bill of materials (CycloneDX): cyclonedx-bom's list for the environment, minus what is not bundled."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from bundle.build import Built
from bundle.parts import OWN
from exoplanet_desktop import __version__


def write(built: Built, tools: Path, environment: Path, target: Path) -> None:
    """Write `target`.

    Args:
        built: the bundle; its parts become the components.
        tools: commands folder of the tools' environment.
        environment: the Python of the environment that the bundle was built in.
        target: a `.cdx.json` file.

    Raises subprocess.CalledProcessError if the tool fails.
    """
    command = [str(tools / "cyclonedx-py"), "environment", "--output-reproducible", "--sv", "1.6", "--of", "JSON"]
    told = subprocess.run([*command, str(environment)], check=True, capture_output=True, text=True)
    bom: dict[str, Any] = json.loads(told.stdout)
    packages = {_plain(part.name) for part in built.parts if part.kind == "package"}
    kept = [component for component in bom.get("components", []) if _plain(component["name"]) in packages]
    if missing := packages - {_plain(component["name"]) for component in kept}:
        raise ValueError(f"The bill of materials lacks {', '.join(sorted(missing))}.")
    for component in kept:
        # The download source is not a property of the package, and would name this machine's index.
        component["externalReferences"] = [
            reference for reference in component.get("externalReferences", []) if reference["type"] != "distribution"
        ]
    others = [
        {
            "type": "platform" if part.kind == "interpreter" else "library",
            "bom-ref": f"{part.kind}:{part.name}@{part.version}",
            "name": part.name,
            "version": part.version,
        }
        for part in built.parts
        if part.kind in ("library", "interpreter")
    ]
    components = [*kept, *others]
    known = {component["bom-ref"] for component in components}
    bom["components"] = components
    bom["dependencies"] = [
        {**entry, "dependsOn": [name for name in entry.get("dependsOn", []) if name in known]}
        for entry in bom.get("dependencies", [])
        if entry["ref"] in known
    ]
    bom["metadata"]["component"] = {"type": "application", "bom-ref": OWN, "name": OWN, "version": __version__}
    text = json.dumps(bom, indent=1, ensure_ascii=False) + os.linesep
    target.write_text(text, encoding="utf-8")


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
