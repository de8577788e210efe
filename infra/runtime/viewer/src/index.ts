export { currentFetchScope, type FetchScope, runInFetchScope, runOutsideFetchScope } from './fetch.scope.ts';
export { type Caller, type CallerIdentity, type Identity, type Subject, subjectOf, type Viewer } from './identity.ts';
export {
  IDENTITY_HEADER,
  IdentityTokenError,
  signIdentityToken,
  verifyIdentityToken,
} from './identity-token.ts';
export { liveSessionKey, revokedSessionKey, suspendedSessionKey } from './session.keys.ts';
export { STORE_ERRORS, StoreError, type StoreErrorCode } from './store.error.ts';
