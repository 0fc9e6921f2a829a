"""Both engines over real TLS, with a certificate of a CA made for the test."""

import asyncio
import datetime as dt
import ipaddress
import ssl

import pytest

from tests.adapters.chat.contract import Reading, until
from tests.adapters.chat.youtube.helpers import ENGINES, code, no_thread_is_left, reading, source
from tests.fakes.youtube_web import FakeYouTube


@pytest.fixture(scope="module")
def contexts(tmp_path_factory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's, one that trusts the CA)."""
    pytest.importorskip("cryptography", reason="comes with the keyring on Linux only")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = dt.datetime.now(dt.UTC)

    def signed(name, key, issuer, issuer_key, *extensions):
        builder = (
            x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=2))
        )  # fmt: skip
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(issuer_key, hashes.SHA256())

    def named(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_id = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    ca = signed(
        named("test CA"), ca_key, named("test CA"), ca_key,
        (x509.BasicConstraints(ca=True, path_length=0), True), (ca_id, False), (usage, True),
    )  # fmt: skip
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(ca_id)
    leaf = signed(named("localhost"), key, named("test CA"), ca_key, (names, False), (issuer, False))
    folder = tmp_path_factory.mktemp("tls")
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem) + key.private_bytes(pem, *plain))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "leaf.pem")
    return server, ssl.create_default_context(cadata=ca.public_bytes(pem).decode())


@pytest.mark.parametrize("engine", ENGINES)
async def test_tls(engine, contexts):
    server, client = contexts
    async with FakeYouTube(tls=server) as youtube, reading(youtube, engine, tls=client) as told:
        sent = [youtube.say(str(number)) for number in range(50)]
        await until(lambda: len(told.rows) == 50)
        assert told.ids == sent


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_connection_that_is_reset_inside_tls(engine, contexts):
    server, client = contexts
    async with FakeYouTube(tls=server) as youtube, reading(youtube, engine, tls=client) as told:
        youtube.faults.append("reset")
        sent = [youtube.say("hello")]
        await until(lambda: told.ids == sent)


async def test_closing_is_quick_inside_tls(contexts):
    server, client = contexts
    async with FakeYouTube(tls=server) as youtube, reading(youtube, "pytchat", tls=client) as told:
        youtube.down["pytchat"] = "slow"
        await until(lambda: youtube.hanging > 0)
        began = asyncio.get_running_loop().time()
        await told.close()
        assert asyncio.get_running_loop().time() - began < 2.0
        await until(no_thread_is_left)


async def test_a_certificate_nobody_vouches_for_is_refused(contexts):
    async with FakeYouTube(tls=contexts[0]) as youtube:
        told = Reading(source(youtube))
        await until(lambda: code(told) == "chat.youtube.unreachable")
        assert not youtube.pages
        await told.close()
