export type { PostDocument, UserDocument } from './index-store/documents.ts';
export { PUBLIC_AUDIENCE, type SearchIndex } from './index-store/search-index.ts';
export { createPostgresIndex } from './postgres/postgres.index.ts';
export { openReaders } from './postgres/readers.ts';
export { type Progress, ReindexRunsError, reindex } from './reindex/reindex.service.ts';
export { readStatus, type SearchStatus } from './reindex/status.service.ts';
export { parseQuery } from './text/query.rules.ts';
export { openSearchIndex } from './typesense/open-index.ts';
export { wire as wireSearch } from './wire.ts';
