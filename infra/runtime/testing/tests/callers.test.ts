import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createInternalFieldFinder, listInternalFields } from '@tintype/graphql';
import { internalOperations } from '@tintype/schema/internal';
import { SUBGRAPHS } from '@tintype/schema/subgraphs';
import { type DocumentNode, Kind } from 'graphql';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SHARED = 'infra/runtime/graphql/src/internal';

const read = (pattern: string): string[] =>
  globSync(pattern, { cwd: ROOT })
    .filter((path) => !path.includes('/generated/') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(`${ROOT}${path}`, 'utf8'));

/** Names of documents of `schema/internal` that a source uses, without its imports. */
const documentsIn = (text: string): string[] =>
  [...text.replaceAll(/^import [^;]*;/gms, '').matchAll(/\b([A-Z]\w*)Document\b/g)].map((match) => match[1]!);

/** Documents by the shared function that sends them, directly or through another one. */
const sharedFunctions = new Map<string, string[]>();
for (const text of read(`${SHARED}/*.ts`)) {
  for (const body of text.split(/^(?=export )/m)) {
    const name = body.match(/^export (?:async )?function (\w+)/)?.[1];
    if (name) sharedFunctions.set(name, [...(sharedFunctions.get(name) ?? []), body]);
  }
}
const documentsOf = (name: string): string[] => {
  const bodies = sharedFunctions.get(name)!.join('\n');
  const others = [...sharedFunctions.keys()].filter((other) => other !== name && bodies.includes(`${other}(`));
  return [...documentsIn(bodies), ...others.flatMap(documentsOf)];
};

const services = ['gateway', ...SUBGRAPHS];
/** The services that use each internal operation, according to their sources. */
const askers = new Map<string, Set<string>>();
for (const service of services) {
  for (const text of read(`${service === 'gateway' ? service : `subgraphs/${service}`}/src/**/*.ts`)) {
    const body = text.replaceAll(/^import [^;]*;/gms, '');
    const shared = [...sharedFunctions.keys()].filter((name) => new RegExp(`\\b${name}\\(`).test(body));
    const own = text.includes('@tintype/schema/internal/') ? documentsIn(text) : [];
    const isShared = text.includes('@tintype/graphql/internal');
    for (const operation of [...own, ...(isShared ? shared.flatMap(documentsOf) : [])])
      askers.set(operation, (askers.get(operation) ?? new Set()).add(service));
  }
}

test('each operation is used by some part of the platform', () => {
  const operations = SUBGRAPHS.flatMap((name) => internalOperations(name).operations.map((one) => one.name!.value));
  expect([...askers.keys()].sort()).toEqual(operations.sort());
});

test.each(SUBGRAPHS)(
  'the SDL of %s names for each internal field the services that ask for it, and no others',
  (name) => {
    const { schema, operations } = internalOperations(name);
    const findInternalFields = createInternalFieldFinder(schema);
    const asked = new Map<string, Set<string>>();
    for (const operation of operations) {
      const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation] };
      for (const { coordinate } of findInternalFields(document)) {
        const known = asked.get(coordinate) ?? new Set();
        asked.set(coordinate, known.union(askers.get(operation.name!.value) ?? new Set()));
      }
    }
    const named = [...listInternalFields(schema).values()].map(({ coordinate, callers }) => [coordinate, callers]);
    const found = Object.fromEntries([...asked].map(([coordinate, by]) => [coordinate, [...by].sort()]));
    expect(Object.fromEntries(named)).toEqual(found);
  },
);
