"""Files of industry templates, without a database: read, checked and written."""

import io
import json
import random
import stat
import zipfile
from copy import deepcopy

from odoo.tests import BaseCase

from ..industry_templates import reading
from ..industry_templates.domains import conditions
from ..industry_templates.plan import (
    CircleError,
    Item,
    differing_languages,
    is_same,
    is_same_properties,
    levels,
    merge_properties,
    with_texts,
)
from ..industry_templates.problems import TemplateError
from ..industry_templates.sections import COMPANY_FIELDS, SECTIONS, Section, walk
from ..industry_templates.validating import validate
from ..industry_templates.writing import canonical, dumps, pack
from .industry_common import TRADE

KNOWN = {'crm_plus': SECTIONS}
SETTINGS = {'crm_plus': COMPANY_FIELDS}


def packed(*entries, compression=zipfile.ZIP_DEFLATED):
    """Return a zip of names or ZipInfos with their contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


class TestHostileZips(BaseCase):
    """Whatever somebody packs, it is refused in words, and nothing else happens."""

    def assertRefused(self, data, words):
        with self.assertRaisesRegex(TemplateError, words):
            reading.read_zip(data)

    def test_zip_as_it_was_exported(self):
        files = {f'paint/{name}': dumps(content) for name, content in TRADE.items()}
        key, texts = reading.read_zip(pack(files))
        self.assertEqual(key, 'paint')
        self.assertEqual({f'paint/{name}': text for name, text in texts.items()}, files)

    def test_same_files_make_the_same_zip(self):
        self.assertEqual(pack({'paint/a.json': "{}"}), pack({'paint/a.json': "{}"}))

    def test_no_zip(self):
        self.assertRefused(b'', "damaged")
        self.assertRefused(b'PK\x05\x06' + b'\0' * 18, "empty")
        self.assertRefused(b'{"format": 1}', "damaged")
        self.assertRefused(pack({'paint/template.json': "{}"})[:-10], "damaged")

    def test_paths(self):
        for name in (
            '/etc/passwd.json', '../template.json', 'paint/../../template.json',
            'paint/sub/template.json', 'template.json', 'paint/template.py', 'paint/.json',
            'C:/template.json', 'paint\\..\\template.json', 'Paint/template.json',
            'paint/crm plus.json', 'paint/template.json\n', 'paint/crm_plus.ko_KR.json.exe',
        ):
            with self.subTest(name):
                self.assertRefused(packed((name, "{}")), "no place in a template")

    def test_name_with_a_zero_byte(self):
        data = packed(('paint/templateX.json', "{}"))
        self.assertRefused(data.replace(b'templateX', b'template\0'), "no place|damaged")

    def test_links(self):
        entry = zipfile.ZipInfo('paint/template.json')
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        self.assertRefused(packed((entry, '/etc/passwd')), "link")

    def test_encrypted(self):
        data = bytearray(packed(('paint/template.json', "{}")))
        data[data.index(b'PK\x01\x02') + 8] |= 1
        self.assertRefused(bytes(data), "encrypted")

    def test_unusual_compression(self):
        self.assertRefused(
            packed(('paint/template.json', "{}"), compression=zipfile.ZIP_BZIP2), "unusual")

    def test_twice(self):
        with self.assertWarns(UserWarning):
            data = packed(('paint/template.json', "{}"), ('paint/template.json', "{}"))
        self.assertRefused(data, "twice")

    def test_two_folders(self):
        self.assertRefused(
            packed(('paint/template.json', "{}"), ('glue/crm_plus.json', "{}")), "one folder")

    def test_too_large(self):
        self.assertRefused(b'x' * (reading.MAX_PACKED + 1), "too large")

    def test_bomb(self):
        data = packed(('paint/template.json', "0" * (reading.MAX_UNPACKED + 1)))
        self.assertLess(len(data), reading.MAX_PACKED)
        self.assertRefused(data, "too large")

    def test_bomb_of_many_files(self):
        part = "0" * (reading.MAX_UNPACKED // 3)
        self.assertRefused(
            packed(*((f'paint/part_{letter}.json', part) for letter in 'abcd')), "too large")

    def test_bomb_that_lies_about_its_size(self):
        data = bytearray(packed(('paint/template.json', "0" * (reading.MAX_UNPACKED + 1))))
        for mark, offset in ((b'PK\x03\x04', 22), (b'PK\x01\x02', 24)):
            begin = data.index(mark) + offset
            data[begin:begin + 4] = (2).to_bytes(4, 'little')
        self.assertRefused(bytes(data), "damaged|too large")

    def test_too_many_files(self):
        self.assertRefused(packed(*(
            (f'paint/part_{number}.json', "{}") for number in range(reading.MAX_FILES + 1)
        )), "too many files")

    def test_not_a_text(self):
        self.assertRefused(packed(('paint/template.json', b'\xff\xfe{}')), "UTF-8")


class TestParsing(BaseCase):

    def assertRefused(self, text, words):
        with self.assertRaisesRegex(TemplateError, words):
            reading.parse('crm_plus.json', text)

    def test_what_is_no_json(self):
        self.assertRefused('{"a": }', "line 1, column 7")
        self.assertRefused('', "line 1")
        self.assertRefused("{'a': 1}", "not readable")

    def test_numbers(self):
        for text in ('NaN', 'Infinity', '-Infinity'):
            self.assertRefused(f'{{"a": {text}}}', "no number")
        self.assertRefused('{"a": 1e999}', "too large")
        self.assertRefused(f'{{"a": {"9" * 5000}}}', "number that cannot be used")

    def test_key_twice(self):
        self.assertRefused('{"a": {"b": 1, "b": 2}}', "twice")

    def test_depth(self):
        self.assertEqual(reading.parse('a.json', '[' * 12 + ']' * 12).__class__, list)
        self.assertRefused('[' * 13 + ']' * 13, "nested too deeply")
        self.assertRefused('[' * 10 ** 6, "nested too deeply")
        self.assertEqual(reading.parse('a.json', '["[[[[[[[[[[[[[[[[\\"[[["]'), ['[' * 16 + '"[[['])

    def test_texts(self):
        self.assertRefused(json.dumps({'a': 'x' * (reading.MAX_TEXT + 1)}), "too long")
        self.assertRefused('{"a": "x\\u0000"}', "cannot be used")
        self.assertRefused('{"a": "\\ud800"}', "cannot be used")
        self.assertRefused('{"\\u0000": 1}', "cannot be used")

    def test_too_many_items(self):
        contents, problems = reading.parse_files(
            {'crm_plus.json': json.dumps([{} for _number in range(reading.MAX_ITEMS + 1)])})
        self.assertEqual(len(problems), 1)
        self.assertIn("too many items", str(problems[0]))
        self.assertTrue(contents)


class TestValidation(BaseCase):
    """Problems name the file, the key, what is wrong and what to do."""

    def problems(self, change=None, files=None):
        files = deepcopy(files or TRADE)
        if change:
            change(files)
        return validate(files, KNOWN, SETTINGS)

    def assertProblem(self, change, file, key, words):
        found = [problem for problem in self.problems(change)
                 if (problem.file, problem.key) == (file, key)]
        self.assertTrue(found, [str(problem) for problem in self.problems(change)])
        self.assertIn(words, str(found[0]))
        self.assertTrue(found[0].words()['remedy'])

    def test_nothing_is_wrong(self):
        self.assertEqual(self.problems(), [])

    def test_description(self):
        def change(key, value):
            def changed(files):
                files['template.json'][key] = value
            return changed

        self.assertProblem(lambda files: files.pop('template.json'), 'template.json', '', "missing")
        self.assertProblem(lambda files: files['template.json'].pop('name'),
                           'template.json', 'name', "missing")
        self.assertProblem(change('format', 2), 'template.json', 'format', "another version")
        self.assertProblem(change('format', True), 'template.json', 'format', "wrong kind")
        self.assertProblem(change('language', 'de_DE'), 'template.json', 'language', "English")
        self.assertProblem(change('icon', '<b>'), 'template.json', 'icon', "cannot be used")
        self.assertProblem(change('code', 'print()'), 'template.json', 'code', "not known")

    def test_structure(self):
        main = 'crm_plus.json'

        def change(function):
            return lambda files: function(files[main])

        for function, key, words in (
            (lambda main: main.update(users=[]), 'users', "not known"),
            (lambda main: main.update(tiers={}), 'tiers', "wrong kind"),
            (lambda main: main['tiers'].append(3), 'tiers/2', "wrong kind"),
            (lambda main: main['tiers'].append({'name': "X"}), 'tiers/2', "key is missing"),
            (lambda main: main['tiers'].append({'key': 'A-b', 'name': "X"}), 'tiers/2', "key"),
            (lambda main: main['tiers'].append(dict(main['tiers'][0])), 'tiers/best', "twice"),
            (lambda main: main['tiers'][0].pop('name'), 'tiers/best/name', "missing"),
            (lambda main: main['tiers'][0].update(company_id=1), 'tiers/best/company_id',
             "not known"),
            (lambda main: main['tiers'][0].update(active=False), 'tiers/best/active', "archived"),
            (lambda main: main['tiers'][0].update(record='Tier 7'), 'tiers/best/record',
             "external id"),
            (lambda main: (main['tiers'][0].update(record='a.b'),
                           main['tiers'].append({'key': 'c', 'record': 'a.b'})),
             'tiers/c/record', "same record"),
            (lambda main: main['settings'].update(name="Mine"), 'settings/name', "not known"),
            (lambda main: main['stages'][0]['exit_criteria'][1].update(key='sample'),
             'stages/sample/entry_actions/sample', "twice"),
        ):
            with self.subTest(key):
                self.assertProblem(change(function), main, key, words)

    def test_nothing_that_runs(self):
        for kind in ('mail', 'server'):
            self.assertProblem(
                lambda files, kind=kind: files['crm_plus.json']['stages'][0]['entry_actions'][
                    0].update(kind=kind),
                'crm_plus.json', 'stages/sample/entry_actions/sample/kind', "cannot bring")

    def test_references(self):
        def change(value):
            def changed(files):
                files['crm_plus.json']['score_rules'][0]['tier_ids'] = value
            return changed

        key = 'score_rules/best/tier_ids'
        self.assertProblem(change(['gone']), 'crm_plus.json', key, "no “gone”")
        self.assertProblem(change(['best', 'best']), 'crm_plus.json', key, "twice")
        self.assertProblem(change([7]), 'crm_plus.json', key, "wrong kind")
        self.assertProblem(change(['a.b c']), 'crm_plus.json', key, "external id")

    def test_conditions_are_literals(self):
        for text in (
            "[('id', '=', __import__('os').getpid())]", "[(1, '=', 1)]", "[('a', 'any!', [])]",
            "lambda: 1", "[('a', '=')]", "['&', ('a', '=', 1)]", "['x']", "[" * 200, "7",
            "[('a', 'in', user_ids)]", "{'a': 1}",
        ):
            with self.subTest(text):
                self.assertRaises(ValueError, conditions, text)
                self.assertProblem(
                    lambda files, text=text: files['crm_plus.json']['score_rules'][1].update(
                        domain=text),
                    'crm_plus.json', 'score_rules/korea/domain', "cannot be read")

    def test_conditions_within_conditions(self):
        self.assertEqual(
            conditions("['|', ('a', '=', 1), ('b', 'any', [('c', 'in', ['x'])])]"),
            [('a', '=', 1), ('b.c', 'in', ['x'])])

    def test_properties(self):
        def change(**values):
            def changed(files):
                files['crm_plus.json']['sales_teams'][0]['lead_fields'][1].update(values)
            return changed

        way = 'sales_teams/walls/lead_fields'
        for values, key, words in (
            ({'type': 'python'}, f'{way}/gloss/type', "not a type"),
            ({'string': ''}, f'{way}/gloss/string', "missing"),
            ({'name': 'litres'}, f'{way}/2', "used twice"),
            ({'name': 'a-b'}, f'{way}/2', "cannot be used"),
            ({'selection': "matt"}, f'{way}/gloss/selection', "choices"),
            ({'selection': [['a', "A"], ['a', "B"]]}, f'{way}/gloss/selection', "choices"),
            ({'type': 'char'}, f'{way}/gloss/selection', "does not go with"),
            ({'domain': '[]'}, f'{way}/gloss/domain', "not known"),
        ):
            with self.subTest(str(values)):
                self.assertProblem(change(**values), 'crm_plus.json', key, words)

    def test_translations(self):
        korean = 'crm_plus.ko_KR.json'

        def change(section, path, **texts):
            def changed(files):
                files[korean].setdefault(section, {}).setdefault(path, {}).update(texts)
            return changed

        for arguments, texts, key, words in (
            (('tiers', 'gone'), {'name': "X"}, 'tiers/gone', "lacks"),
            (('tiers', 'best'), {'sequence': "1"}, 'tiers/best/sequence', "no such text"),
            (('stages', 'sample/revenue'), {'field_id': "x"}, 'stages/sample/revenue/field_id',
             "no such text"),
            (('sales_teams', 'walls'), {'lead_fields': {'gloss': {'selection': {'x': "X"}}}},
             'sales_teams/walls/lead_fields/gloss/selection', "no such text"),
        ):
            with self.subTest(key):
                self.assertProblem(change(*arguments, **texts), korean, key, words)
        self.assertProblem(
            lambda files: files.update({'crm_plus_more.ko_KR.json': {}}),
            'crm_plus_more.ko_KR.json', '', "translates a file that is not there")
        self.assertProblem(
            lambda files: files.update({'Read Me.json': {}}), 'Read Me.json', '', "not a file")

    def test_add_ons_that_are_not_known_are_left_alone(self):
        self.assertEqual(
            self.problems(lambda files: files.update({'crm_plus_moon.json': {'a': 1}})), [])

    def test_anything_instead_of_anything_is_a_problem_or_fine(self):
        """No content makes the check itself fail."""
        chance = random.Random(6)
        tried = 0
        for _number in range(400):
            files = deepcopy(TRADE)
            for _change in range(chance.randint(1, 3)):
                mutate(files, chance)
            for problem in validate(files, KNOWN, SETTINGS):
                self.assertTrue(problem.words()['message'])
                tried += 1
        self.assertGreater(tried, 200)


def mutate(files, chance):
    """Put something else in the place of one value somewhere in the files."""
    place = chance.choice(list(places(files)))
    container, key = place
    if chance.random() < 0.2:
        del container[key]
    else:
        container[key] = chance.choice([
            None, True, 0, -1, 2 ** 40, 1.5, "", "x", "best", "a.b", "[]", "[('id', '=', 1)]",
            [], {}, ["best"], [["a"]], {'key': 'x'}, [{}], [{'key': 'best'}], "\U0001F3A8" * 30])


def places(value):
    """Yield container and key of each value in a structure."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(entries):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places(inner)


class TestWriting(BaseCase):

    def test_order_of_keys_and_items(self):
        texts = canonical({
            'crm_plus.json': {'tiers': [
                {'name': "B", 'key': 'b', 'sequence': 20}, {'sequence': 20, 'key': 'a', 'name': "A"},
                {'key': 'c', 'name': "C"}], 'settings': {}},
            'template.json': {'name': "N", 'format': 1},
        }, KNOWN, SETTINGS)
        self.assertEqual(list(texts), ['template.json', 'crm_plus.json'])
        self.assertEqual(list(json.loads(texts['template.json'])), ['format', 'name'])
        tiers = json.loads(texts['crm_plus.json'])['tiers']
        self.assertEqual([tier['key'] for tier in tiers], ['c', 'a', 'b'])
        self.assertEqual(list(tiers[1]), ['key', 'name', 'sequence'])

    def test_written_again_it_is_the_same(self):
        texts = canonical(TRADE, KNOWN, SETTINGS)
        again = canonical(
            {name: json.loads(text) for name, text in texts.items()}, KNOWN, SETTINGS)
        self.assertEqual(texts, again)
        self.assertEqual(reading.parse_files(texts)[1], [])

    def test_nothing_is_lost(self):
        for name, text in canonical(TRADE, KNOWN, SETTINGS).items():
            self.assertEqual(json.loads(text), TRADE[name])

    def test_text_of_a_file(self):
        self.assertEqual(dumps({'a': [2.0, 0.5, "벽"]}),
                         '{\n  "a": [\n    2,\n    0.5,\n    "벽"\n  ]\n}\n')


class TestComparing(BaseCase):

    def test_values(self):
        self.assertTrue(is_same(False, '', 'char'))
        self.assertTrue(is_same(0.1 + 0.2, 0.3, 'float'))
        self.assertTrue(is_same([2, 1], [1, 2], 'many2many'))
        self.assertFalse(is_same(0, 1, 'integer'))

    def test_texts_by_language(self):
        self.assertEqual(differing_languages({'en_US': "A"}, {'en_US': "A", 'ko_KR': "A"}), [])
        self.assertEqual(differing_languages({'en_US': "A"}, {'en_US': "A", 'ko_KR': "가"}), ['ko_KR'])
        self.assertEqual(differing_languages({'en_US': "A"}, {'en_US': False}), ['en_US'])
        self.assertEqual(differing_languages(None, {'en_US': False}), [])

    def test_properties(self):
        mine = [{'name': 'a', 'type': 'char', 'string': "A"}]
        theirs = {'name': 'b', 'type': 'char', 'string': "B"}
        self.assertTrue(is_same_properties([theirs, *mine], [mine]))
        self.assertFalse(is_same_properties([theirs], [mine]))
        self.assertEqual(merge_properties([theirs, *mine], mine, ()), [*mine, theirs])
        self.assertEqual(merge_properties([theirs], mine, ['b']), mine)
        self.assertEqual(with_texts(mine, {'a': {'string': "가"}})[0]['string'], "가")
        self.assertEqual(mine[0]['string'], "A")

    def test_order_by_need(self):
        section = Section('things', 'thing', ('name', 'other_id'), ('name',))
        first, second, third = (
            Item('m', f'things/{key}', (key,), section, {}) for key in 'abc')
        first.links['other_id'] = [second]
        second.links['other_id'] = [third]
        items = {item.id: item for item in (first, second, third)}
        ordered, later = levels(items, lambda item, key: False)
        self.assertEqual(ordered, [[third], [second], [first]])
        self.assertEqual(later, [])
        third.links['other_id'] = [first]
        self.assertRaises(CircleError, levels, items, lambda item, key: False)
        ordered, later = levels(items, lambda item, key: True)
        self.assertEqual(later, [(third, 'other_id')])
        self.assertEqual(sum(ordered, []), [third, second, first])

    def test_sections_are_told_apart(self):
        sections = list(walk(SECTIONS))
        self.assertEqual(len(set(sections)), len(sections))
        self.assertEqual(len({section.key for section in SECTIONS}), len(SECTIONS))
