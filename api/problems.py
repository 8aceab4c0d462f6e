"""The kinds of problem that the API reports, in one table: exception class or HTTP status -> kind of problem."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.admission import BusyError, ClientGoneError, TimeLimitError
from api.engine_gate import NotReadyError
from api.job_store import JobFailedError, TooManyJobsError, UnknownJobError
from api.keys import KeyRefusedError, KeyRequiredError, KeyScopeError
from api.rate_limits import TooManyRequestsError
from index.errors import (
    CatalogDamagedError,
    CatalogServerError,
    IndexLockedError,
    IndexMissingError,
    InputError,
    LanguageNotReadError,
    ManifestMismatchError,
    ModelError,
    PressqaError,
    SearchServerError,
    SourceError,
    StorageError,
    UnknownPublisherError,
    UnknownReleaseError,
    UnknownRevisionError,
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its HTTP status, the last part of its ``type``, its title, and its page.

    The page (``GET /problems/{slug}``) says in ``meaning`` what is wrong and in ``remedy`` what to do.
    """

    status: int
    slug: str
    title: str
    meaning: str
    remedy: str


_INVALID = Kind(
    422,
    "invalid-request",
    "The request cannot be used as given",
    "A question, a filter or an option has a value that is not allowed.",
    "Correct what `detail` and `errors` name; /docs describes what each request takes.",
)

PROBLEMS: Mapping[type[Exception] | int, Kind] = {
    # the request
    InputError: _INVALID,
    RequestValidationError: _INVALID,
    UnknownPublisherError: Kind(
        422,
        "unknown-publisher",
        "No release in the index is by this publisher",
        "The filter `publisher` names a publisher that no release in the index has.",
        "Write the name in full, as GET /v1/releases shows it, or leave the filter out.",
    ),
    UnknownReleaseError: Kind(
        404,
        "unknown-release",
        "No release in the index has this id",
        "The index holds no release with this id, or held none on the day given as `as_of`.",
        "Take an id from GET /v1/releases, and percent-encode it in the address.",
    ),
    UnknownRevisionError: Kind(
        404,
        "unknown-revision",
        "The release has no such text",
        "The index holds the release, but no text of it with this number.",
        "Take a number from the page of the release, which lists its texts.",
    ),
    SourceError: Kind(
        422,
        "unreadable-source",
        "The source cannot be read as releases",
        "A file or folder that was given to be ingested holds no press releases that can be read.",
        "Check that it exists and can be read, and say what kind of source it is.",
    ),
    LanguageNotReadError: Kind(
        409,
        "language-not-read",
        "The server does not take this language",
        "The release is in a language that the server's embedding model does not read, so no question would find it.",
        "Send it to a server whose model reads it; whoever runs one names the languages it takes (PRESSQA_LANGUAGES).",
    ),
    UnknownJobError: Kind(
        404,
        "unknown-job",
        "There is no such job",
        "The server has no job with this id, or has forgotten it: jobs are kept for a week after they are done.",
        "Take the id from the header Location of the response that accepted the job.",
    ),
    KeyRequiredError: Kind(
        401,
        "key-required",
        "This needs a key",
        "The server was set to answer to keys alone, or the request would change the index.",
        "Send the header 'Authorization: Bearer KEY'; whoever runs the server makes keys with 'pressqa keys create'.",
    ),
    KeyRefusedError: Kind(
        401,
        "key-refused",
        "The key is not accepted",
        "The key is not one of this server's, or it was revoked or has expired.",
        "Check that the key was copied whole, or ask whoever runs the server for another.",
    ),
    KeyScopeError: Kind(
        403,
        "wrong-scope",
        "The key is not for this",
        "The request would change the index, and the key allows reading alone.",
        "Use a key with the scope write.",
    ),
    TooManyRequestsError: Kind(
        429,
        "too-many-requests",
        "The quota is used up",
        "The key, or the address without a key, has made as many requests as the server allows it in a minute.",
        "Try again after the seconds in Retry-After, and let the header RateLimit set the pace.",
    ),
    400: Kind(
        400,
        "malformed-request",
        "The request cannot be read",
        "What was sent is not an HTTP request that can be read, or its body is not JSON in UTF-8.",
        "Correct what `detail` names.",
    ),
    403: Kind(
        403,
        "foreign-site",
        "Pages of other sites may not do this",
        "The request comes from a page of another site.",
        "Call the server from a program, or from a page of its own.",
    ),
    404: Kind(
        404,
        "not-found",
        "There is nothing at this address",
        "The server has no such address.",
        "The addresses are listed at /docs; those of questions begin with /v1/.",
    ),
    405: Kind(
        405,
        "method-not-allowed",
        "This address does not take this method",
        "The address exists, but not for this HTTP method.",
        "Use one of the methods in the response's header Allow.",
    ),
    413: Kind(
        413,
        "request-too-large",
        "The request is too large",
        "The body of the request has more bytes than this server accepts.",
        "Send less; whoever runs the server can raise PRESSQA_MAX_REQUEST_BYTES.",
    ),
    415: Kind(
        415,
        "unsupported-media-type",
        "The body is not plain JSON",
        "The body of the request is not marked as JSON, or it is compressed.",
        "Send JSON with the header 'Content-Type: application/json', and without Content-Encoding.",
    ),
    408: Kind(
        408,
        "request-timeout",
        "The request did not arrive in time",
        "The client began to send a request and did not finish it.",
        "Send the whole request without a pause.",
    ),
    421: Kind(
        421,
        "wrong-host",
        "This server has another name",
        "The header Host names a server that this one does not answer for.",
        "Use the address that the server was started with; PRESSQA_HOSTS adds names.",
    ),
    # the load
    BusyError: Kind(
        503,
        "busy",
        "The server has more work than it can do",
        "As many requests as the server takes on are waiting already, so this one was refused at once.",
        "Try again after the seconds in the header Retry-After.",
    ),
    TimeLimitError: Kind(
        503,
        "time-limit",
        "The request took too long",
        "The work for the request was not done within the time that the server allows, and was given up.",
        "Try again later, or ask for less: fewer passages, fewer questions.",
    ),
    ClientGoneError: Kind(
        499,
        "client-gone",
        "The client closed the connection",
        "The connection was closed before the response was there, so the work for it was dropped.",
        "Wait longer for responses, or ask for less.",
    ),
    TooManyJobsError: Kind(
        503,
        "too-many-jobs",
        "The server has more jobs than it keeps",
        "So many changes of the index are waiting that the server takes no more.",
        "Try again when some are done.",
    ),
    JobFailedError: Kind(
        500,
        "job-failed",
        "The change could not be made",
        "The change was accepted, but could not be made for the reason that `detail` gives.",
        "Follow `hint`, and send the change again.",
    ),
    # the index
    NotReadyError: Kind(
        503,
        "not-ready",
        "The index is not open",
        "The server has started, but its index is still being opened, or could not be opened.",
        "Try again after the seconds in the header Retry-After; if it lasts, the server's log says why.",
    ),
    IndexMissingError: Kind(
        503,
        "index-missing",
        "There is no index yet",
        "The server's data folder holds no index.",
        "Run 'pressqa ingest PATH' where the server runs; it finds the new index without a restart.",
    ),
    IndexLockedError: Kind(
        503,
        "index-locked",
        "The index is being written by another process",
        "Another process is writing to the index, and the request has to wait for it.",
        "Try again when that process has finished.",
    ),
    CatalogDamagedError: Kind(
        503,
        "catalog-damaged",
        "The index is damaged",
        "The catalog of the index failed a check, so its answers cannot be trusted.",
        "Whoever runs the server should follow `hint`, and run 'pressqa verify'.",
    ),
    ManifestMismatchError: Kind(
        503,
        "manifest-mismatch",
        "The index was built with other settings",
        "The server is set to a model or to settings that the index was not built with.",
        "Whoever runs the server should set what 'pressqa status' shows, or run 'pressqa ingest --reembed'.",
    ),
    ModelError: Kind(
        503,
        "model-unavailable",
        "The model cannot be used",
        "The model that embeds questions, or the one that reads answers, is missing or is not what it was.",
        "Whoever runs the server should follow `hint`.",
    ),
    StorageError: Kind(
        503,
        "storage",
        "The data folder cannot be used",
        "The server's data folder cannot be read or written: its rights, its disk or its path are wrong.",
        "Whoever runs the server should follow `hint`.",
    ),
    SearchServerError: Kind(
        503,
        "search-server",
        "The server that searches does not answer",
        "The index is searched on a Milvus server, which cannot be reached, or refuses what it is asked.",
        "Try again in a moment; if it lasts, whoever runs the server should follow `hint`. Nothing is lost.",
    ),
    CatalogServerError: Kind(
        503,
        "catalog-server",
        "The server that keeps the releases does not answer",
        "The releases are kept in a PostgreSQL database, which cannot be reached, was lost on the way, or refuses what"
        " it is asked.",
        "Try again in a moment; if it lasts, whoever runs the server should follow `hint`. What was stored is kept.",
    ),
    # the rest
    PressqaError: Kind(
        500,
        "error",
        "The request failed",
        "The request failed for the reason that `detail` gives.",
        "Follow `hint`; if there is none, tell whoever runs the server the id in `instance`.",
    ),
    Exception: Kind(
        500,
        "internal-error",
        "Something went wrong in the server",
        "The request failed for a reason that nobody foresaw, and that only the server's log tells.",
        "Tell whoever runs the server the id in `instance`: the log has the reason under it.",
    ),
}


def kind_of(error: Exception) -> Kind:
    """Return the row of the table for an error: an HTTP error's by status, any other's by nearest class."""
    if isinstance(error, HTTPException):
        return PROBLEMS.get(error.status_code) or _standard(HTTPStatus(error.status_code))
    return next(PROBLEMS[cls] for cls in type(error).__mro__ if cls in PROBLEMS)


def kind_called(slug: str) -> Kind | None:
    """Return the kind of problem whose ``type`` ends in ``slug``, or None."""
    standard = [_standard(status) for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST]
    return next((kind for kind in (*PROBLEMS.values(), *standard) if kind.slug == slug), None)


def _standard(status: HTTPStatus) -> Kind:
    """Return a kind of problem for a status that the table does not have, in the words of the HTTP standard."""
    meaning = status.description or f"{status.phrase} (status {status.value} of HTTP)"
    return Kind(status.value, status.name.lower().replace("_", "-"), status.phrase, meaning, "See `detail`.")
