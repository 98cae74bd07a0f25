#!/usr/bin/env python3
"""Hold the includes of the sources against the layers they belong to.

The picture is the USES lines of src/*/CMakeLists.txt. A file may include its own layer and those below it; what a layer
shows the world is listed as API there and belongs to it. Public headers include the standard library,
arrow/type_fwd.h and each other. Some libraries belong to one layer alone.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#include\s+([<"])([^>"]+)[>"]', re.MULTILINE)

# What only one layer may speak, by the start of the include. The reasons are in docs/architecture.md.
CONFINED = {
    "SQLiteCpp/": {"catalog"},
    "sqlite3.h": {"catalog"},
    "parquet/": {"formats"},
    "arrow/csv": {"formats"},
    "arrow/json": {"formats"},
    "yaml-cpp/": {"config"},
    "fcntl.h": {"io"},
    "sys/stat.h": {"io"},
    "sys/file.h": {"io"},
    "fstream": {"io"},
    "CLI/": {"cli"},
}


def words_after(keyword, text):
    match = re.search(rf"\b{keyword}\s+([^)]*?)(?=\b(?:USES|LINKS|API)\b|\))", text)
    return match.group(1).split() if match else []


def read_layers():
    """Direct uses and public headers of every layer, by name."""
    uses, owner = {}, {}
    for cmake in sorted(ROOT.glob("src/*/CMakeLists.txt")):
        text = cmake.read_text()
        layer = cmake.parent.name
        uses[layer] = words_after("USES", text)
        for header in words_after("API", text):
            owner[f"cairn/{header}"] = layer
    return uses, owner


def closure(uses, layer, seen=None):
    seen = set() if seen is None else seen
    for below in uses.get(layer, []):
        if below not in seen:
            seen.add(below)
            closure(uses, below, seen)
    return seen


def find_cycles(uses):
    return [f"layer {layer} uses itself" for layer in uses if layer in closure(uses, layer)]


def check_source(path, layer, allowed, owner, layers):
    for bracket, target in INCLUDE.findall(path.read_text()):
        where = f"{path.relative_to(ROOT)} includes {target}"
        for start, homes in CONFINED.items():
            if bracket == "<" and target.startswith(start) and layer not in homes:
                yield f"{where}, which belongs to {' and '.join(sorted(homes))}"
        if bracket == '"':
            first = target.split("/")[0]
            home = owner.get(target) if first == "cairn" else first if first in layers else None
            if first == "cairn" and home is None:
                yield f"{where}, which no layer lists as API"
            elif home is not None and home != layer and home not in allowed:
                yield f"{where}: {layer} must not include {home}"


def check_public_header(path):
    for bracket, target in INCLUDE.findall(path.read_text()):
        std = bracket == "<" and "/" not in target and not target.endswith(".h")
        if not (std or target == "arrow/type_fwd.h" or (bracket == '"' and target.startswith("cairn/"))):
            yield f"{path.relative_to(ROOT)} includes {target}: public headers include std, arrow/type_fwd.h and each other"


def main():
    uses, owner = read_layers()
    problems = find_cycles(uses)
    for layer in uses:
        for path in sorted(ROOT.glob(f"src/{layer}/**/*")):
            if path.suffix in {".h", ".cc"}:
                problems += check_source(path, layer, closure(uses, layer), owner, uses)
    for path in sorted(ROOT.glob("cli/**/*")):
        if path.suffix in {".h", ".cc"}:
            problems += check_source(path, "cli", set(uses), owner, uses)
    for path in sorted(ROOT.glob("include/cairn/*.h")):
        problems += check_public_header(path)
    for header in sorted(p.name for p in ROOT.glob("include/cairn/*.h")):
        if f"cairn/{header}" not in owner:
            problems.append(f"include/cairn/{header} is the API of no layer")
    print("\n".join(problems) if problems else f"{len(uses)} layers, includes point downward only")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
