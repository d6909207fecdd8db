"""lp-sandbox: the lead provider API sandbox on the command line."""

from __future__ import annotations

import gc
import json
import logging
import os
import shlex
import shutil
import signal
import socket
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from lp_sandbox.web.limits import RequestLimits
from lp_sandbox.worlds.limits import WorldLimits

if TYPE_CHECKING:
    from lp_contract.contract import Problem
    from lp_sandbox.app import App
    from lp_sandbox.request.edition import Edition
    from lp_sandbox.worlds.records import World
    from lp_sandbox.worlds.store import Store
    from lp_sandbox.worlds.worlds import Worlds

NAME = "lp-sandbox"
KEY_VARIABLE = "LP_SANDBOX_KEY"
USUAL, USUAL_WORLDS = RequestLimits(), WorldLimits()
A_MINUTE = 60
LONGEST_FAREWELL = 4
"""How many seconds requests that have begun can delay the end of the sandbox."""
FILE = "sqlite:///sandbox.sqlite3"
STALE_AFTER = timedelta(days=7)
"""After how long a world no longer fits the stories of its scenarios, in which people join in four weeks."""
PACKAGED_SITE = Path(__file__).parent / "site"
"""The pages that come with the wheel; a checkout has none here."""
_INCOMPLETE = (
    "The default world of this store is incomplete: it has no {}. Name another file with --store, or remove this one."
)
_NO_PAGES = (
    "This sandbox has no guidance pages. `lp-guide build --out build/site` builds them; start the sandbox with "
    "`--site build/site` to show them.\n"
)
edition_option = click.option(
    "--edition", "edition_name", default="register", show_default=True, help="Which edition of the contract to keep."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
store_option = click.option(
    "--store",
    "store_name",
    default=FILE,
    show_default=True,
    metavar="memory|sqlite:///PATH",
    help="Where worlds are kept. A file survives a restart.",
)


seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    metavar="NUMBER",
    help="The number that a new default world is made from.  [default: 0]",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lead-provider-api-sandbox")
def main() -> None:
    """Run a sandbox of the lead provider API: a server that keeps the contract's rules and remembers.

    \b
    Start with:
      lp-sandbox serve           then open http://127.0.0.1:8000
      lp-sandbox tokens          what to send as `Authorization: Bearer ...`
      lp-sandbox reset           put the default world back to its beginning, with the dates of today
      lp-sandbox operations      what it remembers, and what it answers from examples
      lp-sandbox rules           every rule with its message
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 takes any free one.",
)
@store_option
@click.option(
    "--size",
    metavar="small|standard|large",
    help="How much to seed a new default world with.  [default: standard]",
)
@seed_option
@edition_option
@click.option(
    "--site",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the guidance pages, as `lp-guide build` made it.  [default: the pages of the installed wheel]",
)
@click.option(
    "--key",
    envvar=KEY_VARIABLE,
    show_envvar=True,
    callback=lambda _context, _option, key: _usable_key(key),
    help="Opens /_sandbox/ to everybody who sends it as X-Sandbox-Key, and to nobody else.",
)
@click.option(
    "--proxied",
    is_flag=True,
    help="Always ask for the key. Say so when a proxy or a TCP forward on this machine passes requests on: the sandbox "
    "recognises a proxy by the headers it adds or by the Host it passes on, but a TCP forward and some proxies look "
    "like a program on this machine, to which /_sandbox/ is open without a key.",
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    callback=lambda _context, _option, names: [_host_name(name) for name in names],
    help="Another name to answer to while listening on a loopback address, without a port. Repeat it for more.",
)
@click.option(
    "--rate-limit",
    is_flag=True,
    help="Refuse more requests with a token than the service takes.",
)
@click.option(
    "--max-worlds",
    default=USUAL_WORLDS.worlds,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="How many worlds to keep; one more is refused.",
)
@click.option(
    "--max-snapshots",
    default=USUAL_WORLDS.snapshots,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="How many snapshots of each world to keep; one more is refused.",
)
@click.option(
    "--forget-after",
    metavar="DURATION",
    callback=lambda _, __, text: _duration(text),
    help="Remove a world and its snapshots this long after the world was created: an ISO 8601 duration such as P7D or "
    "PT12H. It takes up to a minute longer. The default world stays.  [default: never]",
)
@click.option(
    "--max-header-size",
    metavar="BYTES",
    default=USUAL.head,
    show_default=True,
    type=click.IntRange(1024, 2**20),
    help="Refuse requests whose first line and headers are larger.",
)
@click.option(
    "--request-timeout",
    metavar="SECONDS",
    default=USUAL.seconds,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    help="Close connections whose request takes longer to arrive, or whose answer is not read for as long.",
)
@click.option(
    "--max-connections",
    metavar="NUMBER",
    default=USUAL.connections,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="Refuse connections while as many are open.",
)
@click.option("--access-log", is_flag=True, help="Print a line for each request.")
def serve(
    host: str,
    port: int,
    store_name: str,
    size: str | None,
    seed: int | None,
    edition_name: str,
    site: Path | None,
    key: str | None,
    proxied: bool,
    allowed_hosts: Sequence[str],
    rate_limit: bool,
    max_worlds: int,
    max_snapshots: int,
    forget_after: timedelta | None,
    max_header_size: int,
    request_timeout: float,
    max_connections: int,
    access_log: bool,
) -> None:
    """Start the sandbox, and seed its default world if it has none.

    Ctrl-C, SIGTERM and SIGHUP stop it: it writes everything into the one file of the store and exits with 0. It exits
    with 1 when it cannot start, or is stopped before it is ready.

    \b
    Examples:
      lp-sandbox serve --port 9000
      lp-sandbox serve --store memory --size small
      lp-sandbox serve --store sqlite:////var/tmp/sandbox.sqlite3 --size large
    """
    gc.disable()  # what is made until the sandbox is ready is there to stay
    from lp_sandbox.app import App
    from lp_sandbox.web.hosts import Address

    if proxied and key is None:
        _fail(f"--proxied needs a key. Give one with --key or in {KEY_VARIABLE}.")
    _stop_in_order()
    _log_to_stderr()
    limits = WorldLimits(max_worlds, max_snapshots, forget_after)
    listening = _listen(host, port)
    taken_host, taken_port = listening.getsockname()[:2]
    address = Address(taken_host, taken_port, frozenset(allowed_hosts))
    request_limits = RequestLimits(max_header_size, request_timeout, max_connections)
    edition, store = _opened(edition_name, store_name)
    pages = site or (PACKAGED_SITE if PACKAGED_SITE.is_dir() else None)
    with _closed_at_the_end(store):
        app = App([edition], store, site=pages, key=key, address=address, rate_limit=rate_limit, limits=limits)
        try:
            world = _default_world(app.worlds, edition, size, seed)
        except KeyboardInterrupt:
            _fail("\nStopped before the sandbox was ready.")
        store.hurry()
        try:
            _run(
                app,
                listening,
                request_limits,
                edition.controls.problems,
                access_log=access_log,
                ready=lambda: _greet(app, world, listening, store_name, key, has_pages=pages is not None),
            )
        except KeyboardInterrupt:
            click.echo("\nStopped." if store_name == "memory" else f"\nStopped. Everything is kept in {store_name}.")


@main.command()
@store_option
@seed_option
@edition_option
@json_option
def tokens(store_name: str, seed: int | None, edition_name: str, as_json: bool) -> None:
    """Print the tokens of every world in a store.

    A default world that is not there yet is not made: its tokens are those that `serve` will give it, with the same
    --seed.
    """
    from lp_sandbox.app import layout
    from lp_sandbox.worlds.store.opening import open_store
    from lp_sandbox.worlds.template import DEFAULT
    from lp_sandbox.worlds.worlds import Worlds

    edition, store = _opened(edition_name, "memory" if _is_yet_to_be(store_name) else store_name)
    with _closed_at_the_end(store):
        kept = Worlds(store, [edition.template])
        is_made = kept.get(DEFAULT) is not None
        begun = kept if is_made else Worlds(open_store("memory", layout([edition])), [edition.template])
        # The tokens are the same in every size.
        default = _default_world(begun, edition, None if is_made else edition.template.sizes[0], seed)
        held = [(begun, default), *((kept, world) for world in kept.all() if world.id != DEFAULT)]
        rows = [
            {"token": token.token, "lead_provider": token.lead_provider, "world": world.id}
            for worlds, world in held
            for token in worlds.tokens(world)
        ]
    _print(rows, as_json=as_json)


@main.command()
@click.argument("name", metavar="[WORLD]", default="default")
@store_option
@edition_option
@click.option("--yes", is_flag=True, help="Do not ask whether to reset the world.")
def reset(name: str, store_name: str, edition_name: str, yes: bool) -> None:
    """Put a world back to its beginning: the default one, or WORLD.

    Everything that was recorded in the world is lost. Its tokens, ids and snapshots stay. The dates of its people are
    counted from today again, or from the clock that the world was made with. A sandbox that is running on the same
    file goes on with the world as it is then.

    \b
    Examples:
      lp-sandbox reset
      lp-sandbox reset --yes ci-42
      lp-sandbox reset --store sqlite:////var/tmp/sandbox.sqlite3
    """
    from lp_sandbox.worlds.worlds import Impossible, Worlds

    _refuse_to_reset_nothing(name, store_name)
    edition, store = _opened(edition_name, store_name)
    with _closed_at_the_end(store):
        worlds = Worlds(store, [edition.template])
        world = worlds.get(name)
        if world is None:
            known = ", ".join(world.id for world in worlds.all()) or "none"
            _fail(f"There is no world {name!r} in {store_name}. Known: {known}.")
        if not yes:
            begun = _written(world.seeded_on)
            click.echo(f"The world {name} began on {begun}. A reset deletes everything that was recorded in it since.")
            click.confirm("Reset it?", abort=True)
        try:
            world = worlds.reset(world)
        except Impossible:
            _fail(f"The world {name} has been removed meanwhile. There is nothing to reset.")
    click.echo(f"The world {name} is as new. Its dates are counted from {_written(world.seeded_on)}.")


def _refuse_to_reset_nothing(name: str, store_name: str) -> None:
    if store_name == "memory":
        _fail(
            "A store in memory belongs to the running sandbox. "
            f"Send POST /_sandbox/worlds/{name}/reset to it, or name a file with --store."
        )
    if _is_yet_to_be(store_name):
        path = store_name.removeprefix("sqlite:///")
        _fail(f"There is no file {path}, so there is nothing to reset. Name another with --store; `serve` makes one.")


@main.command()
@edition_option
@json_option
def operations(edition_name: str, as_json: bool) -> None:
    """List every operation, and whether the sandbox remembers what it does.

    An operation that is not stateful is answered from the contract's example, with the header X-Sandbox-Answer.
    """
    edition = _edition(edition_name)
    rows = [
        {
            "operation_id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "stateful": edition.is_stateful(operation.id),
        }
        for operation in edition.contract.operations.values()
    ]
    _print(rows, as_json=as_json)
    if not as_json:
        click.echo(f"\n{sum(bool(row['stateful']) for row in rows)} of {len(rows)} stateful.")


@main.command()
@edition_option
@json_option
def rules(edition_name: str, as_json: bool) -> None:
    """List every rule in the order in which it is asked, with its message."""
    contract = _edition(edition_name).contract
    rows = [
        {"operation_id": operation.id, "rule": rule.name, "field": rule.field, "message": rule.detail}
        for operation in contract.operations.values()
        for rule in operation.rules
    ]
    _print(rows, as_json=as_json)


@main.command()
@edition_option
@click.option("--lead-provider", help="Whose they shall be, by full name.  [default: the first]")
@json_option
def scenarios(edition_name: str, lead_provider: str | None, as_json: bool) -> None:
    """List the scenarios of a lead provider, in a world of the seed 0 that is made today.

    With --json each has its story, what to try with it, and its ids. POST /_sandbox/scenarios/NAME makes a fresh one.
    """
    from lp_sandbox.worlds.clock import day, real_time

    edition = _edition(edition_name)
    providers = {name: id_ for id_, name in edition.template.lead_providers.items()}
    if lead_provider not in (None, *providers):
        _fail(f"There is no lead provider {lead_provider!r}. Known: {', '.join(providers)}.")
    today = day(real_time())
    listed = edition.scenarios(0, providers[lead_provider or next(iter(providers))], today)
    _print(listed if as_json else [{"scenario": one["name"], "story": one["story"]} for one in listed], as_json=as_json)


def _is_yet_to_be(store_name: str) -> bool:
    """Whether a store is a file that is not there: to ask for its tokens shall not make it."""
    _, scheme, path = store_name.rpartition("sqlite:///")
    return bool(scheme) and not Path(path).exists()


def _duration(text: str | None) -> timedelta | None:
    from lp_sandbox.worlds.clock import seconds_in

    if text is None:
        return None
    try:
        duration = timedelta(seconds=seconds_in(text))
    except (ValueError, OverflowError):
        duration = timedelta()
    if not duration:
        raise click.BadParameter(f"{text!r} is not a duration such as P7D or PT12H.")
    return duration


def _stop_in_order() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, so that it closes its store."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as `nohup` leaves it
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))  # uvicorn handles that one


def _log_to_stderr() -> None:
    log = logging.getLogger("lp-sandbox")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.INFO)


@contextmanager
def _closed_at_the_end(store: Store) -> Iterator[None]:
    """Close a store whatever happens, and report what makes it unusable."""
    from lp_sandbox.worlds.store import Unavailable

    try:
        yield
    except Unavailable as trouble:
        _fail(str(trouble))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # nothing interrupts the last write
        store.close()


def _usable_key(key: str | None) -> str | None:
    """Return a key without the space around it, which no header keeps. Fails where it opens the controls to everybody.

    Click takes an empty variable for one that is not set.
    """
    if key is None and KEY_VARIABLE not in os.environ:
        return None
    stripped = (key or "").strip()
    if not stripped:
        _fail(f"The key is empty. Give one with --key or in {KEY_VARIABLE}, or leave both out.")
    if any(unicodedata.category(letter) == "Cc" for letter in stripped):
        _fail("The key has a control character, such as a line break, which no header can hold. Give another one.")
    return stripped


def _host_name(text: str) -> str:
    """Return a name as it is compared with those in requests."""
    from lp_sandbox.web.hosts import read_host

    try:
        host = read_host(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no name of a host. Give a name such as sandbox.example.com.") from None
    if ":" in text and not text.startswith("["):
        raise click.BadParameter(f"{text!r} has a port. Give {host.name!r} alone; it counts with every port.")
    return host.name


def _listen(host: str, port: int) -> socket.socket:
    """Take the address before anything slow happens, so that a mistake is told at once."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        _fail(f"Cannot listen on {host}:{port}: {error}. Choose another with --host and --port.")


def _edition(name: str) -> Edition:
    from lp_contract.source import ContractError
    from lp_sandbox.request.edition import Disagreement, edition

    try:
        return edition(name)
    except LookupError as error:
        _fail(str(error.args[0]))
    except (ContractError, Disagreement) as error:
        _fail(f"{error}\nThe contract cannot be used as it stands. `lp-guide check` judges it as a whole.")


def _opened(edition_name: str, store_name: str) -> tuple[Edition, Store]:
    from lp_sandbox.app import layout
    from lp_sandbox.worlds.store import CannotOpen
    from lp_sandbox.worlds.store.opening import open_store

    edition = _edition(edition_name)
    try:
        return edition, open_store(store_name, layout([edition]))
    except CannotOpen as error:
        _fail(str(error))


def _default_world(worlds: Worlds, edition: Edition, size: str | None, seed: int | None) -> World:
    """Return the default world of a store, which is made if there is none. Fails where it is another than asked for."""
    from lp_sandbox.controls import new_world_defaults
    from lp_sandbox.worlds.store import Conflict
    from lp_sandbox.worlds.template import DEFAULT

    if size not in (None, *edition.template.sizes):
        _fail(f"There is no size {size!r}. Known: {', '.join(edition.template.sizes)}.")
    world = worlds.get(DEFAULT)
    if world is None:
        asked = {name: value for name, value in (("size", size), ("seed", seed)) if value is not None}
        try:
            return worlds.create(DEFAULT, **{**new_world_defaults(edition), **asked})
        except Conflict:  # another process has made it meanwhile
            world = worlds.get(DEFAULT) or _fail(_INCOMPLETE.format("world"))
    lacking = worlds.lacking(world)
    if lacking:
        _fail(_INCOMPLETE.format(lacking[0]))
    _refuse_another(size, world.size, "")
    _refuse_another(seed, world.seed, "made from the seed ")
    return world


def _refuse_another(asked: object, there: object, made: str) -> None:
    if asked not in (None, there):
        _fail(
            f"The default world of this store is {made}{there}, not {asked}. Name another file with --store, "
            "or remove this one."
        )


def _greet(
    app: App, world: World, listening: socket.socket, store_name: str, key: str | None, *, has_pages: bool
) -> None:
    host, port = listening.getsockname()[:2]
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    token = app.worlds.tokens(world)[0]
    first = app.edition.contract.first_request
    if _is_stale(world):
        click.echo(
            f"The default world was {_begun(world)}, so its people and dates are those of that day. "
            f"`{_program()} reset{_elsewhere(store_name)}` renews it."
        )
    click.echo(
        f"The sandbox is ready at {click.style(base, bold=True)} ({world.size} world, {store_name}).\n"
        f"Try it as {token.lead_provider}:\n\n"
        f'  curl -H "Authorization: Bearer {token.token}" {base}{first.path if first else "/"}\n\n'
        f"{'' if has_pages else _NO_PAGES}"
        f"{_where_tokens_are(base, store_name, key)} lists the others. Ctrl-C stops the sandbox.",
        color=_colour(),
    )
    sys.stdout.flush()


def _where_tokens_are(base: str, store_name: str, key: str | None) -> str:
    """Say how to list the tokens of a running sandbox: from its file, or from itself where it has none."""
    if store_name == "memory":
        return f"{base}/_sandbox/worlds{' (with your key as X-Sandbox-Key)' if key else ''}"
    return f"`{_program()} tokens{_elsewhere(store_name)}`"


def _elsewhere(store_name: str) -> str:
    """Write the option that names a store, unless it is the usual one."""
    return "" if store_name == FILE else f" --store {shlex.quote(store_name)}"


def _is_stale(world: World) -> bool:
    """Say whether a world that runs with the real time has left the day behind that its people and dates fit."""
    from lp_sandbox.worlds.clock import day, real_time

    return world.first_clock is None and world.seeded_on < day(real_time() - STALE_AFTER)


def _begun(world: World) -> str:
    """Say when a world was made, or when it was last reset."""
    from lp_sandbox.worlds.clock import day, parse

    is_as_made = world.seeded_on == day(parse(world.created_at))
    return f"{'created' if is_as_made else 'reset'} on {_written(world.seeded_on)}"


def _written(day: str) -> str:
    """Write a day as people do: 2 June 2026."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {moment:%B %Y}"


def _program() -> str:
    """Name this program as it can be called from here."""
    called = Path(sys.argv[0])
    return str(called) if called.stem == NAME and not shutil.which(NAME) else NAME


def _run(
    app: App,
    listening: socket.socket,
    limits: RequestLimits,
    problems: Mapping[str, Problem],
    *,
    access_log: bool,
    ready: Callable[[], None],
) -> None:
    import uvicorn

    from lp_sandbox.web.connections import Server, connecting
    from lp_sandbox.worlds.store import Unavailable

    async def forget() -> None:
        try:
            app.worlds.forget()
        except Unavailable as trouble:
            click.echo(f"Old worlds could not be removed: {trouble}", err=True)

    config = uvicorn.Config(
        app,
        http=connecting(limits, problems),
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level="info" if access_log else "warning",
        access_log=access_log,
        server_header=False,
        timeout_graceful_shutdown=LONGEST_FAREWELL,
        callback_notify=forget,
        timeout_notify=A_MINUTE,
        proxy_headers=False,  # what a proxy adds would count as the address of the client
        use_colors=_colour(),
    )
    Server(config, ready).run(sockets=[listening])


def _print(rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    shown = [{name: _word(value) for name, value in row.items()} for row in rows]
    names = list(rows[0]) if rows else []
    widths = {name: max(len(name), *(len(row[name]) for row in shown)) for name in names}
    for row in [{name: name.replace("_", " ").upper() for name in names}, *shown]:
        click.echo("  ".join(row[name].ljust(widths[name]) for name in names).rstrip())


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")  # see https://no-color.org


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main(prog_name=NAME)
