"""Opens the records of a person from the page docs/vault-format.md, two SQLite files and the master key alone.

usage: reader.py RECORDS KEYS MASTER DOMAIN PSEUDONYM
Prints each record as JSON: the table, and every value by its path. Needs `cryptography`.
"""

import base64
import hashlib
import hmac
import json
import sqlite3
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def lp(*parts):
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def hkdf(secret, salt, info, length=32):
    return HKDF(SHA256(), length, salt, info).derive(secret)


def opened(suite, key, nonce, text, data):
    cipher = AESCCM(key, tag_length=16) if suite == 1 else AESGCMSIV(key)
    return cipher.decrypt(nonce, text, data)


class Vault:
    def __init__(self, records, keys, master_file):
        self.records, self.keys = sqlite3.connect(records), sqlite3.connect(keys)
        prefix, master_id, key = open(master_file).read().split()
        assert prefix == "nest-master-1"
        master = base64.urlsafe_b64decode(key + "=")
        self.master_id = bytes.fromhex(master_id)
        assert hkdf(master, None, b"nest-vault/master-id/1", 8) == self.master_id
        (self.deployment,) = self.keys.execute("SELECT value FROM meta WHERE name = 'deployment'").fetchone()
        check, wrapped = self.keys.execute(
            "SELECT check_value, index_secret FROM master WHERE id = ?", (self.master_id,)
        ).fetchone()
        assert hkdf(master, self.deployment, b"nest-vault/check/1", 16) == check
        self.wrapping = hkdf(master, self.deployment, b"nest-vault/wrap/1")
        data = lp(b"nest-vault/index-secret/1", self.deployment, self.master_id)
        secret = opened(2, self.wrapping, wrapped[:12], wrapped[12:], data)
        self.index = hkdf(secret, self.deployment, b"nest-vault/index/1")

    def lookup(self, domain, pseudonym):
        return hmac.new(self.index, lp(domain.encode(), pseudonym), hashlib.sha256).digest()[:16]

    def key(self, key_id):
        lookup, suite, life, wrapped = self.keys.execute(
            "SELECT lookup, suite, life, wrapped FROM person_key WHERE id = ?", (key_id,)
        ).fetchone()
        assert wrapped[0] == 1 and wrapped[1:9] == self.master_id
        data = lp(b"nest-vault/key/1", self.deployment, key_id, lookup, bytes([suite]), struct.pack(">Q", life))
        return opened(2, self.wrapping, wrapped[9:21], wrapped[21:], data)

    def envelope(self, sealed, table, row, slot, version, declared):
        assert sealed[0] == 1
        suite, key_id = sealed[1], sealed[2:18]
        nonce = 13 if suite == 1 else 12
        data = lp(
            b"nest-vault/1", self.deployment, table.encode(), row, slot.encode(), struct.pack(">Q", version), declared
        )
        return opened(suite, self.key(key_id), sealed[18 : 18 + nonce], sealed[18 + nonce :], data)

    def of(self, lookup):
        for tab, table in self.records.execute("SELECT tab, name FROM record_table").fetchall():
            rows = self.records.execute(
                f'SELECT * FROM "{table}" WHERE state = 0 AND (owner = ? OR row_id IN '
                "(SELECT row_id FROM party WHERE lookup = ? AND tab = ?))",
                (lookup, lookup, tab),
            )
            names = [column[0] for column in rows.description]
            for row in rows.fetchall():
                yield table, self.record(table, dict(zip(names, row)))

    def record(self, table, row):
        place = (row["row_id"], row["version"], row["declared"])
        (manifest,) = self.records.execute(
            "SELECT manifest FROM declaration WHERE fingerprint = ?", (row["declared"],)
        ).fetchone()
        together = self.envelope(row["sealed"], table, place[0], "", place[1], place[2])
        values = {}
        for path, field in leaves(json.loads(manifest)["fields"]):
            size = 32 if field["type"] == "pseudonym" else 16 * blocks(field)
            if field["type"] == "pseudonym" and not field.get("subject"):
                (sealed,) = self.records.execute(
                    "SELECT sealed FROM party WHERE row_id = ? AND slot = ?", (place[0], path)
                ).fetchone()
                text = self.envelope(sealed, table, place[0], path, place[1], place[2])
            elif field.get("at_rest") == "alone":
                text = self.envelope(row["alone_" + path], table, place[0], path, place[1], place[2])
            else:
                text, together = together[:size], together[size:]
            assert len(text) == size
            values[path] = value(field, text)
        assert together == b""
        return values


def leaves(fields, prefix=""):
    for field in fields:
        path = prefix + field["name"]
        if field["type"] == "array":
            for place in range(field["len"]):
                item = dict(field["items"], name=f"{path}[{place}]")
                yield from leaves([item])
        else:
            yield path, field


def blocks(field):
    return field["max_bytes"] // 16 + 1 if field["type"] == "text" else 1


def value(field, text):
    if field["type"] == "pseudonym":
        return text.hex()
    if field["type"] == "text":
        while text[-1] == 0:
            text = text[:-16]
        return text[: -text[-1]].decode()
    data = text[: -text[-1]]
    if field["type"] == "bool":
        return data == b"\x01"
    tag, bits = data[0], data[1:]
    number = struct.unpack({0: ">Q", 1: ">q", 2: ">d"}[tag], bits)[0]
    if field["type"] == "label":
        return next((label["name"] for label in field["labels"] if label["code"] == number), None)
    return number


def main():
    records, keys, master, domain, pseudonym = sys.argv[1:]
    vault = Vault(records, keys, master)
    for table, record in vault.of(vault.lookup(domain, bytes.fromhex(pseudonym))):
        print(json.dumps({"table": table, "values": record}))


main()
