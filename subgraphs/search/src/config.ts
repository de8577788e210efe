import { addresses, defineSettings, text } from '@tintype/service';

export const typesenseSettings = defineSettings({
  variables: { TYPESENSE_URL: addresses('http:', 'https:').optional(), TYPESENSE_API_KEY: text.optional() },
  check: ({ TYPESENSE_URL, TYPESENSE_API_KEY }) =>
    Boolean(TYPESENSE_URL) === Boolean(TYPESENSE_API_KEY)
      ? []
      : ['TYPESENSE_URL: goes with TYPESENSE_API_KEY, or neither is set'],
  toValue: ({ TYPESENSE_URL: urls, TYPESENSE_API_KEY: apiKey }) => ({
    /** Null if Postgres searches. */
    typesense: urls && apiKey ? Object.freeze({ urls, apiKey }) : null,
  }),
});

export const settings = [typesenseSettings];
