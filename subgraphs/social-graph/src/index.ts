export { createRefreshService } from '#discovery/suggestion/refresh.service.ts';
export { listSuggestions } from '#discovery/suggestion/suggestion.repository.ts';
export { WEIGHTS } from '#discovery/suggestion/suggestion.rules.ts';
export { importFollows } from '#import/import-follows.ts';
export { wire as wireSocialGraph } from './wire.ts';
