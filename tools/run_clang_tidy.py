#!/usr/bin/env python3
"""Run clang-tidy on the sources of a build folder, and remember which contents passed.

A file is looked at again only when its preprocessed dependencies, its command or the checks changed: what the compiler
recorded in the build's dependency log decides. Usage: run_clang_tidy.py BUILD [--all]
"""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("src", "cli", "examples")


def dependencies(build):
    """Project files behind each object, from ninja's dependency log."""
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    result, current = {}, None
    for line in listing.splitlines():
        if line and not line.startswith(" "):
            current = result.setdefault(line.split(":")[0], [])
        elif line.strip() and current is not None:
            path = Path(line.strip())
            if path.is_relative_to(ROOT) and ".venv" not in path.parts:
                current.append(path)
    return result


def stamp(entry, files):
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + entry["command"].encode())
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main():
    build = Path(sys.argv[1]).resolve()
    everything = "--all" in sys.argv[2:]
    passed_file = build / "clang-tidy-passed.json"
    passed = {} if everything or not passed_file.exists() else json.loads(passed_file.read_text())
    deps = dependencies(build)
    todo = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = Path(entry["file"])
        if source.is_relative_to(ROOT) and source.relative_to(ROOT).parts[0] in SOURCES:
            words = entry["command"].split()
            mark = stamp(entry, deps.get(words[words.index("-o") + 1], [source]))
            if passed.get(str(source)) != mark:
                todo[str(source)] = mark

    def tidy(source):
        command = ["clang-tidy", "--quiet", "-p", str(build), source]
        return source, subprocess.run(command, capture_output=True, text=True, check=False)

    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, run in pool.map(tidy, sorted(todo)):
            if run.returncode == 0:
                passed[source] = todo[source]
            else:
                failed += 1
                print(run.stdout + "\n".join(l for l in run.stderr.splitlines() if "warnings generated" not in l))
    passed_file.write_text(json.dumps(passed))
    print(f"clang-tidy: {len(todo) - failed} files passed, {failed} failed, {len(passed) - len(todo) + failed} unchanged")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
