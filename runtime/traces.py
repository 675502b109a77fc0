"""OpenTelemetry traces, when the standard OTEL_* variables ask for them. Otherwise nothing of it is even imported.

The program's steps know nothing of this: when traces are asked for, the steps named by the caller are wrapped. A span
says which step, of which conversation, how long; never what anybody wrote, not even in an exception's message.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from runtime.errors import SettingsError

Attributes = Mapping[str, str | int | float | bool]
Describe = Callable[..., Attributes]  # gets what the step gets; what it returns goes out of the house
PROTOCOLS = ("", "http/protobuf")
FLUSH_S = 2.0  # for the last spans; a receiver that is gone must not hold up the end


@dataclass(frozen=True, slots=True)
class Step:
    """The method `name` of `owner`. `after` describes its result; `skip` says which calls are not worth a span."""

    owner: type
    name: str
    span: str
    describe: Describe = lambda *_args, **_kwargs: {}
    after: Callable[..., Attributes] = lambda *_args: {}
    skip: Callable[..., bool] = lambda *_args, **_kwargs: False


def asked_for(environment: Mapping[str, str]) -> bool:
    """Whether the variables of the OpenTelemetry specification ask for traces. SettingsError for what we cannot do."""

    def value(name: str) -> str:
        return environment.get(name, "").strip().lower()

    if value("OTEL_SDK_DISABLED") == "true" or value("OTEL_TRACES_EXPORTER") == "none":
        return False
    endpoint = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or value("OTEL_EXPORTER_OTLP_ENDPOINT")
    exporter = value("OTEL_TRACES_EXPORTER")
    if exporter not in ("", "otlp"):
        raise SettingsError(f"OTEL_TRACES_EXPORTER must be otlp or none, not {exporter!r}.")
    if not exporter and not endpoint:
        return False
    protocol = value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or value("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in PROTOCOLS:
        raise SettingsError(f"OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, not {protocol!r}.")
    return True


@dataclass(slots=True)
class Traces:
    """Wrapped steps and the way out. `stop` unwraps them and sends what is left."""

    provider: Any = None
    _wrapped: list[tuple[type, str, Any]] = field(default_factory=list)

    async def stop(self) -> None:
        while self._wrapped:
            owner, name, plain = self._wrapped.pop()
            setattr(owner, name, plain)
        if self.provider is not None:
            # Not in an executor, whose threads are waited for at the end of the program.
            sending = threading.Thread(target=self.provider.shutdown, name="traces", daemon=True)
            sending.start()
            await asyncio.to_thread(sending.join, FLUSH_S)
            self.provider = None

    def wrap(self, tracer: Any, step: Step) -> None:
        plain = inspect.getattr_static(step.owner, step.name)
        make = _wrapped_async if inspect.iscoroutinefunction(plain) else _wrapped_sync
        self._wrapped.append((step.owner, step.name, plain))
        setattr(step.owner, step.name, make(tracer, step, plain))


def start(environment: Mapping[str, str], steps: Sequence[Step]) -> Traces:
    """Wraps the steps, if traces are asked for. SettingsError when the packages are missing."""
    if not asked_for(environment):
        return Traces()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        raise SettingsError('Traces (OTEL_*) need their packages: pip install "svardesk[telemetry]".') from None
    # The specification's own variables decide the rest: name, attributes, sampler, endpoint, headers, batches.
    resource = Resource.create()
    if str(resource.attributes["service.name"]).startswith("unknown_service"):
        resource = resource.merge(Resource({"service.name": "svardesk"}))
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    traces = Traces(provider)
    tracer = provider.get_tracer("svardesk")
    for step in steps:
        traces.wrap(tracer, step)
    return traces


def _wrapped_async(tracer: Any, step: Step, plain: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(plain)
    async def traced(*args: Any, **kwargs: Any) -> Any:
        if step.skip(*args, **kwargs):
            return await plain(*args, **kwargs)
        with _span(tracer, step, args, kwargs) as span:
            result = await plain(*args, **kwargs)
            span.set_attributes(step.after(result, *args))
            return result

    return traced


def _wrapped_sync(tracer: Any, step: Step, plain: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(plain)
    def traced(*args: Any, **kwargs: Any) -> Any:
        if step.skip(*args, **kwargs):
            return plain(*args, **kwargs)
        with _span(tracer, step, args, kwargs) as span:
            result = plain(*args, **kwargs)
            span.set_attributes(step.after(result, *args))
            return result

    return traced


@contextmanager
def _span(tracer: Any, step: Step, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Iterator[Any]:
    from opentelemetry.trace import StatusCode

    attributes = dict(step.describe(*args, **kwargs))
    with tracer.start_as_current_span(
        step.span, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:  # its type alone: the message may quote a customer
            span.set_attribute("error.type", type(error).__qualname__)
            if isinstance(error, Exception):
                span.set_status(StatusCode.ERROR)
            raise
