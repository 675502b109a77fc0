"""The bundled multilingual E5: from a packed weight file to vectors, offline and on a CPU."""

import os

# ONNX Runtime tells Microsoft about its use unless this is set before it is loaded; it would even keep a device id on
# the disk. Nobody who hosts this has agreed to that, and a server without a way out would only be slower for it.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
