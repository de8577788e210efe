export { createRefreshService } from '#discovery/suggestion/refresh.service.ts';
export { listSuggestions } from '#discovery/suggestion/suggestion.repository.ts';
export { WEIGHTS, type Weights } from '#discovery/suggestion/suggestion.rules.ts';
export { importFollows } from '#import/import-follows.ts';
export { wire as wireSocialGraph } from './wire.ts';
