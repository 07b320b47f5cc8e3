import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { issueCertificate } from './issue-certificate.ts';

const notBefore = new Date('2026-01-01T00:00:00Z');
const notAfter = new Date('2027-01-01T00:00:00Z');
const common = { notBefore, notAfter, forClients: true };

test('a certificate without issuer signs itself and names its hosts', () => {
  const { certPem } = issueCertificate({
    ...common,
    subject: { organization: 'etcd' },
    hosts: ['127.0.0.1', 'localhost', '::1', 'fe80::1:2'],
    serial: Buffer.of(0xab, 0xcd),
  });
  const certificate = new X509Certificate(certPem);
  assert.equal(certificate.subject, 'O=etcd');
  assert.equal(certificate.serialNumber, 'ABCD');
  assert.ok(certificate.verify(certificate.publicKey));
  for (const host of ['127.0.0.1', '::1', 'fe80::1:2']) assert.ok(certificate.checkIP(host), host);
  assert.ok(certificate.checkHost('localhost'));
  assert.equal(certificate.ca, false);
  assert.equal(certificate.validToDate.getTime(), notAfter.getTime());
});

test('an authority signs certificates of others', () => {
  const name = { commonName: 'authority' };
  const authority = issueCertificate({
    ...common,
    subject: name,
    hosts: [],
    serial: Buffer.of(1),
    isAuthority: true,
  });
  const issued = issueCertificate({
    ...common,
    subject: { commonName: 'alice' },
    hosts: [],
    serial: Buffer.of(2),
    issuer: { name, keyPem: authority.keyPem },
  });
  const parent = new X509Certificate(authority.certPem);
  const child = new X509Certificate(issued.certPem);
  assert.ok(parent.ca);
  assert.ok(child.checkIssued(parent));
  assert.ok(child.verify(parent.publicKey));
  assert.equal(child.subject, 'CN=alice');
});
