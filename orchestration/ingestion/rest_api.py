"""A source system behind a REST API: how its records are asked for, page by page, and become text columns.

dlt's REST client pages, waits and tries again. Added to it is what it does not do: it takes an answer of status 200 for
a page whatever it holds, and a page without a reference to the next one for the last.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import SplitResult, urljoin, urlsplit

import pyarrow as pa
import requests
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client.auth import APIKeyAuth
from dlt.sources.helpers.rest_client.client import RESTClient
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    HeaderLinkPaginator,
    JSONLinkPaginator,
    JSONResponseCursorPaginator,
)

from orchestration.ingestion.contract import NEW_COLUMNS, contract_path, raw_contract
from orchestration.ingestion.errors import LandingError
from orchestration.ingestion.missing_columns import NOTHING, Former, check_missing
from orchestration.ingestion.new_columns import check_new_columns, new_columns
from orchestration.ingestion.records import RecordTable
from orchestration.loopback import is_loopback

# A page may come twice, and a filter may leave pages empty; what goes on like this does not end.
_MOST_SAME_PAGES = 5
_MOST_EMPTY_PAGES = 100


@dataclass(frozen=True)
class Patience:
    """How often a request is tried, and how long is waited: seconds.

    Between two attempts the wait doubles, beginning with `first_wait`, or is what the server asked for in Retry-After;
    it is never longer than `longest_wait`. `answer` is the longest silence of the server in the middle of an answer.
    """

    attempts: int = 6
    first_wait: float = 1.0
    longest_wait: float = 120.0
    connect: float = 10.0
    answer: float = 60.0


@dataclass(frozen=True)
class CursorPages:
    """Each page holds a cursor, which is null on the last one and asks for the next page as a parameter."""

    cursor_field: str = "next_cursor"
    cursor_parameter: str = "cursor"

    def paginator(self) -> BasePaginator:
        return JSONResponseCursorPaginator(cursor_path=self.cursor_field, cursor_param=self.cursor_parameter)

    def flaw(self, body: dict[str, Any]) -> str | None:
        """What keeps `body` from saying where it goes on, if anything."""
        return None if self.cursor_field in body else f"without the field {self.cursor_field}"


@dataclass(frozen=True)
class LinkedPages:
    """Each page holds the address of the next one in `link_field`, such as `links.next`.

    A page is the last where `end_field` is `end_value`; without an `end_field`, where the address is null.
    """

    link_field: str = "next_page"
    end_field: str | None = "end_of_stream"
    end_value: bool = True

    def paginator(self) -> BasePaginator:
        return _LinkPaginator(self)

    def is_last(self, body: dict[str, Any]) -> bool:
        if self.end_field:
            return _field_of(body, self.end_field) is self.end_value
        return _field_of(body, self.link_field, missing=False) is None

    def flaw(self, body: dict[str, Any]) -> str | None:
        """What keeps `body` from saying where it goes on, if anything."""
        if self.end_field and not isinstance(_field_of(body, self.end_field), bool):
            return f"without the field {self.end_field}, which is true or false"
        if not self.is_last(body) and not isinstance(_field_of(body, self.link_field), str):
            return f"with more to follow and without the field {self.link_field}, which says where"
        return None


@dataclass(frozen=True)
class HeaderLinkedPages:
    """The header `Link` (RFC 8288) of each page but the last names the next one by `relation`.

    Nothing in the answer says that a page is the last one: whoever takes the header out on the way, ends the reading.
    """

    relation: str = "next"

    def paginator(self) -> BasePaginator:
        return HeaderLinkPaginator(self.relation)

    def flaw(self, body: dict[str, Any]) -> str | None:
        """Nothing: where it goes on is not in the body."""
        return None


@dataclass(frozen=True)
class NumberedPages:
    """Pages are asked for by their number, counted from `first`.

    The last one has the number that `page_count_field` says, such as `meta.total_pages`; without such a field, it is
    the first without records, so the server must answer for a page beyond the last. Where a record is deleted
    meanwhile, another one moves to a page that was read, and is missed until the next load. Where keys are compared, it
    counts as deleted until then.
    """

    parameter: str = "page"
    first: int = 1
    page_count_field: str | None = None

    def paginator(self) -> BasePaginator:
        return _CountingPaginator(self.parameter, self.first, self.page_count_field, counts_records=False)

    def flaw(self, body: dict[str, Any]) -> str | None:
        """What keeps `body` from saying where it goes on, if anything."""
        return _flaw_of_count(body, self.page_count_field)


@dataclass(frozen=True)
class OffsetPages:
    """A page is asked for by how many records come before it.

    The last one is that with which as many were read as `record_count_field` says, such as `meta.total`; without such a
    field, the first without records. What was read is counted, as a server may send less than it is asked for. Where a
    record is deleted meanwhile, another one is missed, as by NumberedPages.
    """

    parameter: str = "offset"
    record_count_field: str | None = None

    def paginator(self) -> BasePaginator:
        return _CountingPaginator(self.parameter, 0, self.record_count_field, counts_records=True)

    def flaw(self, body: dict[str, Any]) -> str | None:
        """What keeps `body` from saying where it goes on, if anything."""
        return _flaw_of_count(body, self.record_count_field)


@dataclass(frozen=True)
class Endpoint:
    """Where the records of a raw table are asked for, and what of them is taken.

    `path` is below the API's address, `records` the field of a page that holds the list of them. With `nested`, each
    record holds a list of that name, and one row is one of its entries beside the record's own fields; with `unfolded`,
    an object of that name, whose fields stand beside the record's own. `left_out` are fields that are of no use here:
    they are not loaded, and not told as new.

    `parameters` go with every request. Where the API may send less, `names_fields` asks for the columns of the contract
    alone. `since_form` is what `since_parameter` says of the time from which on changes are asked for: `{since}` stands
    for it as 2024-03-31T00:59:10Z, `{seconds}` for the seconds since 1970. Null stands for what the API has no
    parameter for.
    """

    path: str
    records: str
    pages: CursorPages | LinkedPages | HeaderLinkedPages | NumberedPages | OffsetPages
    nested: str | None = None
    unfolded: str | None = None
    left_out: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    page_size: int = 1000
    size_parameter: str | None = "limit"
    since_parameter: str | None = "updated_since"
    since_form: str = "{since}"
    fields_parameter: str | None = "fields"
    names_fields: bool = False
    keys_page_size: int = 10_000

    def asking(self, page_size: int, since: str | None = None, fields: Iterable[str] = ()) -> dict[str, str]:
        """The parameters of a request for pages of `page_size` records, changed at `since` or later, with `fields`."""
        asked = dict(self.parameters)
        if self.size_parameter:
            asked[self.size_parameter] = str(page_size)
        if since and self.since_parameter:
            seconds = int(datetime.fromisoformat(since).timestamp())
            asked[self.since_parameter] = self.since_form.format(since=since, seconds=seconds)
        if names := ",".join(fields):
            asked[str(self.fields_parameter)] = names
        return asked

    def record(self, sent: dict[str, Any]) -> dict[str, Any]:
        """What is taken of a record that was sent."""
        if not (self.unfolded or self.left_out):
            return sent
        inner = sent.get(self.unfolded) or {} if self.unfolded else {}
        own = {name: value for name, value in sent.items() if name != self.unfolded}
        return {name: value for name, value in {**inner, **own}.items() if name not in self.left_out}

    def flaw(self, body: object) -> str | None:
        """What keeps `body` from being a page of this endpoint, if anything."""
        if not isinstance(body, dict) or self.records not in body:
            return f"without the field {self.records}"
        lists = [body[self.records]]
        if self.nested and _is_list_of_records(lists[0]):
            lists += [record.get(self.nested) or [] for record in lists[0]]
        if self.unfolded and _is_list_of_records(lists[0]):
            lists.append([record.get(self.unfolded) or {} for record in lists[0]])
        if not all(map(_is_list_of_records, lists)):
            return f"with something else than lists of records in {self.records}"
        return self.pages.flaw(body)


@dataclass(frozen=True)
class ApiSource:
    """A source behind a REST API: how the records of each raw table change, and where they are.

    The token is shown in `token_header`, behind `token_prefix`; `headers` go with every request.
    """

    name: str
    tables: Mapping[str, RecordTable]
    endpoints: Mapping[str, Endpoint]
    token_header: str = "Authorization"
    token_prefix: str = "Bearer "
    headers: Mapping[str, str] = field(default_factory=dict)

    def connect(self, url: str, token: str | None, patience: Patience | None = None) -> ApiConnection:
        """The source at `url`, opened by `token`; nothing is asked yet. Raises LandingError for what can be neither."""
        variable = f"CEM_{self.name.upper()}"
        if not _is_address(url):
            raise LandingError(
                f"{self.name}: {variable}_URL is no address of an API. "
                f"It is one such as https://api.example.com/{self.name}, without a query."
            )
        # It becomes a header. Refused there, it would stand in the error.
        if token and not (token.isascii() and token.isprintable() and " " not in token):
            raise LandingError(
                f"{self.name}: {variable}_TOKEN holds a space, a line break or a letter beyond ASCII, which no token "
                "has. Copy it again."
            )
        return ApiConnection(self, url, token, patience or Patience())


@dataclass(frozen=True)
class ApiConnection:
    """A RecordSource: an API at its address. `notices` gathers while reading."""

    source: ApiSource
    url: str = field(repr=False)
    token: str | None = field(repr=False)
    patience: Patience
    notices: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def tables(self) -> Mapping[str, RecordTable]:
        return self.source.tables

    def read(self, table: str, since: str | None, former: Former = NOTHING) -> Iterator[pa.Table]:
        """Yield the records of `table` that changed at `since` or later, all for None, a page a batch, as text.

        Raises LandingError where the API cannot be read to its end, or a column of the contract is gone.
        """
        endpoint = self.source.endpoints[table]
        columns = [column.name for column in raw_contract(self.name)[table]]
        parameters = endpoint.asking(endpoint.page_size, since, columns if endpoint.names_fields else ())
        # A dictionary for its order: fields are named as they came.
        seen: dict[str, None] = {}
        rows, unpaired = 0, 0
        for records in self._pages(table, endpoint, parameters):
            entries = _entries(records, endpoint.nested)
            for record in (*records, *entries) if endpoint.nested else records:
                if not record.keys() <= seen.keys():
                    seen.update(dict.fromkeys(record))
            rows += len(entries)
            batch, mended = _text_table(entries, columns)
            objects, mended_in_objects = _text_array(_other_fields(entries, set(columns)))
            unpaired += mended + mended_in_objects
            if entries:
                yield batch.append_column(NEW_COLUMNS, objects)
        if seen:
            self._check_fields(table, columns, endpoint, list(seen), former, has_rows=rows > 0)
        if unpaired:
            self.notices.append(
                f"{self.name}.{table}: {unpaired} values held half of a character (a lone surrogate), loaded as U+FFFD"
            )

    def keys(self, table: str) -> Iterator[pa.Table]:
        """Yield the key columns of every record of `table`. Raises LandingError as `read` does."""
        endpoint = self.source.endpoints[table]
        key = list(self.source.tables[table].key)
        wanted = [f"{endpoint.nested}.{column}" if endpoint.nested else column for column in key]
        fields = wanted if endpoint.fields_parameter else []
        parameters = endpoint.asking(endpoint.keys_page_size, fields=fields)
        for records in self._pages(table, endpoint, parameters):
            entries = _entries(records, endpoint.nested)
            batch, _ = _text_table(entries, key)
            for column in key:
                # Every record without a key is one that counts as deleted: better to stop.
                if batch[column].null_count:
                    asked = f"when asked with {endpoint.fields_parameter}={','.join(wanted)}, " if fields else ""
                    raise LandingError(
                        f"{self.name}.{table}: {self._shown(endpoint.path)} has records without {column} {asked}"
                        "so what was deleted cannot be told. "
                        "Nothing was loaded. Ask whoever runs the API whether that parameter has changed."
                    )
            if entries:
                yield batch

    def check(self) -> None:
        """Ask for one record of the first table. Raises LandingError where the API does not answer as it should."""
        table, endpoint = next(iter(self.source.endpoints.items()))
        next(self._pages(table, endpoint, endpoint.asking(1)), None)

    def _pages(self, table: str, endpoint: Endpoint, parameters: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
        """Yield the records of each page, until the API says that there are no more."""
        where = f"{self.name}.{table}: {self._shown(endpoint.path)}"
        asked_for: set[str] = set()
        times: Counter[str] = Counter()
        empty = 0
        number = 0
        failure: requests.RequestException | None = None
        try:
            pages = self._client().paginate(
                endpoint.path,
                params=dict(parameters),
                paginator=endpoint.pages.paginator(),
                data_selector=endpoint.records,
                # A hook may put another response in its place, which dlt's types do not know.
                hooks={"response": [cast(Any, _AnswerCheck(endpoint))]},
            )
            for number, page in enumerate(pages, 1):
                if page.paginator.has_next_page:
                    # dlt has written into the request where it goes on.
                    address = cast(str, page.request.url)
                    following = f"{address} {page.request.params!r}"
                    self._check_host(where, address)
                    empty = 0 if page else empty + 1
                    signature = repr((len(page), page[:1], page[-1:]))
                    times[signature] += len(page) > 0
                    if following in asked_for or empty > _MOST_EMPTY_PAGES or times[signature] > _MOST_SAME_PAGES:
                        raise LandingError(
                            f"{where} goes round in circles: page {number} is one that was there before, and points to "
                            "another one. Nothing was loaded. Ask whoever runs the API; loading again does not help."
                        )
                    asked_for.add(following)
                yield [endpoint.record(record) for record in page]
        except requests.RequestException as error:
            failure = error
        if failure is not None:
            # Raised out here, so that no chain of exceptions leads to the request and its headers.
            raise LandingError(f"{where}, page {number + 1}: {self._why(failure)} Nothing was loaded.")

    def _client(self) -> RESTClient:
        patience = self.patience
        client = Client(
            request_timeout=(patience.connect, patience.answer),
            raise_for_status=False,
            status_codes=(HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)),
            exceptions=(
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
                # What dlt leaves out: a compressed body that was cut, and an answer that is not the page asked for.
                requests.exceptions.ContentDecodingError,
                _UnreadablePageError,
            ),
            request_max_attempts=patience.attempts,
            request_backoff_factor=patience.first_wait,
            request_max_retry_delay=patience.longest_wait,
            # A proxy set for this machine is no way to a server on it.
            session_attrs={"trust_env": not is_loopback(self.url)},
        )
        return RESTClient(
            self.url,
            headers={"Accept": "application/json", **self.source.headers},
            auth=APIKeyAuth(name=self.source.token_header, api_key=f"{self.source.token_prefix}{self.token}")
            if self.token
            else None,
            session=client.session,
            config=RuntimeConfiguration(),
        )

    def _check_host(self, where: str, url: str) -> None:
        there = urlsplit(url)
        if _server(there) != _server(urlsplit(self.url)):
            raise LandingError(
                f"{where} names a next page on another server, {there.scheme}://{there.netloc.rpartition('@')[2]}, "
                "which must not be shown the token. Nothing was loaded. "
                f"Set CEM_{self.name.upper()}_URL to that server if it is the right one."
            )

    def _check_fields(
        self, table: str, columns: list[str], endpoint: Endpoint, seen: list[str], former: Former, *, has_rows: bool
    ) -> None:
        nested = [endpoint.nested] if endpoint.nested else []
        unknown = [name for name in seen if name not in columns + nested]
        # Records whose lists are all empty tell nothing of what an entry holds.
        missing = [name for name in nested + (columns if has_rows else []) if name not in seen]
        if missing:
            required = {c.name for c in raw_contract(self.name)[table] if c.is_required} | {*nested}
            # The list itself is no column of the lake, but what has a key came from one.
            of_list = Former(
                former.new,
                lambda name: former.has_value(self.tables[table].key[-1] if name == endpoint.nested else name),
            )
            mend = (
                f"Change the contract in {contract_path(self.name)} and the staging model, or have "
                f"{self._shown(endpoint.path)} send it again."
            )
            where = f"{self.name}.{table}"
            self.notices.append(f"{where}: {check_missing(where, missing, unknown, required, of_list, mend)}")
        check_new_columns(f"{self.name}.{table}", unknown)
        if unknown:
            self.notices.append(f"{self.name}.{table}: {new_columns(unknown, contract_path(self.name))}")

    def _shown(self, path: str) -> str:
        """The address of `path` without user, password and query."""
        address = urlsplit(self.url)
        host = f"{address.hostname}:{address.port}" if address.port else f"{address.hostname}"
        return f"{address.scheme}://{host}{address.path.rstrip('/')}/{path}"

    def _why(self, failure: requests.RequestException) -> str:
        """What went wrong and what to do. Nothing of the exception's own text, which may hold a query or a password."""
        variable = f"CEM_{self.name.upper()}"
        times = f"{self.patience.attempts} times"
        if isinstance(failure, _UnreadablePageError):
            return f"{failure} ({times}). Ask whoever runs the API, or load again later."
        if isinstance(failure, _ElsewhereError):
            return (
                f"is answered from another server, {failure}, which must not be shown the token. "
                f"Set {variable}_URL to that server if it is the right one."
            )
        if isinstance(failure, requests.HTTPError) and failure.response is not None:
            status = failure.response.status_code
            answer = f"answered {status}"
            if status == HTTPStatus.UNAUTHORIZED:
                problem = "does not accept the token" if self.token else "asks for a token, and none is set"
                return f"{answer}: it {problem}. Set {variable}_TOKEN to a valid one."
            if status == HTTPStatus.FORBIDDEN:
                return f"{answer}: the token of {variable}_TOKEN may not read this. Have it allowed, or set another."
            if status == HTTPStatus.NOT_FOUND:
                return (
                    f"{answer}. Check {variable}_URL: it is the address of the API, without the last part of this one."
                )
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                asked = failure.response.headers.get("Retry-After")
                wait = f", and last asked to wait for {asked} (seconds, or until then)" if asked else ""
                return f"{answer} {times}{wait}. Load again later, or ask for a higher limit."
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return f"{answer} {times}. The server is at fault or down: load again later."
            return f"{answer}. The request was refused; has the API changed?"
        if isinstance(failure, requests.Timeout):
            return f"did not answer within {self.patience.answer:g} s, {times}. Load again later."
        if isinstance(failure, requests.exceptions.SSLError):
            return f"has no certificate that this machine trusts. Check {variable}_URL, and the machine's certificates."
        if isinstance(failure, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            reason = _system_reason(failure)
            return f"cannot be reached, or hangs up{reason}, {times}. Check {variable}_URL, and whether the API is up."
        return f"cannot be read ({type(failure).__name__}). Check {variable}_URL."


class _LinkPaginator(JSONLinkPaginator):
    """An incremental export names a next page on its last one, too: the one to ask for another day."""

    def __init__(self, pages: LinkedPages) -> None:
        super().__init__(pages.link_field)
        self._pages = pages

    def update_state(self, response: requests.Response, data: list[Any] | None = None) -> None:
        super().update_state(response, data)
        self._has_next_page = not self._pages.is_last(response.json())


class _CountingPaginator(BasePaginator):
    """Counts on, page by page or record by record. dlt's own takes the pages to be as large as was asked for."""

    def __init__(self, parameter: str, first: int, count_field: str | None, *, counts_records: bool) -> None:
        super().__init__()
        self._parameter = parameter
        self._first = first
        self._place = first
        self._count_field = count_field
        self._counts_records = counts_records

    def init_request(self, request: requests.Request) -> None:
        self.update_request(request)

    def update_state(self, response: requests.Response, data: list[Any] | None = None) -> None:
        read = len(data or ())
        self._place += read if self._counts_records else 1
        if self._count_field:
            self._has_next_page = self._place < self._first + int(_field_of(response.json(), self._count_field))
        else:
            self._has_next_page = read > 0

    def update_request(self, request: requests.Request) -> None:
        request.params = {**cast(dict[str, Any], request.params or {}), self._parameter: str(self._place)}


class _ElsewhereError(requests.RequestException):
    """An answer that leads to another server, which the text names: requests would show it the header of the token."""


class _UnreadablePageError(requests.RequestException):
    """An answer of status 200 that is not the page asked for; the text says what is wrong with it."""


class _Page(requests.Response):
    """An answer that was decoded once and found to be a page: dlt's client asks for its JSON several times."""

    body: dict[str, Any]

    def json(self, **_: Any) -> dict[str, Any]:
        return self.body


class _Number(str):
    """A number as the API wrote it: 7, 7.0 and 7e0 are three texts."""


@dataclass(frozen=True)
class _AnswerCheck:
    """A hook that lets an answer pass as a page of `endpoint`. What it raises decides whether there is another try."""

    endpoint: Endpoint

    def __call__(self, response: requests.Response, *_: Any, **__: Any) -> requests.Response:
        # Read to its end in any case: the connection can then serve the next request.
        content = response.content
        if response.is_redirect:
            here, there = (urlsplit(urljoin(response.url, to)) for to in ("", response.headers["Location"]))
            if _server(there) != _server(here):
                raise _ElsewhereError(f"{there.scheme}://{there.netloc.rpartition('@')[2]}")
            return response
        if not response.ok:
            _round_up_the_wait(response)
            raise requests.HTTPError(response=response)
        try:
            body = json.loads(content, parse_int=_Number, parse_float=_Number, parse_constant=_refused_constant)
        except ValueError:
            kind = response.headers.get("Content-Type", "of no type").split(";")[0]
            raise _UnreadablePageError(
                f"answered with {len(content):,} bytes ({kind}) that are not whole JSON"
            ) from None
        flaw = self.endpoint.flaw(body)
        if flaw:
            raise _UnreadablePageError(f"answered {flaw}")
        page = _Page()
        page.__dict__.update(response.__dict__)
        page.body = body
        return page


def _round_up_the_wait(response: requests.Response) -> None:
    """Retry-After is in whole seconds; a server that writes 2.0 would not be understood, and asked too early."""
    try:
        response.headers["Retry-After"] = str(math.ceil(float(response.headers.get("Retry-After", ""))))
    except (ValueError, OverflowError):
        return


def _field_of(body: dict[str, Any], path: str, missing: Any = None) -> Any:
    """What stands at `path`, such as `links.next`; `missing` where there is no such field."""
    found: Any = body
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return missing
        found = found[name]
    return found


def _flaw_of_count(body: dict[str, Any], field: str | None) -> str | None:
    """What keeps `body` from saying how much there is, where it has to say so in `field`."""
    # A number of the answer is the text that it was written as.
    if field is None or re.fullmatch("[0-9]+", str(_field_of(body, field))):
        return None
    return f"without the field {field}, which is a whole number"


def _is_list_of_records(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(record, dict) for record in value)


def _refused_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _entries(records: list[dict[str, Any]], nested: str | None) -> list[dict[str, Any]]:
    """A row each: the records, or the entries of their nested lists beside the fields around them."""
    if nested is None:
        return records
    entries = []
    for record in records:
        around = {name: value for name, value in record.items() if name != nested}
        entries += [{**around, **entry} for entry in record.get(nested) or ()]
    return entries


def _text_table(records: list[dict[str, Any]], columns: list[str]) -> tuple[pa.Table, int]:
    """`records` as text columns, and how many values had to be mended to be text at all."""
    arrays, mended = {}, 0
    for column in columns:
        arrays[column], of_column = _text_array([_text(record.get(column)) for record in records])
        mended += of_column
    return pa.table(arrays), mended


def _text_array(values: list[str | None]) -> tuple[pa.Array, int]:
    """`values` as a column, and how many of them had to be mended."""
    try:
        return pa.array(values, pa.string()), 0
    except UnicodeEncodeError:
        paired = [None if value is None else _paired(value) for value in values]
        return pa.array(paired, pa.string()), sum(one != other for one, other in zip(values, paired, strict=True))


def _other_fields(records: list[dict[str, Any]], columns: set[str]) -> list[str | None]:
    """What each record has beyond `columns`: a JSON object of texts, in the order of their names, without nulls."""
    objects: list[str | None] = []
    for record in records:
        others = sorted(name for name in record.keys() - columns if record[name] is not None)
        texts = {name: _text(record[name]) for name in others}
        objects.append(json.dumps(texts, ensure_ascii=False) if texts else None)
    return objects


def _text(value: Any) -> str | None:
    """A value as the text it is, or as JSON with the numbers as they came."""
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    """A value as JSON, with the numbers as they came."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_json(v)}" for name, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _paired(text: str) -> str:
    """Half a pair of surrogates, left by a text that was cut in an emoji, has no form in UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_address(url: str) -> bool:
    try:
        address = urlsplit(url)
        _, host, port = _server(address)
    except ValueError:
        return False
    return bool(host and port) and not (address.query or address.fragment)


def _server(address: SplitResult) -> tuple[str, str | None, int | None]:
    """Scheme, host and port; no port where the scheme is none of an API. Raises ValueError for a port that is none."""
    return address.scheme, address.hostname, address.port or {"http": 80, "https": 443}.get(address.scheme)


def _system_reason(error: BaseException) -> str:
    """What the operating system said, such as ` (Connection refused)`, if it is below `error`."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return f" ({cause.strerror})"
        cause = cause.__cause__ or cause.__context__
    return ""
