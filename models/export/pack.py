"""Writing a Lexmask pack: graphs, their comparison with PyTorch, digests and model.json."""

from __future__ import annotations

import hashlib
import inspect
import json
import shutil
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import torch

OPSET = 17
# In parts of the largest number of an output: what rounding may make, and what is another network.
ROUNDING = 1e-4
WRONG = 1e-2


class ExportError(Exception):
    """The network cannot be exported; the message says what to do."""


def read_runtime():
    """onnxruntime for Python, or None where it is not installed."""
    try:
        import onnxruntime

        return onnxruntime
    except ImportError:
        return None


class PackWriter:
    """
    A pack folder that is there only when it is whole: everything is written beside it first.

    Graphs are compared with the PyTorch modules that they come from, where onnxruntime is installed.
    """

    def __init__(self, folder: Path | str):
        self.folder = Path(folder).expanduser().resolve()
        if self.folder.exists():
            raise ExportError(f"{self.folder} is there already. Name a folder that is not.")
        self.part = self.folder.with_name(f".{self.folder.name}.part")
        shutil.rmtree(self.part, ignore_errors=True)
        self.part.mkdir(parents=True)
        self.runtime = read_runtime()
        self.differences: dict[str, float] = {}

    @property
    def name(self) -> str:
        return self.folder.name

    def graph(self, file, module, examples, inputs, outputs, dynamic=None, opset=OPSET):
        """
        Export a module and compare it.

        examples: tuples of tensors; the first one is traced, all are compared
        dynamic: name of an input or output -> {axis: name}
        """
        module = module.eval()
        with _separate_attention(), warnings.catch_warnings():
            # Sizes that the tracer takes for constants are constants of the network here.
            warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
            warnings.filterwarnings("ignore", category=DeprecationWarning)
            warnings.filterwarnings("ignore", category=UserWarning)
            torch.onnx.export(
                module,
                examples[0],
                str(self.part / file),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes=dynamic or {},
                opset_version=opset,
                **_tracing_exporter(),
            )
        if self.runtime is not None:
            self.differences[file] = self._compare(file, module, examples, inputs)
            largest = self.differences[file]
            note = "" if largest <= ROUNDING else " (more than rounding usually makes)"
            print(f"  {file}: largest difference from PyTorch {largest:.1e}{note}")
        else:
            print(f"  {file}")

    def _compare(self, file, module, examples, inputs) -> float:
        options = self.runtime.SessionOptions()
        options.log_severity_level = 3
        session = self.runtime.InferenceSession(
            str(self.part / file), options, providers=["CPUExecutionProvider"]
        )
        largest = 0.0
        for example in examples:
            with torch.no_grad():
                expected = module(*example)
            expected = expected if isinstance(expected, (tuple, list)) else (expected,)
            taken = {value.name for value in session.get_inputs()}
            feeds = {
                name: value.numpy() for name, value in zip(inputs, example) if name in taken
            }
            for one, other in zip(session.run(None, feeds), expected):
                other = other.float()
                if tuple(one.shape) != tuple(other.shape):
                    raise ExportError(
                        f"{file} gives {tuple(one.shape)} where PyTorch gives {tuple(other.shape)}: "
                        "this version of PyTorch has traced a size as a constant. Report it, please."
                    )
                if other.numel() == 0:
                    continue
                scale = max(1.0, float(other.abs().max()))
                difference = float((torch.from_numpy(one).float() - other).abs().max()) / scale
                largest = max(largest, difference)
        if not largest <= WRONG:
            raise ExportError(
                f"{file} differs from PyTorch by {largest:.1e}: it is another network. Try another "
                "version of PyTorch."
            )
        return largest

    def finish(self, description: dict) -> Path:
        """Digests and model.json; the folder gets its name."""
        files = {}
        for file in sorted(path for path in self.part.rglob("*") if path.is_file()):
            name = file.relative_to(self.part).as_posix()
            files[name] = {"bytes": file.stat().st_size, "sha256": _sha256(file)}
        described = {**description, "files": files}
        text = json.dumps(described, indent=2, ensure_ascii=False) + "\n"
        (self.part / "model.json").write_text(text, encoding="utf-8")
        self.part.rename(self.folder)
        print(f"{self.folder} is a pack. Add it: lexmask packs add {self.folder}")
        if self.runtime is None:
            print(
                "onnxruntime for Python is not installed, so its graphs were not compared with "
                "PyTorch: pip install onnxruntime, and export again to have that done."
            )
        return self.folder

    def abandon(self) -> None:
        shutil.rmtree(self.part, ignore_errors=True)


@contextmanager
def _separate_attention():
    """
    Attention in its parts: the fast way of PyTorch for inference has no counterpart in ONNX. Where it
    cannot be switched off it is taken only without gradients, so that these stay on.
    """
    switch = getattr(torch.backends, "mha", None)
    if switch is None:
        with torch.enable_grad():
            yield
        return
    was_on = switch.get_fastpath_enabled()
    switch.set_fastpath_enabled(False)
    try:
        with torch.no_grad():
            yield
    finally:
        switch.set_fastpath_enabled(was_on)


def _tracing_exporter() -> dict:
    """The exporter that traces: the other one is the default from PyTorch 2.9 on."""
    known = inspect.signature(torch.onnx.export).parameters
    return {"dynamo": False} if "dynamo" in known else {}


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def run(main) -> None:
    """A script's end: faults that the user can mend are told without a traceback."""
    try:
        main()
    except ExportError as error:
        sys.exit(f"error: {error}")
