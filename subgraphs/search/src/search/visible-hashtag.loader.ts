import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { VisibleHashtagsDocument } from '@tintype/schema/internal/post';
import type { Identity } from '@tintype/viewer';

/** Whether hashtags, given by key, are on posts that the viewer may see. */
export function createVisibleHashtagLoader(client: SubgraphClient, identity: Identity): Loader<string, true> {
  return createLoader(async (keys) => {
    const { visibleHashtags } = await client.request(VisibleHashtagsDocument, { keys: [...keys] }, identity);
    return new Map(visibleHashtags.map((key) => [key, true as const]));
  });
}
