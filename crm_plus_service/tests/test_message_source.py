from datetime import datetime
from random import Random

from odoo.addons.crm_plus_service.tools.message_source import read_outline, read_text
from odoo.tests import BaseCase, tagged

MESSAGE = """From: =?utf-8?q?B=C3=A9a?= <bea@brook.example.com>
To: First Aid <First-Aid@our.example.com>, x@y.example
Cc: boss@our.example.com
Subject: =?iso-8859-1?q?Lampe_d=E9fectueuse?=
Date: Tue, 03 Mar 2026 09:15:00 +0100
Message-ID: <1@brook.example.com>
In-Reply-To: <0@our.example.com>
Content-Type: text/plain; charset=iso-8859-1

Vérifiez
""".encode('latin-1')


@tagged('post_install', '-at_install')
class TestMessageSource(BaseCase):
    def test_whole_message(self):
        outline = read_outline(MESSAGE)
        self.assertEqual(outline.subject, 'Lampe défectueuse')
        self.assertEqual(outline.sender, 'Béa <bea@brook.example.com>')
        self.assertEqual(outline.date, datetime(2026, 3, 3, 8, 15))
        self.assertEqual(outline.message_id, '<1@brook.example.com>')
        self.assertEqual(outline.references, ['<0@our.example.com>'])
        self.assertEqual(
            outline.recipients,
            {'first-aid@our.example.com', 'x@y.example', 'boss@our.example.com'},
        )
        self.assertEqual(read_text(MESSAGE), 'Vérifiez')

    def test_words_of_a_message_in_html(self):
        source = b'Content-Type: text/html\n\n<style>p {}</style><p>Lamp <b>broken</b></p>'
        self.assertEqual(read_text(source).split(), ['Lamp', 'broken'])

    def test_any_bytes_can_be_read(self):
        random = Random(4)
        for _round in range(500):
            source = bytearray(MESSAGE)
            for _byte in range(random.randrange(1, 30)):
                source[random.randrange(len(source))] = random.randrange(256)
            for broken in (bytes(source), random.randbytes(random.randrange(200))):
                outline = read_outline(broken)
                stored = f'{outline.subject}{outline.sender}{outline.message_id}'
                self.assertNotIn('\x00', stored + read_text(broken))
                stored.encode()
