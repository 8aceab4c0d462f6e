"""The page of figures: what releases count, searched by words, unit and period, and the same as a CSV file."""

from functools import partial

from fastapi import APIRouter, Request, Response

from api.requests import FiguresQuery
from api.web.forms import Form, fault_of, faults_of, read_form, read_whole, reversed_days
from api.web.marked_text import Line, stating
from api.web.pages import check_unchanged_page, coverage_of, page, tagged
from api.work import OpenEngine, State, in_thread, look_up
from index.errors import UnknownPublisherError
from index.types import Span
from qa.engine import Engine
from qa.figures.csv_file import figures_csv
from qa.figures.search import MAX_FIGURES
from qa.types import FigureFilter, FigureStatement

SHOWN = 50
"""How many figures the page shows; the file has all that are found."""

UNITS = ("percent", "GBP", "count", "tonnes", "years", "days", "hours", "kg", "miles")
"""Units that the form proposes; any other can be typed."""

router = APIRouter(include_in_schema=False)


@router.get("/figures")
async def figures_page(request: Request, state: State, engine: OpenEngine) -> Response:
    """Show the form, and the figures if there is something to search for."""
    form = read_form(FiguresQuery, request.query_params, needs="q")
    tag = await check_unchanged_page(request, state, engine)
    run = look_up if form.read is None else in_thread
    return tagged(await run(request, state, partial(_figures_page, engine, form)), tag)


@router.get("/figures.csv")
async def figures_file(request: Request, state: State, engine: OpenEngine) -> Response:
    """Return the figures as a CSV file to download."""
    query = read_whole(FiguresQuery, request.query_params)
    tag = await check_unchanged_page(request, state, engine)

    def work() -> bytes:
        found = engine.figures(query.q, wanted=query.wanted(), where=query.where(), limit=MAX_FIGURES)
        # With the mark of byte order, spreadsheets read it as UTF-8: "£" stays "£".
        return f"\ufeff{figures_csv(found)}".encode()

    headers = {"Content-Disposition": 'attachment; filename="figures.csv"', **tag}
    return Response(await in_thread(request, state, work), 200, headers, "text/csv; charset=utf-8")


def _figures_page(engine: Engine, form: Form[FiguresQuery]) -> Response:
    covered, releases = coverage_of(engine)
    faults, result = dict(form.faults), None
    if form.read is not None:
        where, wanted = form.read.where(), form.read.wanted()
        faults = faults_of(form.read.q, where) | _period_faults(wanted)
        if not faults:
            try:
                result = engine.figures(form.read.q, wanted=wanted, where=where, limit=SHOWN + 1)
            except UnknownPublisherError as error:
                faults = {"publisher": fault_of(error)}
    return page(
        "figures.html",
        status=422 if faults else 200,
        form=form,
        faults=faults,
        result=result,
        units=UNITS,
        shown=[(each, _stating(each)) for each in result.figures[:SHOWN]] if result else (),
        more=bool(result and len(result.figures) > SHOWN),
        coverage=covered,
        releases=releases,
    )


def _stating(figure: FigureStatement) -> Line:
    """Return the sentence that states a figure, short and with the number marked."""
    cited = figure.citation
    number = Span(cited.answer_start - cited.start, cited.answer_end - cited.start)
    return stating(cited.quote, number, of_table=figure.cell is not None)


def _period_faults(wanted: FigureFilter) -> dict[str, str]:
    first, last = wanted.period_from, wanted.period_to
    if first is None or last is None or first <= last:
        return {}
    return {"period_from": reversed_days("period_from", first, "period_to", last)}
