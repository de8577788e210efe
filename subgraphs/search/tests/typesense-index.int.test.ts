import { afterAll } from 'vitest';
import { describeSearchIndex } from './driver-suite.ts';
import { startTypesenseStub } from './typesense-stub/stub-server.ts';
import { describeTypesense, openOn } from './typesense-suite.ts';

const stub = await startTypesenseStub();
afterAll(() => stub.close());
const open = openOn(() => ({ urls: [stub.url], apiKey: stub.apiKey }));

describeSearchIndex('Typesense, a stub of it', open);
describeTypesense('Typesense, a stub of it', open);
