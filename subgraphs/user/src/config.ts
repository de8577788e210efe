import {
  appSettings,
  baseAddress,
  defineSettings,
  list,
  mailSettings,
  matching,
  mediaSettings,
  publicSettings,
  s3Settings,
} from '@tintype/service';
import { identityProviderSettings } from '#identity-provider/identity-provider.settings.ts';
import { isOriginOf, relyingPartyOf } from '#passkey/relying-party.rules.ts';

/** For which domain passkeys are made, and which pages and apps may use them. */
export const passkeySettings = defineSettings({
  variables: {
    PASSKEY_DOMAIN: matching(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'must be a domain such as example.org').optional(),
    PASSKEY_ORIGINS: list,
    APP_URL: baseAddress.optional(),
    PUBLIC_URL: baseAddress.default('http://127.0.0.1:4000'),
  },
  toValue: (value) => ({
    relyingParty: Object.freeze(
      relyingPartyOf(
        { domain: value.PASSKEY_DOMAIN, origins: value.PASSKEY_ORIGINS },
        value.APP_URL ?? value.PUBLIC_URL,
      ),
    ),
  }),
  check({ PASSKEY_DOMAIN, PASSKEY_ORIGINS, APP_URL, PUBLIC_URL }) {
    const pages = APP_URL ?? PUBLIC_URL ?? 'http://127.0.0.1:4000';
    if (!URL.canParse(pages) || (!PASSKEY_DOMAIN && !PASSKEY_ORIGINS)) return [];
    const origins = list.parse(PASSKEY_ORIGINS);
    const { id, ...all } = relyingPartyOf({ domain: PASSKEY_DOMAIN, origins }, pages);
    return all.origins
      .filter((origin) => !isOriginOf(origin, id))
      .map((origin) => `PASSKEY_ORIGINS: ${origin} is neither an https:// origin at ${id} nor android:apk-key-hash:…`);
  },
});

export const settings = [
  appSettings,
  identityProviderSettings,
  mailSettings,
  mediaSettings,
  passkeySettings,
  publicSettings,
  s3Settings,
];
