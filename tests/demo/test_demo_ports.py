"""Two demos on one machine never share a port."""

from __future__ import annotations

import argparse
import socket

from xushi.demo.ports import free_port
from xushi.demo.verb import _Demo


def test_of_two_demos_that_start_at_once_only_one_has_the_usual_port() -> None:
    usual = free_port()
    options = argparse.Namespace(lang="en")
    first, second = _Demo(options), _Demo(options)
    ports = first._claimed(usual), second._claimed(usual)  # neither plant listens yet
    assert ports[0] == usual
    assert ports[1] != usual
    first.stop()
    assert _Demo(options)._claimed(usual) == usual  # an ended demo holds nothing


def test_a_port_on_which_another_program_listens_is_left_to_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert _Demo(argparse.Namespace(lang="en"))._claimed(port) != port
