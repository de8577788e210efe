import { defineSettings } from './settings.ts';
import { address, baseAddress, given, mailAddress, matching, origins, text } from './variables.ts';

// Settings that several parts of the platform use, but not all.

const bucket = matching(
  /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'must be a bucket name of 3 to 63 letters',
).default('tintype');

/** The object store, for what reads and writes files. */
export const s3Settings = defineSettings({
  variables: {
    S3_ENDPOINT: address('http:', 'https:'),
    S3_PUBLIC_ENDPOINT: address('http:', 'https:').optional(),
    S3_REGION: given.default('us-east-1'),
    S3_ACCESS_KEY_ID: given,
    S3_SECRET_ACCESS_KEY: given,
    S3_BUCKET: bucket,
    CORS_ORIGINS: origins,
  },
  toValue: (value) => ({
    endpoint: value.S3_ENDPOINT,
    publicEndpoint: withoutSlash(value.S3_PUBLIC_ENDPOINT ?? value.S3_ENDPOINT),
    region: value.S3_REGION,
    accessKeyId: value.S3_ACCESS_KEY_ID,
    secretAccessKey: value.S3_SECRET_ACCESS_KEY,
    bucket: value.S3_BUCKET,
    corsOrigins: Object.freeze(value.CORS_ORIGINS),
  }),
});

/** Where clients find files, for what only links to them. */
export const mediaSettings = defineSettings({
  variables: {
    MEDIA_BASE_URL: baseAddress.optional(),
    S3_PUBLIC_ENDPOINT: address('http:', 'https:').optional(),
    S3_ENDPOINT: address('http:', 'https:').optional(),
    S3_BUCKET: bucket,
  },
  check: ({ MEDIA_BASE_URL, S3_PUBLIC_ENDPOINT, S3_ENDPOINT }) =>
    MEDIA_BASE_URL || S3_PUBLIC_ENDPOINT || S3_ENDPOINT ? [] : ['MEDIA_BASE_URL: is needed, unless S3_ENDPOINT is set'],
  toValue: (value) => {
    const endpoint = withoutSlash(value.S3_PUBLIC_ENDPOINT ?? value.S3_ENDPOINT ?? '');
    return { mediaBaseUrl: withoutSlash(value.MEDIA_BASE_URL ?? `${endpoint}/${value.S3_BUCKET}`) };
  },
});

/** Where people reach the gateway, without a slash at the end. */
export const publicSettings = defineSettings({
  variables: { PUBLIC_URL: baseAddress.default('http://127.0.0.1:4000') },
  toValue: (value) => ({ publicUrl: withoutSlash(value.PUBLIC_URL) }),
});

/** Where the links in mails about an account lead: an app's own pages, or those of the gateway. */
export const appSettings = defineSettings({
  variables: { APP_URL: baseAddress.optional(), PUBLIC_URL: baseAddress.default('http://127.0.0.1:4000') },
  toValue: (value) => ({ appUrl: withoutSlash(value.APP_URL ?? value.PUBLIC_URL) }),
});

/** How mail is sent. */
export const mailSettings = defineSettings({
  variables: {
    MAIL_URL: address('smtp:', 'smtps:').optional(),
    MAIL_DIRECTORY: text.optional(),
    MAIL_FROM: mailAddress.default('tintype@localhost.localdomain'),
  },
  toValue: (value) => ({
    /** Null if no mail is sent. */
    mail: mailOf(value),
    mailFrom: value.MAIL_FROM,
  }),
});

type MailDestination = { from: string } & ({ url: string } | { directory: string });

function mailOf(value: {
  MAIL_URL?: string | undefined;
  MAIL_DIRECTORY?: string | undefined;
  MAIL_FROM: string;
}): MailDestination | null {
  const from = value.MAIL_FROM;
  if (value.MAIL_URL) return Object.freeze({ from, url: value.MAIL_URL });
  return value.MAIL_DIRECTORY ? Object.freeze({ from, directory: value.MAIL_DIRECTORY }) : null;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
