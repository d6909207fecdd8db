"""The least that an answer can cost on the connections of the sandbox: the same answer to every request."""

from __future__ import annotations

import socket
import sys

from lp_contract.contract import load
from lp_sandbox.request.request_and_answer import Answer
from lp_sandbox.web.http_server import Server, server_config
from lp_sandbox.web.metrics import Metrics
from lp_sandbox.web.request_limits import RequestLimits
from lp_sandbox.web.responder import Responder

HELLO = Answer(200, b'{"hello":"world"}')

responder = Responder(lambda _, deliver: deliver(HELLO), Metrics(), lambda _: 1024)
config = server_config(responder, RequestLimits(), load("register/sandbox").problems)
Server(config, lambda: None).run(sockets=[socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=2048)])
