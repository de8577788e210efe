import { seal } from '@tintype/service';
import { expect, test } from 'vitest';
import { type Flow, readFlow, readSignUp, SEALED_MS, sealFlow, sealSignUp } from './sealed-flow.ts';

const SECRET = 'the secret of the platform';
const NOW = Date.UTC(2026, 10, 30);
const FLOW: Flow = {
  issuer: 'https://accounts.example.org',
  redirectUri: 'https://app.example.org/callback',
  state: 's',
  nonce: 'n',
  codeVerifier: 'v',
  owner: null,
  at: NOW,
};
const ACCOUNT = { issuer: FLOW.issuer, subject: '1', email: null, isEmailVerified: false, name: 'Ann' };

test('a flow and a sign-up open for ten minutes, with the same secret only', () => {
  const [flow, signUp] = [sealFlow(FLOW, SECRET), sealSignUp(ACCOUNT, NOW, SECRET)];
  expect(readFlow(flow, SECRET, NOW + SEALED_MS - 1)).toEqual(FLOW);
  expect(readSignUp(signUp, SECRET, NOW + SEALED_MS - 1)).toEqual(ACCOUNT);
  expect(readFlow(flow, SECRET, NOW + SEALED_MS)).toBeNull();
  expect(readSignUp(signUp, SECRET, NOW + SEALED_MS)).toBeNull();
  expect(readFlow(flow, 'another secret', NOW)).toBeNull();
  expect(readSignUp(signUp, 'another secret', NOW)).toBeNull();
});

test('neither is readable, or takes the place of the other', () => {
  const [flow, signUp] = [sealFlow(FLOW, SECRET), sealSignUp(ACCOUNT, NOW, SECRET)];
  expect(Buffer.from(flow, 'base64url').toString('latin1')).not.toContain('example');
  expect(readFlow(signUp, SECRET, NOW)).toBeNull();
  expect(readSignUp(flow, SECRET, NOW)).toBeNull();
});

test('whatever else a client sends does not open', () => {
  const sealed = sealFlow(FLOW, SECRET);
  for (const text of [
    '',
    'x',
    '\0',
    '🦘',
    'A'.repeat(100_000),
    sealed.slice(1),
    `${sealed[0] === 'A' ? 'B' : 'A'}${sealed.slice(1)}`,
    `${sealed}AAAA`,
  ])
    expect(readFlow(text, SECRET, NOW)).toBeNull();
});

test('a flow of another version does not open', () => {
  const other = seal('{}', SECRET, 'tintype identity provider flow v1').toString('base64url');
  expect(readFlow(other, SECRET, NOW)).toBeNull();
});
