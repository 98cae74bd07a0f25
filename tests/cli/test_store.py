import json
import os
import shutil
import subprocess


def test_status_counts_what_the_store_holds(orders):
    status = orders.json("status")
    assert status["datasets"] == 1
    assert status["versions"] == 1
    assert status["bytes"] == sum(f["bytes"] for f in orders.json("show", "orders")["files"])
    assert status["verdict"] in ("ok", "degraded")
    assert status["output"] == "data/output"
    assert "1 dataset, 1 version" in orders("status").stdout


def test_status_speaks_prometheus(orders):
    lines = orders("status", "--prometheus").stdout.splitlines()
    assert "cairn_versions 1" in lines
    assert "# TYPE cairn_versions gauge" in lines


def test_doctor_passes_a_healthy_store_and_fails_a_damaged_one(orders):
    findings = {f["what"]: f["state"] for f in orders.json("doctor")["findings"]}
    assert findings["catalog"] == "ok" and findings["files"] == "ok" and findings["mirrors"] == "ok"
    path = orders.folder / orders.json("show", "orders")["files"][0]["path"]
    path.write_bytes(path.read_bytes() + b"x")
    findings = {f["what"]: f["state"] for f in orders.json("doctor", code=1)["findings"]}
    assert findings["files of orders@1"] == "fail"


def test_a_catalog_of_noise_is_corrupt_for_commands_and_a_finding_for_the_doctor(orders):
    output = orders.folder / "data" / "output"
    for leftover in output.glob("catalog.sqlite-*"):
        leftover.unlink()
    (output / "catalog.sqlite").write_bytes(bytes(range(7, 256)) * 64)
    assert "catalog" in orders("versions", code=16).error
    assert "catalog" in orders("export", "orders.csv", "--dataset", "orders", code=16).error
    assert "fail" in orders("doctor", code=1).stdout


def test_settings_are_shown_with_their_origin(cairn):
    cairn.write("cairn.yaml", "threads: 3\n")
    settings = {s["name"]: s for s in cairn.json("config", "show", env={"CAIRN_SHA256": "true"})}
    assert settings["threads"] == {"name": "threads", "value": "3", "origin": "cairn.yaml"}
    assert settings["sha256"] == {"name": "sha256", "value": "true", "origin": "CAIRN_SHA256"}
    assert settings["output_data_path"]["origin"] == "default"


def test_a_flag_beats_the_environment_which_beats_the_file(cairn):
    cairn.write("cairn.yaml", "output_formats: [csv, parquet]\n")
    cairn.write("in.csv", "id\n1\n")
    environment = {"CAIRN_OUTPUT_FORMATS": "[csv]"}
    formats = lambda summary: [file["format"] for file in summary["files"]]
    assert formats(cairn.json("export", "in.csv", "-d", "x")) == ["csv", "parquet"]
    assert formats(cairn.json("export", "in.csv", "-d", "x", env=environment)) == ["csv"]
    assert formats(cairn.json("export", "in.csv", "-d", "x", "--format", "parquet", env=environment)) == ["parquet"]


def test_a_misspelt_setting_names_the_nearest_one(cairn):
    cairn.write("cairn.yaml", "output_formts: [csv]\n")
    error = cairn("config", "show", code=2).error
    assert "line 1" in error and "did you mean 'output_formats'" in error


def test_a_yaml_bomb_is_refused(cairn):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    cairn.write("bomb.yaml", "\n".join(lines))
    cairn("--config", "bomb.yaml", "config", "show", code=2).error


def test_a_missing_configuration_is_told(cairn):
    assert "nowhere.yaml" in cairn("--config", "nowhere.yaml", "config", "show", code=10).error


def test_version_names_the_libraries(cairn):
    libraries = cairn.json("version")
    assert set(libraries) == {"cairn", "arrow", "sqlite", "openssl"}
    assert cairn("--version").stdout == f"cairn {libraries['cairn']}\n"


def test_a_misspelt_command_or_option_names_the_nearest_one(cairn):
    assert "did you mean 'export'" in cairn("exprot", code=2).error
    assert "did you mean '--dataset'" in cairn("export", "x.csv", "--datset", "y", code=2).error
    assert "cairn --help" in cairn(code=2).error


def commands_of(cairn, group=()):
    """Every command, with the words of the group that it is in."""
    listed = cairn(*group, "--help").stdout.partition("Subcommands:\n")[2].split("\n\n")[0].splitlines()
    if not listed:
        return [group]
    return [command for line in listed for command in commands_of(cairn, (*group, line.split()[0]))]


def test_every_command_has_help_with_two_examples(cairn):
    for command in commands_of(cairn):
        text = cairn(*command, "--help").stdout
        examples = text.split("Examples:\n")[1].split("\n\n")[0].splitlines()
        assert len(examples) == 2, command
        assert f"Usage: cairn {' '.join(command)}" in text


def test_completion_knows_every_command_and_option(cairn):
    script = cairn("completion", "bash").stdout
    words = subprocess.run(
        ["bash", "-c", script + '\nCOMP_WORDS=(cairn export --an); COMP_CWORD=2; _cairn; echo "${COMPREPLY[@]}"\n'
         'COMP_WORDS=(cairn ""); COMP_CWORD=1; _cairn; echo "${COMPREPLY[@]}"'],
        capture_output=True, check=True, text=True).stdout.splitlines()
    assert words[0] == "--analytical"
    assert {command[0] for command in commands_of(cairn)} <= set(words[1].split())


def test_output_to_a_full_device_fails_with_one_line(orders):
    with open("/dev/full", "wb") as full:
        process = orders.start("versions", stdout=full)
        error = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 15
    assert error.startswith("cairn: ") and error.count("\n") == 1


def test_the_demo_tells_its_story_and_can_be_run_again(cairn):
    for _ in range(2):
        result = cairn("demo", "here")
        assert result.stderr == ""
        assert "shop@2" in result.stdout and "CONTENT_DIGEST" in result.stdout
        assert "killed  signal 9" in result.stdout and "resume  checkpoint bestsellers_" in result.stdout
        assert result.stdout.count("shop@2  (read by: bestsellers, ABORT)") == 2
        assert len(result.stdout.splitlines()) <= 60
    assert cairn.json("-C", "here", "verify", "--all")["passed"] is True
    assert cairn.json("-C", "here", "diff", "shop@1", "shop@2", code=1)["identical"] is False


def test_the_demo_leaves_a_folder_alone_that_is_not_its_own(cairn):
    cairn.write("mine/data/precious.txt", "keep")
    assert cairn.json("demo", "mine")["folder"] == "mine/cairn-demo"
    assert (cairn.folder / "mine" / "data" / "precious.txt").read_text() == "keep"


def test_the_demo_makes_the_same_data_every_time(cairn):
    digests = [[version["digest"] for version in cairn.json("demo", folder)["versions"]] for folder in ("a", "b")]
    assert digests[0] == digests[1]
