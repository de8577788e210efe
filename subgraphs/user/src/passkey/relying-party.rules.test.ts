import { expect, test } from 'vitest';
import { isOriginOf, relyingPartyOf } from './relying-party.rules.ts';

test.each([
  ['https://app.example.org', 'app.example.org', 'https://app.example.org'],
  ['https://example.org/photos', 'example.org', 'https://example.org'],
  ['http://127.0.0.1:4000', 'localhost', 'http://localhost:4000'],
  ['http://[::1]:4000', 'localhost', 'http://localhost:4000'],
  ['http://localhost:4000', 'localhost', 'http://localhost:4000'],
])('pages at %s have passkeys of %s', (pages, id, origin) => {
  expect(relyingPartyOf({ origins: [] }, pages)).toEqual({ id, origins: [origin] });
});

test('what is configured counts', () => {
  const origins = ['https://app.example.org', 'https://admin.example.org'];
  expect(relyingPartyOf({ domain: 'example.org', origins }, 'https://api.example.org')).toEqual({
    id: 'example.org',
    origins,
  });
});

test.each([
  'https://example.org',
  'https://app.example.org',
  'https://example.org:8443',
  `android:apk-key-hash:${'x'.repeat(43)}`,
])('%s may be an origin of example.org', (origin) => {
  expect(isOriginOf(origin, 'example.org')).toBe(true);
});

test.each([
  'http://example.org',
  'https://example.org/',
  'https://badexample.org',
  'https://example.org.evil.example',
  'https://example.com',
  'https://user@example.org',
  'android:apk-key-hash:x',
  'example.org',
  '',
])('%j may not', (origin) => {
  expect(isOriginOf(origin, 'example.org')).toBe(false);
});
