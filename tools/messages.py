"""Sentences to translate: collect them, compile the catalogue, say what is wrong.

    python tools/messages.py extract [AREA ...] [--prune]   write new sentences into the fragments
    python tools/messages.py compile                        merge the fragments into one catalogue
    python tools/messages.py check                          list every fault; exit code 1 if any

The Chinese lives in one fragment an area, `src/junheng/locale/zh_Hans/<area>.po`, so that the
people of one area do not stand in each other's way. A sentence used in two areas belongs to the
first of them in alphabetical order and is not repeated. A sentence no longer used is kept behind
`#~` with its translation, in case it comes back, until `extract --prune`.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import tokenize
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_messages
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LANGUAGE = "zh_Hans"
PACKAGE = Path("src/junheng")
FRAGMENTS = PACKAGE / "locale" / LANGUAGE
HEADER = """\
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
CONTEXT_FIRST = (1, "c")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "say": None,
    "translate": None,
    "N_": None,
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": (CONTEXT_FIRST, 2),
    "pgettext_lazy": (CONTEXT_FIRST, 2),
    "npgettext": (CONTEXT_FIRST, 2, 3),
    "npgettext_lazy": (CONTEXT_FIRST, 2, 3),
}
AREA_OF_MODULE = {
    ("commands", "template"): "contracts",
    ("commands", "quality"): "quality",
    ("engine", "toml_file"): "rules",
}
RULES_MODULES = {
    "rulebook",
    "rulefile",
    "ruleparse",
    "itemtypes",
    "items",
    "county_items",
    "school_items",
    "satisfaction",
    "split",
    "between_school",
}

# Ideographs, their punctuation, and full-width forms; curly quotes and dashes are English, too.
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[-#0 +.\d]*[a-z]|\{([A-Za-z_]\w*)[^{}]*\}")
BYTES_START = re.compile(r"\b(?:b|br|rb)[\"']", re.IGNORECASE)
NOT_SHOWN_OR_TRANSLATED = re.compile(
    r"\{#.*?#\}"
    r"|<!--.*?-->"
    r"|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*trans(?:late)?\b.*?%\}"
    # The name of a language is written in that language, and says so.
    r"|<(?P<tag>\w+)[^>]*\slang=\"zh[^\"]*\"[^>]*>[^<]*</(?P=tag)>",
    re.DOTALL,
)


@dataclass(frozen=True, order=True)
class Key:
    """What makes a sentence one sentence: its text and its context."""

    text: str
    context: str = ""


@dataclass(frozen=True)
class Sentence:
    """A sentence found in the sources, with the plural form if it has one."""

    key: Key
    plural: str
    path: Path
    area: str


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with the translations: where, what, and in which sentence."""

    place: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.text}"


def area_of(path: Path) -> str:
    """Return the area of a source file, given relative to the package.

    >>> area_of(Path("engine/standard/items.py")), area_of(Path("apps/jobs/views.py"))
    ('rules', 'jobs')
    >>> area_of(Path("errors.py")), area_of(Path("engine/store/tables.py"))
    ('errors', 'store')
    """
    parts = path.with_suffix("").parts
    if parts in AREA_OF_MODULE:
        return AREA_OF_MODULE[parts]
    if parts[0] == "commands":
        return "cli"
    if parts[0] not in {"engine", "apps"}:
        return parts[0]
    if parts[:2] == ("engine", "standard") and parts[-1] in RULES_MODULES:
        return "rules"
    return parts[1]


def sources(root: Path) -> Iterator[Path]:
    """Yield every file that may hold sentences, in a fixed order."""
    package = root / PACKAGE
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html")]):
        inside = path.relative_to(package)
        if "migrations" not in inside.parts and inside.parts[:3] != ("web", "static", "dist"):
            yield path


def python_of(path: Path) -> str:
    """Return Python text that holds the sentences of a source file, line by line.

    The text around a template's tags comes out blanked and with its indentation, which would not
    be Python; the indentation is removed.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return without_bytes(text)
    return "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())


def without_bytes(text: str) -> str:
    """Return Python text with 0 for every bytes literal: babel cannot join bytes with texts.

    >>> without_bytes('signs.translate(None, b",")')
    'signs.translate(None, 0)'
    """
    if not BYTES_START.search(text):
        return text
    tokens = [
        token._replace(string="0")
        if token.type == tokenize.STRING and BYTES_START.match(token.string)
        else token
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
    ]
    return tokenize.untokenize(tokens)


def sentences_of(path: Path, package: Path) -> Iterator[Sentence]:
    """Yield the sentences of one file in the order in which they stand."""
    inside = path.relative_to(package)
    stream = io.BytesIO(python_of(path).encode())
    for _, found, _, context in extract_messages("python", stream, KEYWORDS):
        text, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, "")
        if text:
            yield Sentence(Key(text, context or ""), plural, inside, area_of(inside))


def collect(root: Path) -> list[Sentence]:
    """Return all sentences of the sources below `root`."""
    package = root / PACKAGE
    return [found for path in sources(root) for found in sentences_of(path, package)]


def homes(found: Iterable[Sentence]) -> dict[Key, str]:
    """Return the area each sentence belongs to: the first one, alphabetically, that uses it."""
    home: dict[Key, str] = {}
    for sentence in found:
        home[sentence.key] = min(sentence.area, home.get(sentence.key, sentence.area))
    return home


def key_of(message: Message) -> Key:
    """Return the key of a catalogue entry."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return Key(text, message.context or "")


def forms_of(message: Message) -> tuple[str, ...]:
    """Return the translations of an entry: one, or as many as the language has plural forms."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def is_translated(message: Message) -> bool:
    """Whether every form of the entry has a translation."""
    forms = forms_of(message)
    return bool(forms) and all(form and form.strip() for form in forms)


def entries(catalogue: Catalog) -> list[Message]:
    """Return the live entries of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def read_fragments(root: Path) -> dict[str, Catalog]:
    """Return the catalogue of every area that has a fragment."""
    fragments = {}
    for path in sorted((root / FRAGMENTS).glob("*.po")):
        with path.open("rb") as file:
            fragments[path.stem] = read_po(file, locale=LANGUAGE, abort_invalid=True)
    return fragments


def translations_in(fragments: Mapping[str, Catalog]) -> dict[Key, Message]:
    """Return the translated entry of every sentence, those kept behind `#~` included."""
    known: dict[Key, Message] = {}
    for catalogue in fragments.values():
        for message in [*entries(catalogue), *catalogue.obsolete.values()]:
            if is_translated(message):
                known.setdefault(key_of(message), message)
    return known


def in_kept_order(old: Catalog, wanted: Iterable[Key]) -> list[Key]:
    """Return the wanted keys: those already in the fragment in its order, then the new ones."""
    new = dict.fromkeys(wanted)
    kept = [key_of(message) for message in entries(old) if key_of(message) in new]
    return list(dict.fromkeys([*kept, *new]))


def fragment(
    old: Catalog, wanted: Mapping[Key, list[Sentence]], known: Mapping[Key, Message]
) -> Catalog:
    """Return the new fragment of an area from its old one and the sentences it should hold."""
    new = Catalog(locale=LANGUAGE)
    for key in in_kept_order(old, wanted):
        plural = next((found.plural for found in wanted[key] if found.plural), "")
        places = sorted({found.path.as_posix() for found in wanted[key]})
        before = known.get(key)
        new.add(
            (key.text, plural) if plural else key.text,
            before.string if before and isinstance(before.id, str) != bool(plural) else None,
            locations=[(place, 0) for place in places],
            user_comments=before.user_comments if before else (),
            context=key.context or None,
        )
    for message in [*old.obsolete.values(), *entries(old)]:
        key = key_of(message)
        if key not in wanted and is_translated(message):
            message.locations = []
            new.obsolete[(key.text, key.context) if key.context else key.text] = message
    return new


def write_fragment(path: Path, catalogue: Catalog, *, prune: bool) -> None:
    """Write a fragment without dates and line numbers: it changes with its sentences only."""
    buffer = io.BytesIO()
    write_po(
        buffer,
        catalogue,
        width=100,
        omit_header=True,
        ignore_obsolete=prune,
        include_lineno=False,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + buffer.getvalue().decode().strip() + "\n", encoding="utf-8")


def extract(root: Path, areas: Iterable[str] = (), *, prune: bool = False) -> None:
    """Bring the fragments (all, or those of `areas`) in line with the sources."""
    found = collect(root)
    home = homes(found)
    old = read_fragments(root)
    known = translations_in(old)
    for area in sorted(set(areas) or {*old, *home.values()}):
        wanted: dict[Key, list[Sentence]] = {}
        for sentence in found:
            if home[sentence.key] == area:
                wanted.setdefault(sentence.key, []).append(sentence)
        catalogue = fragment(old.get(area, Catalog(locale=LANGUAGE)), wanted, known)
        if wanted or area in old:
            write_fragment(root / FRAGMENTS / f"{area}.po", catalogue, prune=prune)


def compile_catalogue(root: Path) -> Path:
    """Merge all fragments into the catalogue that the command line and the site read."""
    # Fixed dates: the same fragments always give the same bytes.
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    merged = Catalog(
        locale=LANGUAGE,
        project="junheng",
        version="0",
        creation_date=epoch,
        revision_date=epoch,
    )
    for catalogue in read_fragments(root).values():
        for message in entries(catalogue):
            if is_translated(message):
                merged.add(message.id, message.string, context=message.context)
    path = root / FRAGMENTS / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, merged)
    return path


def placeholders(text: str) -> set[str]:
    """Return the named places of a template, as they are written.

    >>> sorted(placeholders("{n} of %(total).1f, {{not one}} {share:.1%}"))
    ['%(total)', '{n}', '{share}']
    """
    plain = text.replace("{{", "").replace("}}", "")
    return {f"%({a})" if a else f"{{{b}}}" for a, b in PLACEHOLDER.findall(plain)}


def faults_of_entry(area: str, message: Message, used: Mapping[Key, str]) -> Iterator[Fault]:
    """Yield what is wrong with one entry of a fragment."""
    place, key = f"{area}.po", key_of(message)
    if key not in used:
        yield Fault(place, "obsolete", key.text)
        return
    if not is_translated(message):
        yield Fault(place, "empty translation", key.text)
        return
    template = message.id if isinstance(message.id, str) else message.id[-1]
    if any(placeholders(form) != placeholders(template) for form in forms_of(message)):
        yield Fault(place, "placeholders differ", key.text)
    if message.fuzzy:
        yield Fault(place, "marked fuzzy", key.text)


def faults_between(fragments: Mapping[str, Catalog]) -> Iterator[Fault]:
    """Yield the sentences that two fragments translate differently."""
    first: dict[Key, tuple[str, tuple[str, ...]]] = {}
    for area, catalogue in fragments.items():
        for message in entries(catalogue):
            before, forms = first.setdefault(key_of(message), (area, forms_of(message)))
            if forms != forms_of(message):
                place = f"{before}.po, {area}.po"
                yield Fault(place, "translated differently", key_of(message).text)


def faults_of_sources(root: Path, found: Iterable[Sentence]) -> Iterator[Fault]:
    """Yield source sentences that are not English, and Chinese that no template tag translates."""
    for sentence in found:
        if CHINESE.search(sentence.key.text + sentence.plural):
            yield Fault(sentence.path.as_posix(), "source is not English", sentence.key.text)
    for path in sources(root):
        if path.suffix == ".html":
            yield from faults_of_template(path, path.relative_to(root / PACKAGE).as_posix())


def faults_of_template(path: Path, place: str) -> Iterator[Fault]:
    """Yield the lines of a template that show Chinese outside a translation tag."""

    def blank(match: re.Match[str]) -> str:
        return "\n" * match.group().count("\n")

    text = NOT_SHOWN_OR_TRANSLATED.sub(blank, path.read_text(encoding="utf-8"))
    for number, line in enumerate(text.splitlines(), start=1):
        if CHINESE.search(line):
            yield Fault(f"{place}:{number}", "Chinese outside a translation tag", line.strip())


def check(root: Path) -> list[Fault]:
    """Return every fault of the translations below `root`, sorted."""
    found = collect(root)
    home = homes(found)
    fragments = read_fragments(root)
    present = {key_of(m) for catalogue in fragments.values() for m in entries(catalogue)}
    faults = [
        Fault(f"{area}.po", "missing", key.text) for key, area in home.items() if key not in present
    ]
    for area, catalogue in fragments.items():
        for message in entries(catalogue):
            faults += faults_of_entry(area, message, home)
    faults += faults_between(fragments)
    faults += faults_of_sources(root, found)
    return sorted(set(faults))


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("extract", "compile", "check"))
    parser.add_argument("areas", nargs="*", help="write only these fragments (extract)")
    parser.add_argument("--prune", action="store_true", help="drop what is kept behind #~")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent.parent)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    arguments = parse_arguments(argv)
    if arguments.command == "extract":
        extract(arguments.root, arguments.areas, prune=arguments.prune)
    elif arguments.command == "compile":
        compile_catalogue(arguments.root)
    else:
        faults = check(arguments.root)
        for fault in faults:
            print(fault)
        return 1 if faults else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
