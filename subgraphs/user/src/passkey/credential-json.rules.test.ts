import { expect, test } from 'vitest';
import { CREDENTIAL_LENGTH } from '../limits.ts';
import { readAssertion, readNewCredential } from './credential-json.rules.ts';

const ENVELOPE = { id: 'AQ', rawId: 'AQ', type: 'public-key', clientExtensionResults: {} };
const CREATED = { ...ENVELOPE, response: { clientDataJSON: 'e30', attestationObject: 'oA' } };
const ASSERTED = {
  ...ENVELOPE,
  response: { clientDataJSON: 'e30', authenticatorData: 'AA', signature: 'AA', userHandle: 'MQ' },
};

test('reads what browsers send, and leaves out what is not needed', () => {
  const more = { authenticatorAttachment: 'platform', clientExtensionResults: { credProps: { rk: true } } };
  expect(readNewCredential(JSON.stringify({ ...CREATED, ...more }))).toEqual(CREATED);
  expect(readAssertion(JSON.stringify({ ...ASSERTED, ...more }))).toEqual(ASSERTED);
});

const without = (credential: typeof CREATED | typeof ASSERTED, name: string) => ({
  ...credential,
  response: { ...credential.response, [name]: undefined },
});
test.each([
  ['an empty text', ''],
  ['no JSON', '{'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no response', JSON.stringify(ENVELOPE)],
  ['null as response', JSON.stringify({ ...ENVELOPE, response: null })],
  ['another ID', JSON.stringify({ ...ASSERTED, ...CREATED, rawId: 'Ag' })],
  ['another type', JSON.stringify({ ...ASSERTED, ...CREATED, type: 'password' })],
  ['a number as ID', JSON.stringify({ ...ASSERTED, id: 1, rawId: 1 })],
  ['more than any authenticator sends', JSON.stringify({ ...ASSERTED, more: 'x'.repeat(CREDENTIAL_LENGTH) })],
])('%s is no credential', (_what, text) => {
  expect([readNewCredential(text), readAssertion(text)]).toEqual([null, null]);
});

test('a credential needs every part', () => {
  for (const name of ['clientDataJSON', 'attestationObject'])
    expect(readNewCredential(JSON.stringify(without(CREATED, name)))).toBeNull();
  for (const name of ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'])
    expect(readAssertion(JSON.stringify(without(ASSERTED, name)))).toBeNull();
});
