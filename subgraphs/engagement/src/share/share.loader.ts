import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { ShareModel } from './share.model.ts';
import { findShares } from './share.repository.ts';

export function createShareLoader(pool: Executor): Loader<bigint, ShareModel> {
  return createLoader(async (ids) => {
    const shares = await findShares(pool, ids);
    return new Map(shares.map((share) => [String(share.id), share]));
  });
}
