import { createLoader, type Loader } from '@tintype/graphql';
import type { Language } from '@tintype/language';
import type { Executor } from '@tintype/postgres';
import { findLanguageOf } from './language.repository.ts';

/** The language of texts to the viewer, for the viewer only. */
export function createLanguageLoader(pool: Executor, viewerId: bigint | null): Loader<bigint, Language> {
  return createLoader(async () =>
    viewerId === null ? new Map() : new Map([[String(viewerId), await findLanguageOf(pool, viewerId)]]),
  );
}
