"""Reading the files of a template: from a folder that is trusted, from a zip that is not.

Everything is counted while it is read, never believed: a zip may lie about what it contains.
"""

import io
import json
import math
import stat
import zipfile
import zlib
from pathlib import Path

from .problems import Problem, TemplateError
from .shape import FILE, KEY, file_parts
from .words import _lt

MAX_PACKED = 2 * 1024 * 1024  #: bytes of a zip
MAX_UNPACKED = 8 * 1024 * 1024  #: bytes of all its files
MAX_FILES = 200
MAX_DEPTH = 12
MAX_TEXT = 20_000  #: characters
MAX_ITEMS = 5_000  #: entries of all lists and objects that hold objects
CHUNK = 64 * 1024

#: what else may lie in the folder of a template that an add-on delivers
NOT_OF_THE_TEMPLATE = 'demo'


def fail(file, message, remedy, /, key='', **values):
    raise TemplateError(Problem(file, key, message, remedy, values))


# ------------------------------------------------------------
# FOLDERS
# ------------------------------------------------------------

def read_folder(folder: Path) -> dict[str, str]:
    """Return the texts of a template's files in a folder, by name, without its demo data."""
    return {
        path.name: path.read_text(encoding='utf-8')
        for path in sorted(folder.glob('*.json'))
        if (file_parts(path.name) or ('',))[0] != NOT_OF_THE_TEMPLATE
    }


# ------------------------------------------------------------
# ZIPS
# ------------------------------------------------------------

def read_zip(data: bytes) -> tuple[str, dict[str, str]]:
    """Return a template's key and the texts of its files by name, from a zip with one folder.

    :raises TemplateError: when the zip is too large, damaged, or holds anything else
    """
    if len(data) > MAX_PACKED:
        fail('', _lt("The file is too large."),
             _lt("A template has at most %(size)s MB."), size=MAX_PACKED // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_archive(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            ValueError, OverflowError) as error:
        if isinstance(error, TemplateError):
            raise
        fail('', _lt("The file is damaged, or no zip."),
             _lt("Choose the zip as it was exported from CRM+."))


def _read_archive(archive):
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(archive.infolist()) > MAX_FILES:
        fail('', _lt("The zip holds too many files."),
             _lt("A template has at most %(count)s."), count=MAX_FILES)
    if not entries:
        fail('', _lt("The zip is empty."), _lt("Choose the zip as it was exported from CRM+."))
    folders, texts, left = set(), {}, MAX_UNPACKED
    for entry in entries:
        folder, name = _name_of(entry)
        folders.add(folder)
        if name.lower() in {known.lower() for known in texts}:
            fail(name, _lt("The zip holds the file twice."), _lt("Leave one of them."))
        content = _read_entry(archive, entry, name, left)
        left -= len(content)
        texts[name] = _decode(content, name)
    if len(folders) != 1:
        fail('', _lt("The zip holds more than one folder."),
             _lt("Put all files into one folder that has the name of the template."))
    return folders.pop(), texts


def _name_of(entry):
    """Return folder and file of an entry, whose name is exactly that."""
    # what was written, too: Python cuts names at a zero byte, and mends separators
    folder, slash, name = entry.filename.partition('/')
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.orig_filename != entry.filename or not slash or not KEY.fullmatch(folder) \
            or not FILE.fullmatch(name):
        fail(repr(entry.orig_filename)[1:-1][:200], _lt("Such a file has no place in a template."),
             _lt("The zip holds one folder named like chemicals, and in it files named like "
                 "crm_plus.json or crm_plus.ko_KR.json."))
    if kind not in (0, stat.S_IFREG):
        fail(name, _lt("It is a link or something else that is no file."),
             _lt("Put the file itself into the zip."))
    if entry.flag_bits & 0x1:
        fail(name, _lt("It is encrypted."), _lt("Make the zip without a password."))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        fail(name, _lt("It is packed in an unusual way."), _lt("Make an ordinary zip of it."))
    return folder, name


def _read_entry(archive, entry, name, left):
    content = bytearray()
    with archive.open(entry) as file:
        while chunk := file.read(min(CHUNK, left - len(content) + 1)):
            content += chunk
            if len(content) > left:
                fail(name, _lt("Unpacked, the template is too large."),
                     _lt("A template has at most %(size)s MB of files."),
                     size=MAX_UNPACKED // 1024 // 1024)
    return bytes(content)


def _decode(content, name):
    try:
        return content.decode('utf-8')
    except UnicodeDecodeError:
        fail(name, _lt("It is not a text in UTF-8."), _lt("Save it as UTF-8."))


# ------------------------------------------------------------
# JSON
# ------------------------------------------------------------

def parse_files(texts: dict[str, str]) -> tuple[dict[str, object], list[Problem]]:
    """Return what the files contain by name, and the problems of those that cannot be read."""
    contents, problems = {}, []
    for name, text in texts.items():
        try:
            contents[name] = parse(name, text)
        except TemplateError as error:
            problems.append(error.problem)
    if sum(map(_count, contents.values())) > MAX_ITEMS:
        problems.append(Problem(
            '', '', _lt("The template has too many items."),
            _lt("It may have %(count)s."), {'count': MAX_ITEMS}))
    return contents, problems


def parse(name: str, text: str):
    """Return what a JSON file contains.

    :raises TemplateError: when it is no JSON, or more than a template may hold
    """
    _check_depth(name, text)

    def unique(pairs):
        content = dict(pairs)
        if len(content) < len(pairs):
            keys = [key for key, _value in pairs]
            fail(name, _lt("The key stands twice in one object."), _lt("Leave one of them."),
                 key=next(key for key in keys if keys.count(key) > 1)[:200])
        return content

    def no_constant(constant):
        fail(name, _lt("%(value)s is no number that can be used."), _lt("Write a number."),
             value=constant)

    try:
        content = json.loads(
            text, object_pairs_hook=unique, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        fail(name, _lt("It is not readable JSON: line %(line)s, column %(column)s: %(error)s."),
             _lt("Correct the file there."),
             line=error.lineno, column=error.colno, error=error.msg)
    except TemplateError:
        raise
    except (ValueError, RecursionError):
        # numbers with thousands of digits
        fail(name, _lt("It holds a number that cannot be used."), _lt("Write a shorter one."))
    _check_values(name, '', content)
    return content


def _check_depth(name, text):
    """Refuse deep nesting before anything follows it down."""
    depth, in_text, escaped = 0, False, False
    for char in text:
        if in_text:
            if escaped:
                escaped = False
            elif char == '\\':
                escaped = True
            elif char == '"':
                in_text = False
        elif char == '"':
            in_text = True
        elif char in '[{':
            depth += 1
            if depth > MAX_DEPTH:
                fail(name, _lt("It is nested too deeply."),
                     _lt("A template has at most %(depth)s levels."), depth=MAX_DEPTH)
        elif char in ']}':
            depth -= 1


def _check_values(name, way, value):
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_text(name, way, key)
            _check_values(name, f'{way}/{key}' if way else key, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            # an item is called by its key, as everywhere else
            own = inner.get('key') if isinstance(inner, dict) else None
            _check_values(name, f'{way}/{own if isinstance(own, str) else number}', inner)
    elif isinstance(value, str):
        _check_text(name, way, value)
    elif isinstance(value, float) and not math.isfinite(value):
        fail(name, _lt("The number is too large."), _lt("Write a smaller one."), key=way)


def _check_text(name, way, text):
    if len(text) > MAX_TEXT:
        fail(name, _lt("The text is too long."),
             _lt("A text has at most %(count)s characters."), key=way[:200], count=MAX_TEXT)
    # what a database cannot keep: zero bytes, and halves of characters
    if any(char == '\0' or '\ud800' <= char <= '\udfff' for char in text):
        fail(name, _lt("The text contains characters that cannot be used."),
             _lt("Type the text anew."), key=way[:200])


def _count(value):
    if isinstance(value, dict):
        return 1 + sum(map(_count, value.values()))
    if isinstance(value, list):
        return sum(map(_count, value))
    return 0
