"""Doors for sign-in and accounts, and how errors look on the wire: problem documents of RFC 9457."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from runtime import accounts, auth, clock
from runtime.accounts import Account
from runtime.errors import AppError
from runtime.surroundings import Surroundings, problem, problem_of

router = APIRouter(prefix="/api/v1")

_CODES = {401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


class ProblemResponse(JSONResponse):
    media_type = "application/problem+json"


def install_problems(app: FastAPI) -> None:
    """Problem documents for every fault, request ids, the request log and the limit of bodies."""

    @app.exception_handler(AppError)
    async def _known(_request: Request, error: AppError) -> Response:
        headers = {}
        if "retry_after" in error.details:
            headers["Retry-After"] = str(math.ceil(float(error.details["retry_after"])))
        return ProblemResponse(problem_of(error), error.status, headers)

    @app.exception_handler(RequestValidationError)
    async def _not_understood(_request: Request, error: RequestValidationError) -> Response:
        return ProblemResponse(problem(422, "bad_input", _readable(error)), 422)

    @app.exception_handler(HTTPException)
    async def _of_the_framework(_request: Request, error: HTTPException) -> Response:
        cause = error.__cause__  # FastAPI makes a 400 of whatever is raised while it reads a body
        if isinstance(cause, AppError):
            return ProblemResponse(problem_of(cause), cause.status)
        if isinstance(cause, ValueError):
            return ProblemResponse(problem(422, "bad_input", "The body is not valid JSON."), 422)
        code = _CODES.get(error.status_code, "refused")
        detail = "There is nothing at this address." if error.status_code == 404 else str(error.detail)
        return ProblemResponse(problem(error.status_code, code, detail), error.status_code, error.headers)

    app.add_middleware(Surroundings)


def _readable(error: RequestValidationError) -> str:
    """The fields and what is wrong with them; never what was in them."""
    sentences = []
    for one in error.errors():
        if one["type"] == "json_invalid":
            return "The body is not valid JSON."
        where = ".".join(str(step) for step in one["loc"][1:]) or "the body"
        sentences.append(f"{where}: {one['msg'].removeprefix('Value error, ')}")
    return "; ".join(sentences)


# -- bodies ------------------------------------------------------------------------------------------------


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(_Body):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)


class NewAccount(_Body):
    email: str = Field(max_length=254)
    name: str = Field(max_length=200)
    role: accounts.Role
    password: str = Field(max_length=1000)
    language: str = Field("en", max_length=8)


class AccountChange(_Body):
    name: str | None = Field(None, max_length=200)
    role: accounts.Role | None = None
    language: str | None = Field(None, max_length=8)
    disabled: bool | None = None
    password: str | None = Field(None, max_length=1000)


class AccountOut(BaseModel):
    id: str
    email: str
    name: str
    role: accounts.Role
    language: str


class AccountRecord(AccountOut):
    disabled: bool
    created_at: str


class Session(BaseModel):
    account: AccountOut
    csrf: str


class AccountList(BaseModel):
    items: list[AccountRecord]


def _out(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in AccountOut.model_fields}


def _record(account: Account) -> dict[str, Any]:
    return {**_out(account), "disabled": account.disabled, "created_at": clock.rfc3339(account.created_at)}


# -- session -----------------------------------------------------------------------------------------------


@router.post("/session", response_model=Session)
async def sign_in(body: SignIn, request: Request, response: Response) -> dict[str, Any]:
    if not auth.is_own_origin(request):
        raise auth.ForgedRequest("Sign in on our own page.")
    settings = auth.settings_of(request)
    address = auth.address_of(request)
    token, csrf, account = await auth.gate_of(request).sign_in(
        auth.database_of(request), address, body.email, body.password
    )
    auth.set_cookie(response, settings, token)
    response.headers["Cache-Control"] = "no-store"
    return {"account": _out(account), "csrf": csrf}


@router.get("/session", response_model=Session)
async def who_am_i(request: Request, response: Response) -> dict[str, Any]:
    """Every staff page asks this as it loads, so it is also what keeps a session alive."""
    account, csrf = await auth.session_of_request(request)
    token = request.cookies[auth.COOKIE]
    await auth.keep_session(request, token)
    auth.set_cookie(response, auth.settings_of(request), token)
    response.headers["Cache-Control"] = "no-store"
    return {"account": _out(account), "csrf": csrf}


@router.delete("/session", status_code=204)
async def sign_out(request: Request) -> Response:
    await auth.session_of_request(request)
    await auth.database_of(request).write(accounts.sign_out, request.cookies[auth.COOKIE])
    response = Response(status_code=204)
    auth.clear_cookie(response, auth.settings_of(request))
    return response


# -- accounts ----------------------------------------------------------------------------------------------

Admin = Annotated[Account, Depends(auth.require("admin"))]


@router.get("/accounts", response_model=AccountList)
async def list_accounts(_admin: Admin, request: Request) -> dict[str, Any]:
    found = await auth.database_of(request).read(accounts.accounts)
    return {"items": [_record(account) for account in found]}


@router.post("/accounts", status_code=201, response_model=AccountRecord)
async def add_account(body: NewAccount, _admin: Admin, request: Request) -> dict[str, Any]:
    password_hash = await auth.gate_of(request).hash(body.password)
    account = await auth.database_of(request).write(
        accounts.add_account, body.email, body.name, body.role, password_hash, body.language
    )
    return _record(account)


@router.patch("/accounts/{account_id}", response_model=AccountRecord)
async def change_account(account_id: str, body: AccountChange, _admin: Admin, request: Request) -> dict[str, Any]:
    changes = body.model_dump(exclude={"password"}, exclude_none=True)
    if body.password is not None:
        changes["password_hash"] = await auth.gate_of(request).hash(body.password)
    return _record(await auth.database_of(request).write(accounts.change_account, account_id, **changes))
