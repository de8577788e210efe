export { listAuthenticatedFields } from './authenticated-fields.ts';
export { createHttpClient } from './client.http.ts';
export { createLocalClients } from './client.local.ts';
export {
  clientErrorOf,
  dataOf,
  type SubgraphClient,
  type SubgraphClientRequest,
  SubgraphError,
  type SubgraphErrorCode,
  withRequest,
} from './client.ts';
export { type Connection, connection, type Page, type PageArgs, pageArgs, readOf } from './connection.ts';
export { encodeCursor } from './cursor.ts';
export {
  MASKED_MESSAGE,
  REQUEST_ERROR_CODES,
  RequestError,
  requireViewer,
  type UserError,
  userError,
} from './errors.ts';
export { type Claim, claimOf } from './idempotency/claim.ts';
export { deletedSince } from './idempotency/deleted-since.ts';
export { createIdempotency, type Idempotency, type Remember } from './idempotency/idempotency.ts';
export { createInternalFieldFinder, type InternalField, listInternalFields, requireCaller } from './internal-fields.ts';
export { createListLoader, type ListLoader, type ListPart } from './list.loader.ts';
export { createLoader, type Loader } from './loader.ts';
export { perRequest } from './per-request.ts';
export { type ListRecords, type PersonalRecord, personalRecord, recordLimit } from './personal-record.ts';
export { requiredScopesOf, requireScopes } from './required-scopes.ts';
export type { Complete } from './resolvers.ts';
export { requireGlobalId } from './scalars.ts';
export { addDrain } from './serve.drain.ts';
export { type Health, type Ready, serveHealth } from './serve.health.ts';
export { serveSubgraph } from './serve.ts';
export {
  createSubgraph,
  platformIdentity,
  type Subgraph,
  type SubgraphContext,
  type SubgraphRequest,
} from './subgraph.ts';
export { READY_TIMEOUTS, SESSION_CHECK_MS } from './timeouts.ts';
export { visiblePage } from './visible-page.ts';
