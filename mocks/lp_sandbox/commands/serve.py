"""The command that starts the sandbox."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import click

from lp_sandbox import PACKAGED_SITE
from lp_sandbox.commands.greeting import greet
from lp_sandbox.commands.open_editions_and_stores import chosen, closing, default_world, load_editions, open_store_of
from lp_sandbox.commands.option_values import KEY_VARIABLE, duration, host_name, origin, usable_key
from lp_sandbox.commands.options import edition_option, json_option, seed_option, store_option
from lp_sandbox.commands.output import fail
from lp_sandbox.commands.ready_report import ReadyFile, ready_report
from lp_sandbox.commands.run_server import listen, log_to_stderr, run, stop_in_order
from lp_sandbox.web.access_log import FORMATTERS
from lp_sandbox.web.request_limits import RequestLimits
from lp_sandbox.worlds.world_limits import WorldLimits

REQUEST_LIMITS, WORLD_LIMITS = RequestLimits(), WorldLimits()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    metavar="PORT",
    type=click.IntRange(0, 65535),
    help="The port to listen on. 0 chooses any free port.",
)
@store_option
@click.option(
    "--size",
    metavar="small|standard|large",
    help="The size of a new default world.  [default: standard]",
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
    callback=lambda _context, _option, key: usable_key(key),
    help="Open /_sandbox/ only to requests that send this key as X-Sandbox-Key.",
)
@click.option(
    "--proxied",
    is_flag=True,
    help="Always require the key. Use this option behind a proxy or a TCP forward on this machine. The sandbox "
    "recognises a proxy by the headers that the proxy adds, or by the Host that it passes on. But a TCP forward and "
    "some proxies look like a program on this machine, and such programs can use /_sandbox/ without a key.",
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    callback=lambda _context, _option, names: [host_name(name) for name in names],
    help="Another name that requests can have as Host while the sandbox listens on a loopback address, without a port. "
    "Repeat the option for more names.",
)
@click.option(
    "--rate-limit",
    is_flag=True,
    help="Limit the requests with one token as the service does.",
)
@click.option(
    "--strict",
    "is_strict",
    is_flag=True,
    help="Refuse parameters, filters and fields that an operation does not take. Without this option the sandbox "
    "ignores them, as the service does, and lists them in the header Sandbox-Note.",
)
@click.option(
    "--max-worlds",
    default=WORLD_LIMITS.worlds,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="How many worlds to keep. The sandbox refuses to create more.",
)
@click.option(
    "--max-snapshots",
    default=WORLD_LIMITS.snapshots,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="How many snapshots of each world to keep. The sandbox refuses to take more.",
)
@click.option(
    "--forget-after",
    metavar="DURATION",
    callback=lambda _context, _option, text: duration(text),
    help="Remove a world and its snapshots when the world is this old. Write the age as an ISO 8601 duration, such as "
    "P7D or PT12H. The removal can be up to a minute late. The default world stays.  [default: never]",
)
@click.option(
    "--max-header-size",
    metavar="BYTES",
    default=REQUEST_LIMITS.head,
    show_default=True,
    type=click.IntRange(1024, 2**20),
    help="Refuse requests whose first line and headers are larger.",
)
@click.option(
    "--request-timeout",
    metavar="SECONDS",
    default=REQUEST_LIMITS.seconds,
    show_default=True,
    type=click.FloatRange(0, 3600, min_open=True),
    help="Close a connection if a request takes longer to arrive, or if the client reads nothing of the answer for "
    "this time.",
)
@click.option(
    "--max-connections",
    metavar="NUMBER",
    default=REQUEST_LIMITS.connections,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="How many connections can be open at once. The sandbox refuses more.",
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    callback=lambda _context, _option, origins: [origin(text) for text in origins],
    help="Let pages of another site use the sandbox, such as https://app.example.com. Repeat the option "
    "for more sites. * means every site, but its pages need a key to use /_sandbox/.",
)
@click.option(
    "--durable",
    "is_durable",
    is_flag=True,
    help="Answer a write only when it is on the disk, so that a power cut loses nothing. Writes take longer. Without "
    "this option a power cut can lose the latest writes, but a killed sandbox loses nothing.",
)
@click.option("--access-log", is_flag=True, help="Log a line for each request, without tokens.")
@click.option(
    "--log-format",
    type=click.Choice(list(FORMATTERS)),
    default="text",
    show_default=True,
    help="How to write the log, which goes to standard error.",
)
@json_option
@click.option(
    "--ready-file",
    metavar="PATH",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=lambda _context, _option, path: path and ReadyFile(path),
    help="Write the same JSON as --json to this file when the sandbox is ready, and remove the file when it stops.",
)
def serve(
    host: str,
    port: int,
    store_name: str,
    size: str | None,
    seed: int | None,
    edition_name: str | None,
    site: Path | None,
    key: str | None,
    proxied: bool,
    allowed_hosts: Sequence[str],
    rate_limit: bool,
    is_strict: bool,
    max_worlds: int,
    max_snapshots: int,
    forget_after: timedelta | None,
    max_header_size: int,
    request_timeout: float,
    max_connections: int,
    origins: Sequence[str],
    is_durable: bool,
    access_log: bool,
    log_format: str,
    as_json: bool,
    ready_file: ReadyFile | None,
) -> None:
    """Start the sandbox, and create its default world if necessary.

    Ctrl-C, SIGTERM and SIGHUP stop the sandbox. It then writes everything into the one file of the store, and exits
    with 0. It exits with 1 when it cannot start, or when you stop it before it is ready.

    \b
    Examples:
      lp-sandbox serve --port 9000
      lp-sandbox serve --store memory --size small
      lp-sandbox serve --store sqlite:////var/tmp/sandbox.sqlite3 --size large
      lp-sandbox serve --store memory --port 0 --json
    """
    gc.disable()  # what is made until the sandbox is ready is there to stay
    from lp_sandbox.app import App
    from lp_sandbox.web.hosts import Address

    if proxied and key is None:
        fail(f"--proxied needs a key. Give one with --key or in {KEY_VARIABLE}.")
    stop_in_order()
    log_to_stderr(log_format)
    limits = WorldLimits(max_worlds, max_snapshots, forget_after)
    listening = listen(host, port)
    taken_host, taken_port = listening.getsockname()[:2]
    address = Address(taken_host, taken_port, frozenset(allowed_hosts), frozenset(origins))
    request_limits = RequestLimits(max_header_size, request_timeout, max_connections)
    known = load_editions()
    editions = chosen(known, edition_name)
    store = open_store_of(known, store_name)
    pages = site or (PACKAGED_SITE if PACKAGED_SITE.is_dir() else None)

    def announce() -> None:
        report = ready_report(app, worlds, address.url, store_name) if as_json or ready_file else ""
        if ready_file:
            ready_file.write(report)
        if as_json:
            click.echo(report)  # click flushes each line, so a script that reads a pipe does not wait
        else:
            greet(app, worlds, address.url, store_name, key, has_pages=pages is not None)

    with listening, closing(store), ready_file.kept() if ready_file else nullcontext():
        app = App(
            editions,
            store,
            site=pages,
            key=key,
            address=address,
            rate_limit=rate_limit,
            limits=limits,
            logs_requests=access_log,
            is_strict=is_strict,
        )
        try:
            worlds = [
                default_world(app.worlds, edition, size, seed, is_seeded=edition is editions[0]) for edition in editions
            ]
        except KeyboardInterrupt:
            fail("\nStopped before the sandbox was ready.")
        store.serve(durable=is_durable)
        try:
            run(
                app,
                listening,
                request_limits,
                editions[0].controls.problems,
                ready=announce,
            )
        except KeyboardInterrupt:
            kept = "" if store_name == "memory" else f" Everything is kept in {store_name}."
            click.echo(f"\nStopped.{kept}", err=as_json)
