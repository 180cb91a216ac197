"""Which files a visitor may send along: by name, by content, by size."""

from odoo.tools.mimetypes import guess_mimetype

#: Endings that are taken, with what their content must look like. A text looks like nothing.
TEXT = ('text/plain', 'application/octet-stream')
OFFICE = ('application/vnd.', 'application/msword', 'application/zip', 'application/octet-stream')
TYPES = {
    'jpg': ('image/jpeg',),
    'jpeg': ('image/jpeg',),
    'png': ('image/png',),
    'gif': ('image/gif',),
    'webp': ('image/webp',),
    'heic': ('image/heic', 'application/octet-stream'),
    'pdf': ('application/pdf',),
    'txt': TEXT,
    'csv': (*TEXT, 'text/csv', 'application/csv'),
    'doc': OFFICE,
    'docx': OFFICE,
    'xls': OFFICE,
    'xlsx': OFFICE,
    'odt': OFFICE,
    'ods': OFFICE,
}
MAX_FILES = 5
#: Of all files of a form together, in bytes.
MAX_BYTES = 10 * 1024 * 1024
#: What the browser's file chooser offers.
ACCEPT = ','.join(f'.{ending}' for ending in TYPES)


def read_uploads(env, files):
    """Return the files of a form as ``[(name, content)]``, and what is wrong with them or None.

    :param files: werkzeug's file storages; the empty one of a form without a file is left out
    """
    uploads, size = [], 0
    for file in files:
        if not file.filename:
            continue
        # a request that Odoo repeats comes with its files read: it rewinds the first one alone
        file.seek(0)
        content = file.read(MAX_BYTES - size + 1)
        size += len(content)
        if len(uploads) == MAX_FILES or size > MAX_BYTES:
            return [], env._(
                'Please send at most %(count)s files of together %(size)s MB.',
                count=MAX_FILES,
                size=MAX_BYTES // 1024 // 1024,
            )
        # a browser may send a path, and a name goes into pages and headers
        name = ''.join(filter(str.isprintable, file.filename)).replace('\\', '/')
        name = name.rpartition('/')[2][-100:]
        looks = TYPES.get(name.rpartition('.')[2].lower(), ())
        if not content or not guess_mimetype(content, 'application/octet-stream').startswith(looks):
            return [], env._(
                '“%(name)s” cannot be sent here. Please send pictures, PDF, text or office files.',
                name=name,
            )
        uploads.append((name, content))
    return uploads, None


def attach_uploads(record, uploads):
    """Attach what :func:`read_uploads` has let pass to ``record``; return the attachments."""
    return (
        record.env['ir.attachment']
        .with_context(attachments_mime_plainxml=True)
        .create(
            [
                {'name': name, 'raw': content, 'res_model': record._name, 'res_id': record.id}
                for name, content in uploads
            ]
        )
    )
