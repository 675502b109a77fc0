"""`svardesk import`: articles from files, or out of a Rasa project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge_base.intake import Item
    from knowledge_base.publishing import Imported
    from runtime.settings import Settings


class FilesUnlessNamed(TyperGroup):
    """`svardesk import help/` is short for `svardesk import files help/`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["files", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=FilesUnlessNamed,
    help="Take articles in and publish them: a folder or file (`svardesk import help/`), or a Rasa project.",
    no_args_is_help=True,
)
Language = Annotated[str | None, typer.Option(help="Language of files that do not say theirs: en, da, sv, nb or nn.")]
By = Annotated[str, typer.Option(help="Name to put down as the writer.")]


@app.command()
def files(
    path: Annotated[Path, typer.Argument(exists=True, help="A folder of Markdown files, or one *.md or *.jsonl file.")],
    language: Language = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out what is wrong and import the rest.")] = False,
    by: By = "import",
) -> None:
    """Take articles in and publish them. Faults are named by file and line; a running server picks the articles up."""
    from bot.commands.opening import open_settings
    from knowledge_base.drafting import check_language
    from knowledge_base.intake import read_documents

    settings = open_settings()
    reading = read_documents(
        path, skip_bad, settings.max_article, None if language is None else check_language(language)
    )
    done = _publish(settings, reading.items, by)
    for fault in reading.faults:
        typer.echo(f"left out: {fault}", err=True)
    typer.echo(f"{_counts(done)}, {len(reading.faults)} wrong.")


@app.command()
def rasa(
    folder: Annotated[Path, typer.Argument(exists=True, help="The project: domain.yml, data/ …; or a zip file of it.")],
    language: Annotated[
        str | None, typer.Option(help="Language of the articles, where config.yml does not say it or says another.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be imported.")] = False,
    by: By = "import",
) -> None:
    """Turn the intents of a Rasa project and the responses to them into articles. Its files are read as data; none of
    its code is run. What does not become an article is listed with the reason."""
    from bot import phrases
    from bot.commands.opening import open_settings
    from knowledge_base.rasa_intake import read_rasa
    from knowledge_base.rasa_zip import project_folder

    settings = open_settings()
    with project_folder(folder) as project:
        reading = read_rasa(
            project, language, lambda text: phrases.small_talk(text) is not None, max_body=settings.max_article
        )
    for left in reading.left_out:
        typer.echo(f"not imported: {left}", err=True)
    if dry_run:
        for item in reading.items:
            draft = item.draft
            typer.echo(f"{item.language}/{item.article}: {draft.title} (+ {len(draft.questions)} questions)")
        typer.echo(f"{len(reading.items)} articles would be imported, {len(reading.left_out)} things would not.")
        return
    typer.echo(f"{_counts(_publish(settings, reading.items, by))}, {len(reading.left_out)} things not imported.")


def _publish(settings: Settings, items: Sequence[Item], by: str) -> Imported:
    from bot.commands.opening import open_database, open_model
    from bot.commands.progress import steps
    from knowledge_base.publishing import import_documents

    with open_database(settings) as db, steps() as told:
        done = import_documents(
            db, open_model(settings), items, by, lambda some, total: told("reading articles", some, total)
        )
    for document in done.kept:
        typer.echo(f"left alone: {document} holds edits that are not published yet", err=True)
    return done


def _counts(done: Imported) -> str:
    return f"{len(done.published)} published, {len(done.unchanged)} as before, {len(done.kept)} left alone"
