"""What can go wrong with a model, said to the person who runs the server."""

from runtime.errors import AppError


class ModelError(AppError):
    """The model cannot be used; the message says what happened and what to do."""

    code = "model_unavailable"
    status = 503
