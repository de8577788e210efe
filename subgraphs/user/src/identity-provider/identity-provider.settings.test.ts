import { describe, expect, test } from 'vitest';
import { identityProviderSettings } from './identity-provider.settings.ts';

const EXAMPLE = {
  key: 'example',
  name: 'Example',
  issuer: 'https://accounts.example.org',
  clientId: 'tintype',
  clientSecret: 'only between us',
  redirectUris: ['https://app.example.org/callback', 'com.example.app:/callback'],
};
const faults = (value: unknown) =>
  identityProviderSettings.listFaults({
    IDENTITY_PROVIDERS: typeof value === 'string' ? value : JSON.stringify(value),
  });

describe('identity providers', () => {
  test('there are none by default', () => {
    expect(identityProviderSettings.read({}).identityProviders).toEqual([]);
  });

  test('are read from JSON, a public client without a secret', () => {
    const { clientSecret: _, ...unsecret } = {
      ...EXAMPLE,
      key: 'local',
      issuer: 'http://127.0.0.1:9000/realm',
      redirectUris: ['http://127.0.0.1:8000/callback'],
    };
    const env = { IDENTITY_PROVIDERS: JSON.stringify([EXAMPLE, unsecret]) };
    expect(identityProviderSettings.read(env).identityProviders).toEqual([
      EXAMPLE,
      { ...unsecret, clientSecret: null },
    ]);
  });

  test.each([
    ['no JSON', '{', 'must be a list in JSON'],
    ['no list', {}, 'expected array'],
    ['a typing error in a field', [{ ...EXAMPLE, clientSecert: 'x' }], 'clientSecert'],
    ['a key with other letters', [{ ...EXAMPLE, key: 'Ex ample' }], 'has 1 to 30'],
    ['an issuer without encryption', [{ ...EXAMPLE, issuer: 'http://accounts.example.org' }], 'https:// address'],
    ['an issuer with a query', [{ ...EXAMPLE, issuer: 'https://accounts.example.org?a' }], 'query'],
    ['an empty client', [{ ...EXAMPLE, clientId: '' }], 'clientId'],
    ['no redirect URI', [{ ...EXAMPLE, redirectUris: [] }], 'redirectUris'],
    [
      'a redirect URI without encryption',
      [{ ...EXAMPLE, redirectUris: ['http://app.example.org/'] }],
      'https:// address',
    ],
    ['a redirect URI that is a script', [{ ...EXAMPLE, redirectUris: ['javascript:alert(1)'] }], 'https:// address'],
    [
      'a redirect URI with a query',
      [{ ...EXAMPLE, redirectUris: ['https://app.example.org/?a=1'] }],
      'without a query',
    ],
    [
      'a redirect URI that is not normalised',
      [{ ...EXAMPLE, redirectUris: ['https://app.example.org'] }],
      'normalised',
    ],
    [
      'two with one redirect URI',
      [EXAMPLE, { ...EXAMPLE, key: 'other', issuer: 'https://other.example' }],
      'redirectUris of its own',
    ],
    ['two with one key', [EXAMPLE, { ...EXAMPLE, issuer: 'https://other.example.org' }], 'a key of its own'],
    ['two with one issuer', [EXAMPLE, { ...EXAMPLE, key: 'other' }], 'an issuer of its own'],
    [
      'too many',
      Array.from({ length: 11 }, (_, n) => ({ ...EXAMPLE, key: `k${n}`, issuer: `https://i${n}.example` })),
      '10',
    ],
  ])('are not %s', (_, value, fault) => {
    const found = faults(value);
    expect(found.join('\n')).toContain(fault);
    expect(found.join('\n')).not.toContain(EXAMPLE.clientSecret);
  });
});
