import { readFileSync } from 'node:fs';
import { Client } from 'typesense';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLLECTIONS } from '#search-index/documents.ts';
import { parseQuery } from '#text/query.rules.ts';
import { planSearches } from '#typesense/search-plan.rules.ts';
import { createTypesenseIndex } from '#typesense/typesense.index.ts';
import { describeSearchIndex } from './driver-suite.ts';
import { startTypesenseStub, type TypesenseStub } from './typesense-stub/stub-server.ts';
import { describeTypesense, openOn } from './typesense-suite.ts';
import { hasSpecification, SPECIFICATION, startValidatingProxy } from './validating-proxy.ts';

if (!hasSpecification) {
  process.stderr.write(
    `\nNOT TESTED: ${SPECIFICATION} is missing, so no request is checked by it (TINTYPE_SHARED_DATA).\n\n`,
  );
}

type Schemas = Record<string, { properties: Record<string, unknown> }>;

const AUDIENCE = { hiddenIds: ['7', '8'], privateIds: ['9'] };
const request = (text: string, offset = 0) => ({ query: parseQuery(text), viewerFilter: AUDIENCE, offset, limit: 20 });

describe.skipIf(!hasSpecification)('against the specification of Typesense', () => {
  let stub: TypesenseStub;
  let proxy: Awaited<ReturnType<typeof startValidatingProxy>>;

  beforeAll(async () => {
    stub = await startTypesenseStub();
    proxy = await startValidatingProxy(stub.url);
  });
  afterAll(async () => {
    await proxy?.close();
    await stub?.close();
  });

  const open = openOn(() => ({ urls: [proxy.url], apiKey: stub.apiKey }));
  describeSearchIndex('Typesense, each request and answer validated', open);
  describeTypesense('Typesense, each request and answer validated', open);

  test('the proxy has seen every endpoint that the driver uses', () => {
    const used = new Set(stub.requests.map(({ method, path }) => `${method} ${path.replace(/test-\w+/, '*')}`));
    expect([...used].sort()).toEqual([
      'DELETE /aliases/*',
      'DELETE /collections/*',
      'DELETE /collections/*/documents',
      'DELETE /synonym_sets/*',
      'GET /aliases/*',
      'GET /collections',
      'GET /collections/*',
      'GET /health',
      'POST /collections',
      'POST /collections/*/documents/import',
      'POST /multi_search',
      'PUT /aliases/*',
      'PUT /synonym_sets/*',
    ]);
  });

  test('each parameter of a single search has the specified type', async () => {
    const index = createTypesenseIndex({ urls: [proxy.url], apiKey: stub.apiKey, namespace: 'spec' });
    await index.ensure();
    await index.close();
    const client = new Client({ nodes: [{ url: proxy.url }], apiKey: stub.apiKey, numRetries: 0, logLevel: 'silent' });
    for (const collection of COLLECTIONS) {
      for (const { pages } of planSearches(collection, `spec_${collection}`, request('anna smih'))) {
        for (const { collection: name, ...parameters } of pages) {
          const answer = await client.collections(name).documents().search(parameters);
          expect(answer.hits).toBeDefined();
        }
      }
    }
  });

  test('every search parameter is in the specification', () => {
    const { components } = JSON.parse(readFileSync(SPECIFICATION, 'utf8')) as { components: { schemas: Schemas } };
    const known = Object.keys(components.schemas.SearchParameters?.properties ?? {});
    const ofMany = Object.keys(components.schemas.MultiSearchParameters?.properties ?? {});
    const planned = COLLECTIONS.flatMap((collection) => planSearches(collection, 'any', request('anna smih', 480)));
    const bodies = stub.requests.filter(({ path }) => path === '/multi_search').map(({ body }) => JSON.parse(body));
    const searches = [...planned.flatMap(({ pages }) => pages), ...bodies.flatMap((body) => body.searches)];
    const sent = new Set(searches.flatMap((search) => Object.keys(search)));
    sent.delete('collection');
    expect(sent.size).toBeGreaterThan(15);
    expect([...sent].filter((name) => !known.includes(name))).toEqual([]);
    // The list for multiple searches lacks parameters that the server reads for single and multiple searches.
    expect([...sent].filter((name) => !ofMany.includes(name))).toEqual(['max_candidates']);
  });

  test('the proxy refuses requests that do not match the specification', async () => {
    const send = (path: string, body: object) =>
      fetch(proxy.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-typesense-api-key': stub.apiKey },
        body: JSON.stringify(body),
      });
    const request = await send('/collections', { name: 'spec_wrong', fields: [{ name: 'x', type: 'text' }] });
    expect(request.status).toBe(422);
    expect(await request.text()).toContain('fields');
  });

  test('the proxy refuses responses that do not match the specification', async () => {
    stub.mode = 'garble';
    const answer = await fetch(`${proxy.url}/aliases/spec_users`, { headers: { 'x-typesense-api-key': stub.apiKey } });
    stub.mode = 'ok';
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain('collection_name');
  });
});
