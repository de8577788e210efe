import { describe } from 'vitest';
import { describeSearchIndex } from './driver-suite.ts';
import { describeTypesense, openOn } from './typesense-suite.ts';

const { TYPESENSE_TEST_URL: url, TYPESENSE_TEST_API_KEY: apiKey } = process.env;

if (!url || !apiKey) {
  process.stderr.write(
    '\nNOT TESTED: no Typesense server is given, so the driver meets a stub alone (TYPESENSE_TEST_URL, TYPESENSE_TEST_API_KEY).\n\n',
  );
}

describe.skipIf(!url || !apiKey)('on a server', () => {
  const open = openOn(() => ({ urls: [url ?? ''], apiKey: apiKey ?? '' }));
  describeSearchIndex('Typesense', open);
  describeTypesense('Typesense', open);
});
