"""Commands about what the bot knows and what was said: reindex, export, evaluate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table


def reindex() -> None:
    """Make the vectors that are missing, as after a change of the model. A running server finds them by itself."""
    from bot.commands.opening import open_database, open_model, open_settings
    from bot.commands.progress import steps
    from knowledge_base.publishing import load_library

    settings = open_settings()
    with open_database(settings) as db, steps() as told:
        library = load_library(db, open_model(settings), lambda done, total: told("making vectors", done, total))
    documents, units = library.size
    typer.echo(f"The bot knows {documents} articles with {units} titles, questions and passages.")


def export(
    conversation: Annotated[str, typer.Option(help="Id of the conversation, as the console shows it.")],
    out: Annotated[Path | None, typer.Option(help="File to write; without it, standard output.")] = None,
) -> None:
    """Write one conversation as JSON: every entry of its log, its state, its ratings."""
    from bot.commands.opening import open_database, open_settings
    from conversation.export import export_conversation

    with open_database(open_settings()) as db:
        document = db.read_now(export_conversation, conversation)
    _write(document, out)


def evaluate(
    articles: Annotated[
        list[Path], typer.Option(exists=True, dir_okay=False, help="JSON Lines: id, lang, title, questions, body.")
    ],
    questions: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSON Lines: id, lang, text, gold.")],
    more: Annotated[
        list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="More files of articles.")
    ] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
    target: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="How likely to be right an answer must be to be given.")
    ] = 0.95,
) -> None:
    """Ask every question of a labelled set and count the right answers. Nothing is stored."""
    from rich.console import Console

    from bot.commands.opening import open_model, open_settings
    from bot.commands.progress import steps
    from knowledge_base.evaluation import evaluate_files
    from runtime.data_folder import open_data_folder
    from runtime.errors import BadInput

    settings = open_settings()
    open_data_folder(settings.data_folder)
    try:
        with steps() as told:
            result = evaluate_files([*articles, *(more or [])], questions, open_model(settings), target, told)
    except ValueError as error:  # a line of a file that cannot be read: the message says which
        raise BadInput(str(error)) from error
    Console().print(_figures(result))
    if json_ is not None:
        _write(result, json_)


_MEASURES = {
    "questions": "n",
    "right article first": "recall_at_1",
    "among three": "recall_at_3",
    "among five": "recall_at_5",
    "MRR at 10": "mrr_at_10",
    "AUROC answerable": "auroc_answerable",
    "coverage at 95 %": "coverage_at_95",
    "coverage at 98 %": "coverage_at_98",
    "answered": "decided.answered",
    "of those right": "decided.right",
    "of those wrong": "decided.wrong",
    "offered": "decided.offered",
    "handed over": "decided.handed_over",
    "realised precision": "decided.realised_precision",
    "wrong at most": "decided.wrong_at_most",
    "p50, ms": "latency_ms.p50",
    "p95, ms": "latency_ms.p95",
}


def _figures(result: dict[str, Any]) -> Table:
    """A row a measure; a column for everything, with 95 % intervals, and one for each language where there are several
    (without, for five of them would not fit; the JSON has them)."""
    from rich.table import Table

    languages = result["languages"] if len(result["languages"]) > 1 else {}
    table = Table("")
    for name in ("all", *languages):
        table.add_column(name, justify="right")
    for label, path in _MEASURES.items():
        shown = _figure(result, path)
        if interval := result["intervals"].get(path.rpartition(".")[2]):
            shown += f" ({interval[0]:.3f}-{interval[1]:.3f})"
        table.add_row(label, shown, *(_figure(one, path) for one in languages.values()))
    table.add_row("index, seconds", f"{result['index_seconds']:.1f}")
    return table


def _figure(measures: dict[str, Any], path: str) -> str:
    value: Any = measures
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _write(document: dict[str, Any], out: Path | None) -> None:
    from runtime.errors import BadInput

    text = json.dumps(document, ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from error
