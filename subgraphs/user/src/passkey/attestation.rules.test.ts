import { isoBase64URL, isoCBOR } from '@simplewebauthn/server/helpers';
import { expect, test } from 'vitest';
import { isUnattested } from './attestation.rules.ts';

type Encodable = Parameters<typeof isoCBOR.encode>[0];

const written = (fmt: string, attStmt: Encodable) =>
  isoBase64URL.fromBuffer(
    isoCBOR.encode(
      new Map<string, Encodable>([
        ['fmt', fmt],
        ['attStmt', attStmt],
      ]),
    ),
  );
const CERTIFICATES = new Map([['x5c', [new Uint8Array([1])]]]);

test('a credential without an attestation, or with one of its own key, is unattested', () => {
  expect(isUnattested(written('none', new Map()))).toBe(true);
  expect(isUnattested(written('packed', new Map([['alg', -7]])))).toBe(true);
});

test.each(['packed', 'apple', 'android-key', 'android-safetynet', 'tpm', 'fido-u2f'])(
  'a credential with certificates in the format %s is not',
  (format) => {
    expect(isUnattested(written(format, CERTIFICATES))).toBe(false);
  },
);

test('what cannot be read is an error', () => {
  for (const text of ['', 'AA']) expect(() => isUnattested(text)).toThrow();
});
