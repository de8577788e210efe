import { createLoop, type Loop } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { SearchIndex } from '#search-index/search-index.ts';
import type { Mirror } from './mirror.service.ts';

/** Of what another process noted. */
const EVERY_MS = 500;
/** How often it is looked whether the collections are still there: a server may come back empty. */
const PREPARE_MS = 10_000;

/** Copies into Typesense what changed, at once after it was noted; while Typesense is away, it waits for it without a word. */
export function createMirrorJob(deps: { mirror: Mirror; typesense: SearchIndex; log: Log; everyMs?: number }): Loop {
  const { mirror, typesense, log, everyMs = EVERY_MS } = deps;
  let preparedAt = Number.NEGATIVE_INFINITY;
  return createLoop({
    name: 'search__mirror',
    everyMs,
    log,
    async work(signal) {
      if (performance.now() - preparedAt > PREPARE_MS) {
        if (!(await typesense.healthy())) return;
        await mirror.prepare();
        preparedAt = performance.now();
      }
      try {
        await mirror.copy(signal);
      } catch (error) {
        preparedAt = Number.NEGATIVE_INFINITY;
        throw error;
      }
    },
  });
}
