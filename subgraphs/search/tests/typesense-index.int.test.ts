import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { describeSearchIndex } from './driver-suite.ts';
import { startTypesenseStub } from './typesense-stub/stub-server.ts';

describeSearchIndex('Typesense, a stub of it', async () => {
  const stub = await startTypesenseStub();
  const index = createTypesenseIndex({ urls: [stub.url], apiKey: stub.apiKey, namespace: 'suite' });
  return {
    index,
    async close() {
      await index.close();
      await stub.close();
    },
  };
});
