"""Seals a record and opens it again with libpep alone, by what the API description says of each field.

    pip install libpep-py==0.12.0
    python seal.py openapi.json

It shows the layout of bytes. Session keys come from the transcryptors; here they are made in the process.
"""

import base64
import json
import struct
import sys

from libpep.libpep import client, data, factors, keys

ABSENT_LABEL, ABSENT_TIME = 65535, 2**63 - 1


def pad(piece):
    """Up to 15 bytes as a block of 16."""
    return piece + bytes([16 - len(piece)]) * (16 - len(piece))


def integer(number):
    tag, size = (b"\0", ">Q") if number >= 0 else (b"\1", ">q")
    return [pad(tag + struct.pack(size, number))]


def text(value, blocks):
    raw = value.encode()
    whole = len(raw) // 16 * 16
    cut = [raw[i : i + 16] for i in range(0, whole, 16)] + [pad(raw[whole:])]
    return cut + [bytes(16)] * (blocks - len(cut))


def encode(encoding, value, blocks):
    """The blocks of one value: bytes of plaintext, or a pseudonym."""
    if encoding == "pseudonym":
        return [data.Pseudonym.from_hex(value)]
    if encoding == "bool":
        return [pad(bytes([2 if value is None else int(value)]))]
    if encoding == "decimal":
        return [pad(b"\2" + struct.pack(">d", value))]
    if encoding == "text":
        return text(value, blocks)
    return integer(value)  # integers, codes of labels, and times as counts


def leaves(fields, value):
    """Every value that cannot be taken apart, in the order of the blocks."""
    for field in fields:
        part = value[field["name"]]
        if "fields" in field:
            yield from leaves(field["fields"], part)
        elif field["kind"] == "Array":
            for item in part:
                yield from leaves([{**field["each"], "name": "it"}], {"it": item})
        else:
            yield field, part


def sealed(schema, value, session):
    """The text that stands in a message for one record."""
    out = b""
    for field, part in leaves(schema["x-nest-blocks"], value):
        for block in encode(field["encoding"], part, field["blocks"]):
            if isinstance(block, bytes):
                block, key = data.Attribute.from_lizard(block), session.attribute.public
            else:
                key = session.pseudonym.public
            out += bytes(client.encrypt(block, key).to_bytes())
    return base64.urlsafe_b64encode(out).rstrip(b"=").decode()


def opened(schema, record, session):
    """The blocks of a record in their order: 16 bytes of plaintext each, or 32 of a pseudonym."""
    raw = base64.urlsafe_b64decode(record + "=" * (-len(record) % 4))
    kinds = [kind for field in flat(schema["x-nest-blocks"]) for kind in [field["kind"]] * field["blocks"]]
    assert len(raw) == 64 * len(kinds)
    for i, kind in enumerate(kinds):
        piece = raw[64 * i : 64 * (i + 1)]
        if kind == "Pseudonym":
            yield bytes(client.decrypt(data.EncryptedPseudonym.from_bytes(piece), session.pseudonym.secret).to_bytes())
        else:
            yield bytes(client.decrypt(data.EncryptedAttribute.from_bytes(piece), session.attribute.secret).to_lizard())


def flat(fields):
    for field in fields:
        if "fields" in field:
            yield from flat(field["fields"])
        elif field["kind"] == "Array":
            yield from [leaf for _ in range(field["len"]) for leaf in flat([field["each"]])]
        else:
            yield field


def main(path):
    with open(path) as file:
        schemas = json.load(file)["components"]["schemas"]
    schema = schemas["SealedGivenReadingPractice"]
    _, secret = keys.make_global_keys()
    session = keys.make_session_keys(
        secret, factors.EncryptionContext("a session"), factors.EncryptionSecret(b"a secret")
    )
    who = data.Pseudonym.random()
    value = {
        "who": who.to_hex(),
        "tag": 7,
        "record": {"level": 2, "minutes_per_week": 60, "start": 1986 * 12 + 8},
    }
    record = sealed(schema, value, session)
    assert len(record) == schema["minLength"] == schema["maxLength"]
    blocks = list(opened(schema, record, session))
    assert blocks[0] == bytes(who.to_bytes())
    assert blocks[1:] == [pad(b"\0" + struct.pack(">Q", number)) for number in (7, 2, 60, 1986 * 12 + 8)]
    # libpep writes decimals likewise. Its Python part has no whole numbers: it makes decimals of them.
    assert bytes(data.json.number_to_bytes(60.5)) == b"\2" + struct.pack(">d", 60.5)
    print(f"sealed and opened: {len(blocks)} blocks, {len(record)} letters")


main(sys.argv[1])
