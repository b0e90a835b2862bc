"""A command is started with its own parser alone; help and reference know all of them."""

from __future__ import annotations

import argparse
from itertools import chain

import pytest

from junheng.cli import ADDING, build_parser, main
from junheng.i18n import translator

ALL = list(chain.from_iterable(ADDING.values()))


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_command_alone_is_the_same_as_among_all(language: str) -> None:
    translate = translator(language)
    together = commands_of(build_parser(translate))
    assert list(together) == ALL
    for name in ALL:
        alone = commands_of(build_parser(translate, name))
        assert alone[name].format_help() == together[name].format_help()
        assert len(alone) < len(ALL)


def test_what_names_no_command_knows_them_all(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["asess"], ["--lang", "en", "--help"]):
        with pytest.raises(SystemExit):
            main(words)
        shown = capsys.readouterr()
        assert all(name in shown.out + shown.err for name in ALL)
