import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import { VisibleHashtagsDocument } from '@tintype/schema/internal/post';
import type { ViewerPass } from '@tintype/viewer';

/** Whether hashtags are on posts that the viewer may see, by their keys. */
export function createVisibleHashtagLoader(client: SubgraphClient, pass: ViewerPass): Loader<string, true> {
  return createLoader(async (keys) => {
    const { visibleHashtags } = await client.request(VisibleHashtagsDocument, { keys: [...keys] }, pass);
    return new Map(visibleHashtags.map((key) => [key, true as const]));
  });
}
