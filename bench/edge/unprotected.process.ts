import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createPersistedQueries, gatewaySettings, readPlatformConfig, startGraph } from '@tintype/gateway';
import { createLocalClients, type Subgraph } from '@tintype/graphql';
import { SUBGRAPHS, supergraphSdl } from '@tintype/schema/subgraphs';
import { loadWire, openResources, readEnvironment } from '@tintype/service';
import { createLog } from '@tintype/telemetry';

// The baseline for the protections of the gateway: the same graph and subgraphs behind bare HTTP, on PORT. Tokens are
// decoded and not verified, nothing is limited, analysed or refused, and responses have no headers for browsers.

const TIMEOUT_MS = 30_000;

const config = await readPlatformConfig(readEnvironment());
const log = createLog({ name: 'unprotected', level: 'warn' });
const resources = await openResources(config, 'unprotected', { owner: 'runtime' });
const subgraphs = new Map<string, Subgraph>();
const clientOf = createLocalClients(subgraphs);
for (const name of SUBGRAPHS) {
  const wire = await loadWire(name);
  const { subgraph } = await wire({ ...resources.ownedBy(name, { quota: 'half' }), client: clientOf(name) });
  subgraphs.set(name, subgraph);
}
const { apollo } = await startGraph({
  supergraphSdl: supergraphSdl(),
  subgraphs: clientOf('gateway'),
  persisted: createPersistedQueries(),
  introspection: false,
  log,
});

function viewerOf(authorization: string | undefined) {
  const payload = authorization?.split('.')[1];
  if (!payload) return null;
  const { sub, sid } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string; sid: string };
  return { userId: BigInt(sub), sessionId: sid };
}

createServer(async (request, response) => {
  const { query, variables = {} } = JSON.parse(await text(request)) as {
    query: string;
    variables?: Record<string, unknown>;
  };
  const contextValue = {
    viewer: viewerOf(request.headers.authorization),
    requestId: randomUUID(),
    signal: new AbortController().signal,
    deadline: performance.now() + TIMEOUT_MS,
  };
  const { body } = await apollo.executeOperation({ query, variables }, { contextValue });
  if (body.kind !== 'single') throw new Error('An answer came in parts.');
  const { errors, data } = body.singleResult;
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ errors, data }));
}).listen(config.of(gatewaySettings).port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
