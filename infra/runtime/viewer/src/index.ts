export { currentFetchScope, type FetchScope, runInFetchScope, runOutsideFetchScope } from './fetch.scope.ts';
export { createLateCalls, type LateCalls } from './late-calls.ts';
export {
  signViewerPass,
  VIEWER_PASS_HEADER,
  type Viewer,
  type ViewerPass,
  ViewerPassError,
  verifyViewerPass,
} from './pass.ts';
export { liveSessionKey, revokedSessionKey } from './session.keys.ts';
export { STORE_ERRORS, StoreError, type StoreErrorCode } from './store.error.ts';
