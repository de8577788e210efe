import type { TintypeClient } from '@tintype/schema/client';
import { CreatePostDocument, HomeFeedDocument, PostDocument } from '@tintype/schema/operations';
import { inParallel } from '#fixture/figures.ts';
import type { RealPhoto } from './data.ts';

export type Posted = { id: string; bytes: number; visibleMs: number };

const POSTS_AT_ONCE = 3;
const PATIENCE_MS = 120_000;
const TRIES = 20;

/** Faults make parts unavailable for moments. A step that a client would retry is retried with the same upload. */
async function persistently<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === TRIES) throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 250 * tries));
    }
  }
}

/**
 * Posts each photo like a client: a form, the bytes to S3, createPost. Then waits until the first follower can see it.
 *
 * @param onDone called after each photo with how many are done
 */
export function postPhotos(
  work: readonly { photo: RealPhoto; caption: string; author: TintypeClient; follower: TintypeClient }[],
  onDone: (done: number) => Promise<void>,
): Promise<Posted[]> {
  let done = 0;
  return inParallel(work, POSTS_AT_ONCE, async ({ photo, caption, author, follower }) => {
    const [uploadId] = await persistently(`upload of ${photo.name}`, () => author.upload([photo]));
    const began = Date.now();
    const input = { caption, media: [{ uploadId: uploadId!, altText: caption.slice(0, 1000) }] };
    const created = await persistently(`createPost of ${photo.name}`, async () => {
      const { createPost } = await author.request(CreatePostDocument, { input });
      if (!createPost!.post) throw new Error(createPost!.errors.map((error) => error.message).join('; '));
      return createPost!.post;
    });
    await untilVisible(created.id, photo.name, author, follower);
    const visibleMs = Date.now() - began;
    await onDone(++done);
    return { id: created.id, bytes: photo.bytes.byteLength, visibleMs };
  });
}

async function untilVisible(id: string, name: string, author: TintypeClient, follower: TintypeClient): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await follower.request(HomeFeedDocument, { first: 20 }).then(
      ({ homeFeed }) => homeFeed!.edges.some((edge) => edge.node?.id === id),
      () => false,
    );
    if (seen) return;
    const state = await author.request(PostDocument, { id }).then(
      ({ post }) => (post?.state === 'FAILED' ? `FAILED: ${post.failureReason}` : post?.state),
      () => 'unknown',
    );
    if (state?.startsWith('FAILED')) throw new Error(`${name}: ${state}`);
    if (Date.now() > until) throw new Error(`${name}: not visible after ${PATIENCE_MS} ms (state ${state})`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
