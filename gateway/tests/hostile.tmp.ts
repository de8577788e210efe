import { readFileSync } from 'node:fs';
import { startStubGateway } from './stub/gateway.ts';
import { startOwnRedis } from './stub/redis.ts';

const redis = await startOwnRedis();
const sdl = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8');
const g = await startStubGateway({
  redis: redis.handle,
  parts: {
    supergraphSdl: sdl,
    subgraphs: { execute: async () => ({ data: null }), request: async () => ({}) as never },
  },
});
const rep = (n: number, f: (i: number) => string) => Array.from({ length: n }, (_, i) => f(i)).join(' ');
const docs: Record<string, string> = {
  trivial: '{ me { id } }',
  sameField: `{ me { ${rep(1900, () => 'id')} } }`,
  sameObject: `{ me { ${rep(480, () => 'avatar { url }')} } }`,
  samePosts: `{ me { ${rep(200, () => 'posts { edges { cursor } }')} } }`,
  sameDeep: `{ me { ${rep(100, () => 'posts { edges { node { author { id } } } }')} } }`,
  frags: `{ me { ${rep(240, (i) => `...F${i}`)} } } ${rep(240, (i) => `fragment F${i} on User { id }`)}`,
  fragChain: `{ me { ...F0 } } ${rep(240, (i) => `fragment F${i} on User { id ${i < 239 ? `...F${i + 1}` : ''} }`)}`,
  inline: `{ me { ${rep(300, () => '... on User { id }')} } }`,
  aliasesDiff: `{ ${rep(20, (i) => `a${i}: user(username: "x") { id username displayName bio website isPrivate createdAt postCount posts { edges { node { id caption author { id } } } } followers { edges { node { id } } } }`)} }`,
  fragObj: `{ me { ${rep(60, (i) => `...F${i}`)} } } ${rep(60, (i) => `fragment F${i} on User { posts { edges { node { author { avatar { url } } } } } }`)}`,
  args: `{ ${rep(20, (i) => `a${i}: user(username: "${'x'.repeat(4000)}") { id }`)} }`,
  manyVars: `query(${rep(400, (i) => `$v${i}: Int`)}) { me { id } }`,
  list: `{ post(id: ${'['.repeat(900)}1${']'.repeat(900)}) { id } }`,
  unknown: `{ me { ${rep(1900, (i) => `f${i}`)} } }`,
};
for (const [name, query] of Object.entries(docs)) {
  const t = performance.now();
  const a = await g.ask(query);
  const t1 = performance.now() - t;
  const s = performance.now();
  await g.ask(query);
  const t2 = performance.now() - s;
  console.log(
    name.padEnd(12),
    (a.errors?.[0]?.message ?? '').slice(0, 100),
    query.length,
    a.status,
    a.errors?.[0]?.extensions.code ?? '',
    t1.toFixed(1),
    t2.toFixed(1),
  );
}
await g.close();
await redis.close();
