import { expect, test } from 'vitest';
import { isEndpoint, isPublicAddress } from './address.rules.ts';

test.each(['https://push.example.org/send/abc', 'https://8.8.8.8/x', 'https://push.example.org:8443/x'])(
  'accepts %s as an endpoint',
  (text) => expect(isEndpoint(text, false)).toBe(true),
);

test.each([
  'http://push.example.org/x',
  'https://user:word@push.example.org/x',
  'https://push.example.org/x#y',
  'https://localhost/x',
  'https://localhost./x',
  'https://push.example.org./x',
  'https://[::127.0.0.1]/x',
  'https://[::7f00:1]/x',
  'https://[2002:7f00:1::]/x',
  'https://[64:ff9b::7f00:1]/x',
  'https://0177.0.0.1/x',
  'https://0/x',
  'https://[::]/x',
  'https://db.internal/x',
  'https://printer.local/x',
  'https://postgres/x',
  'https://127.0.0.1/x',
  'https://2130706433/x',
  'https://0x7f.1/x',
  'https://10.1.2.3/x',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/x',
  'https://[::ffff:10.0.0.1]/x',
  'https://[fd00::1]/x',
  'file:///etc/passwd',
  'https://push.example.org/a\0b',
  'https://push.example.org/a b',
  '',
])('rejects %s', (text) => expect(isEndpoint(text, false)).toBe(false));

test('accepts local addresses on a local machine', () => {
  expect(
    ['http://127.0.0.1:9/x', 'https://localhost/x', 'ftp://localhost/x'].map((text) => isEndpoint(text, true)),
  ).toEqual([true, true, false]);
});

test.each([
  ['93.184.215.14', true],
  ['2606:4700::1111', true],
  ['100.64.0.1', false],
  ['192.168.0.1', false],
  ['0.0.0.0', false],
  ['::ffff:127.0.0.1', false],
  ['fe80::1', false],
  ['64:ff9b::7f00:1', false],
  ['::7f00:1', false],
  ['2002:7f00:1::', false],
  ['4000::1', false],
  ['no address', false],
])('%s is public: %s', (address, isPublic) => expect(isPublicAddress(address)).toBe(isPublic));
