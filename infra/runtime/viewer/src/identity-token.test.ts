import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CallerIdentity } from './identity.ts';
import { IdentityTokenError, signIdentityToken, verifyIdentityToken } from './identity-token.ts';

const SECRET = 'a secret of this test and of nothing else';
const NOW = 1_763_000_000_000;
const KEY = new Uint8Array(hkdfSync('sha256', SECRET, '', 'tintype identity token v1', 32));
const gateway = { service: 'gateway', isInternal: false };
const person: CallerIdentity = {
  kind: 'person',
  viewer: { userId: 2n ** 62n, sessionId: '7' },
  caller: gateway,
  requestId: 'r1',
  operation: 'mutation',
};
const visitor: CallerIdentity = {
  kind: 'visitor',
  viewer: null,
  caller: gateway,
  requestId: 'r2',
  operation: 'query',
};
const platform: CallerIdentity = { ...visitor, kind: 'platform', caller: { service: 'feed', isInternal: true } };
const token = signIdentityToken(person, 'post', SECRET, NOW);
const [header, payload, signature] = token.split('.') as [string, string, string];

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
const signed = (head: object, body: object, key: string | Uint8Array = KEY) => {
  const text = `${encode(head)}.${encode(body)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
};
const HS256 = { alg: 'HS256', typ: 'JWT' };

describe('an identity token', () => {
  test.each([
    ['a person', person],
    ['a person whose mutation may be repeated', { ...person, network: '2001:db8:1:2::/64', idempotencyKey: 'k-1' }],
    ['a visitor who registers', { ...visitor, device: 'Firefox on Linux', language: 'de' }],
    ['an app of a third party', { ...person, viewer: { ...person.viewer, scopes: ['read', 'write:posts'] } }],
    ['an app that may do nothing', { ...person, viewer: { ...person.viewer, scopes: [] } }],
    ['a visitor', visitor],
    ['a visitor and their network', { ...visitor, network: '192.0.2.0' }],
    ['the platform', platform],
    ['a service that asks for a person', { ...person, caller: platform.caller }],
    ['a service that asks for a visitor', { ...visitor, caller: platform.caller }],
  ])('identifies %s to the subgraph', (_, identity) => {
    const sent = signIdentityToken(identity, 'post', SECRET, NOW);
    expect(verifyIdentityToken(sent, 'post', SECRET, NOW + 1000)).toEqual(identity);
  });

  test('is a standard one', async () => {
    const options = { issuer: 'gateway', audience: 'post', subject: String(2n ** 62n), currentDate: new Date(NOW) };
    const verified = await jwtVerify(token, KEY, { ...options, algorithms: ['HS256'], typ: 'JWT' });
    expect(verified.payload).toMatchObject({ sid: '7', rid: 'r1', iat: NOW / 1000, exp: NOW / 1000 + 30 });
    const theirs = await new SignJWT({ ...claims, iss: 'search' }).setProtectedHeader(HS256).sign(KEY);
    expect(verifyIdentityToken(theirs, 'post', SECRET, NOW).caller.service).toBe('search');
  });

  test('carries the remaining time, whatever the clock of the other machine', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const sent = signIdentityToken({ ...person, deadline: performance.now() + 500 }, 'post', SECRET, NOW);
    const { deadline } = verifyIdentityToken(sent, 'post', SECRET, NOW + 4000);
    expect(deadline! - performance.now()).toBeGreaterThan(498);
    expect(deadline! - performance.now()).toBeLessThan(502);
    const late = signIdentityToken({ ...person, deadline: performance.now() - 500 }, 'post', SECRET, NOW);
    expect(verifyIdentityToken(late, 'post', SECRET, NOW).deadline).toBeLessThanOrEqual(performance.now());
  });

  test.each([-59_000, -10_000, 10_000, 59_000])(
    'is valid if clocks differ by %d ms, and reports the difference',
    (ms) => {
      const skews: number[] = [];
      expect(verifyIdentityToken(token, 'post', SECRET, NOW + ms, (skew) => skews.push(skew))).toEqual(person);
      expect(skews).toEqual([ms]);
    },
  );

  test.each<[string, string | undefined, string, string, number]>([
    ['is missing', undefined, 'post', SECRET, NOW],
    ['is empty', '', 'post', SECRET, NOW],
    ['has no signature', `${header}.${payload}`, 'post', SECRET, NOW],
    ['has an empty signature', `${header}.${payload}.`, 'post', SECRET, NOW],
    ['has something behind it', `${token}.x`, 'post', SECRET, NOW],
    ['was signed with another secret', token, 'post', `${SECRET}!`, NOW],
    ['was signed with the secret itself', signed(HS256, claims, SECRET), 'post', SECRET, NOW],
    ['is for another subgraph', token, 'user', SECRET, NOW],
    ['is for several subgraphs', signed(HS256, { ...claims, aud: ['post', 'user'] }), 'post', SECRET, NOW],
    ['is old', token, 'post', SECRET, NOW + 91_000],
    ['is from the future', token, 'post', SECRET, NOW - 61_000],
    ['never expires', signed(HS256, { ...claims, exp: undefined }), 'post', SECRET, NOW],
    ['has an end that is no number', signed(HS256, { ...claims, exp: 'never' }), 'post', SECRET, NOW],
    ['lasts longer than tokens do', signed(HS256, { ...claims, exp: NOW / 1000 + 3600 }), 'post', SECRET, NOW],
    ['is not signed, as it says', `${encode({ ...HS256, alg: 'none' })}.${payload}.`, 'post', SECRET, NOW],
    ['says that it is not signed', `${encode({ ...HS256, alg: 'none' })}.${payload}.${signature}`, 'post', SECRET, NOW],
    ['says so under a right signature', signed({ ...HS256, alg: 'none' }, claims), 'post', SECRET, NOW],
    ['wants another algorithm', signed({ ...HS256, alg: 'HS512' }, claims), 'post', SECRET, NOW],
    ['brings a key of its own', signed({ ...HS256, jwk: { kty: 'oct', k: 'eA' } }, claims, 'x'), 'post', SECRET, NOW],
    [
      'has another issuer than was signed',
      `${header}.${encode({ ...claims, iss: 'feed' })}.${signature}`,
      'post',
      SECRET,
      NOW,
    ],
    [
      'has another scope than was signed',
      `${header}.${encode({ ...claims, scope: 'internal' })}.${signature}`,
      'post',
      SECRET,
      NOW,
    ],
    ['is for a person without a session', signed(HS256, { ...claims, sid: undefined }), 'post', SECRET, NOW],
    ['is for somebody who is no person', signed(HS256, { ...claims, sub: 'search' }), 'post', SECRET, NOW],
  ])('is refused where it %s', (_, given, audience, secret, now) => {
    expect(() => verifyIdentityToken(given, audience, secret, now)).toThrow(IdentityTokenError);
  });

  test('is refused if any part of it was changed', () => {
    const at = fc.nat(token.length - 1);
    const other = fc.constantFrom(...'ABCDwxyz0189-_.=');
    fc.assert(
      fc.property(at, other, (index, character) => {
        fc.pre(token[index] !== character);
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        expect(() => verifyIdentityToken(changed, 'post', SECRET, NOW)).toThrow(IdentityTokenError);
      }),
    );
  });
});
