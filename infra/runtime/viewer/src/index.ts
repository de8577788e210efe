export { currentFetchScope, type FetchScope, runInFetchScope } from './fetch.scope.ts';
export {
  signViewerPass,
  VIEWER_PASS_HEADER,
  type Viewer,
  type ViewerPass,
  ViewerPassError,
  verifyViewerPass,
} from './pass.ts';
export { revokedSessionKey } from './session.keys.ts';
