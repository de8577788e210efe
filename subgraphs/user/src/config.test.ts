import { expect, test } from 'vitest';
import { passkeySettings } from './config.ts';

test.each([
  [{}],
  [{ PUBLIC_URL: 'http://192.168.1.7:4000' }],
  [{ PUBLIC_URL: 'https://example.org', PASSKEY_DOMAIN: 'example.org' }],
  [{ APP_URL: 'https://app.example.org', PASSKEY_DOMAIN: 'example.org' }],
  [{ PASSKEY_DOMAIN: 'example.org', PASSKEY_ORIGINS: 'https://example.org, https://app.example.org' }],
  [{ APP_URL: 'https://example.org', PASSKEY_ORIGINS: `https://example.org,android:apk-key-hash:${'x'.repeat(43)}` }],
])('passkeys can be used with %j', (env) => {
  expect(passkeySettings.listFaults(env)).toEqual([]);
});

test.each([
  [{ PASSKEY_DOMAIN: 'https://example.org' }, 'PASSKEY_DOMAIN: must be a domain'],
  [{ PASSKEY_DOMAIN: 'example.org' }, 'PASSKEY_ORIGINS: http://localhost:4000 is neither'],
  [{ APP_URL: 'https://app.example.com', PASSKEY_DOMAIN: 'example.org' }, 'PASSKEY_ORIGINS: https://app.example.com'],
  [
    { APP_URL: 'https://example.org', PASSKEY_ORIGINS: 'https://evil.example' },
    'PASSKEY_ORIGINS: https://evil.example',
  ],
])('passkeys cannot be used with %j', (env, fault) => {
  expect(passkeySettings.listFaults(env).join('\n')).toContain(fault);
});
