"""A mail server on 127.0.0.1 for tests: what it does with each mail is the next word of a file.

python smtpd.py FOLDER: prints its port, and ends with its stdin. FOLDER/script has words (ok, greylist, nouser, full, dropafter, hang); the last
one stays. Mails that it took are in FOLDER/mails, one JSON document a line: header fields and parts, as Python's own parser reads them.
FOLDER/tried has a line for each mail that somebody tried to send.
"""

import asyncio
import email
import email.policy
import json
import pathlib
import sys

from aiosmtpd.smtp import SMTP

folder = pathlib.Path(sys.argv[1])


def word():
    words = (folder / "script").read_text().split()
    if len(words) > 1:
        (folder / "script").write_text(" ".join(words[1:]))
    return words[0]


def read(content):
    mail = email.message_from_bytes(content, policy=email.policy.default)
    parts = [
        {"type": part.get_content_type(), "name": part.get_filename(), "text": part.get_content()}
        for part in mail.walk()
        if not part.is_multipart()
    ]
    kinds = [part.get_content_type() for part in mail.walk()]
    return {"fields": {name.lower(): str(value) for name, value in mail.items()}, "parts": parts, "kinds": kinds,
            "defects": [str(it) for part in mail.walk() for it in part.defects]}


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        self.mode = word()
        with (folder / "tried").open("a") as file:
            file.write(self.mode + "\n")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "greylist":
            return "451 4.7.1 Greylisted, try again later"
        if self.mode == "nouser":
            return "550 5.1.1 No such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.mode == "hang":
            await asyncio.sleep(600)
        if self.mode == "full":
            return "452 4.2.2 Mailbox full"
        mail = read(envelope.original_content)
        mail["to"] = envelope.rcpt_tos
        mail["mode"] = self.mode
        with (folder / "mails").open("a") as file:
            file.write(json.dumps(mail) + "\n")
        if self.mode == "dropafter":
            server.transport.abort()
        return "250 2.0.0 queued"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
