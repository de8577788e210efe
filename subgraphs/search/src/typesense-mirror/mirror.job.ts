import { createLoop, type Loop } from '@tintype/service';
import type { Log } from '@tintype/telemetry';
import type { SearchIndex } from '#search-index/search-index.ts';
import type { Mirror } from './mirror.service.ts';

/** For documents that another process queued. */
const EVERY_MS = 500;
/** How often the job checks that the collections still exist: a server may come back empty. */
const PREPARE_MS = 10_000;

/** Copies changes into Typesense as soon as they are queued. While Typesense is unavailable, it waits silently. */
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
