"""The library that runs the model tells nobody that it is used, and leaves no device id behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SESSION = """
import sys, time
from pathlib import Path
import knowledge_base.model.bundled as bundled
import onnxruntime, onnx
from onnx import TensorProto, helper
value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1])
graph = helper.make_graph([helper.make_node("Identity", ["a"], ["b"])], "g", [value("a")], [value("b")])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
print(session.get_inputs()[0].name)
deadline = time.monotonic() + float(sys.argv[1])
while time.monotonic() < deadline and not any("deviceid" in path.name for path in Path.home().rglob("*")):
    time.sleep(0.05)
"""


def _left_behind(folder: Path, patience_s: float, **more: str) -> list[str]:
    """Whatever a session leaves in its home: the library writes its id in a thread of its own."""
    # Nothing but this, whoever runs the tests: where CI, GITHUB_ACTIONS and a dozen others like them are set, the
    # library keeps still by itself, and then neither test would say anything about us.
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", SESSION, str(patience_s)],
        env=environment | more,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "a\n"
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def test_onnx_runtime_leaves_nothing_behind(tmp_path: Path) -> None:
    assert _left_behind(tmp_path / "home", 1) == []


def test_whoever_wants_to_tell_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And thereby: what the first test looks for would be found, on a machine that only runs tests too."""
    monkeypatch.setenv("CI", "true")
    found = _left_behind(tmp_path / "home", 30, ORT_DISABLE_TELEMETRY="0")
    assert any("deviceid" in name for name in found)
