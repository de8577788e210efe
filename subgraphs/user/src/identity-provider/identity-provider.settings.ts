import { baseAddress, defineSettings } from '@tintype/service';
import { z } from 'zod';
import { isRedirectUri, LOOPBACK } from '#app/app.rules.ts';
import { APP_LIMITS, IDENTITY_PROVIDER_LIMITS } from '../limits.ts';
import type { IdentityProviderModel } from './identity-provider.model.ts';

/** OpenID Connect is only as safe as its connections. Those of this device need no encryption. */
function isSafe(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.has(hostname);
}

/** The provider compares it with what we send, so it has to be in the form that `URL` gives it. */
function isPlainRedirectUri(text: string): boolean {
  return isRedirectUri(text) && new URL(text).href === text && new URL(text).search === '';
}

const provider = z.strictObject({
  key: z.string().regex(/^[a-z\d-]{1,30}$/, 'has 1 to 30 of a to z, 0 to 9 and -'),
  name: z.string().min(1).max(50),
  issuer: baseAddress
    .max(255)
    .refine((text) => !URL.canParse(text) || isSafe(text), 'is an https:// address, or an http:// one of this device'),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1).optional(),
  redirectUris: z
    .array(
      z
        .string()
        .max(APP_LIMITS.redirectUri)
        .refine(
          isPlainRedirectUri,
          'is a normalised https:// address such as https://app.example.org/, or one such as com.example.app:/, without a query',
        ),
    )
    .min(1)
    .max(APP_LIMITS.redirectUris),
});

const providers = z
  .array(provider)
  .max(IDENTITY_PROVIDER_LIMITS.providers)
  .superRefine((all, context) => {
    for (const field of ['key', 'issuer'] as const) {
      if (new Set(all.map(({ [field]: value }) => value)).size < all.length)
        context.addIssue({ code: 'custom', message: `each has ${field === 'key' ? 'a' : 'an'} ${field} of its own` });
    }
    // Otherwise, one provider could pass an answer of another one off as its own (RFC 9700, section 4.4).
    const uris = all.flatMap(({ redirectUris }) => [...new Set(redirectUris)]);
    if (new Set(uris).size < uris.length)
      context.addIssue({ code: 'custom', message: 'each has redirectUris of its own' });
  });

/** The list as JSON text. The names in faults are those of its fields, never their values: some are secret. */
const providersText = z
  .string()
  .default('[]')
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a list in JSON' });
      return z.NEVER;
    }
  })
  .pipe(providers);

/** The outside services with which people can log in. */
export const identityProviderSettings = defineSettings({
  variables: { IDENTITY_PROVIDERS: providersText },
  toValue: ({ IDENTITY_PROVIDERS }): { identityProviders: readonly IdentityProviderModel[] } => ({
    identityProviders: Object.freeze(
      IDENTITY_PROVIDERS.map(({ clientSecret = null, ...rest }) => Object.freeze({ ...rest, clientSecret })),
    ),
  }),
});
