import { type Connection, type PageArgs, pageArgs, RequestError, visiblePage } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { can, type Relation } from '@tintype/policy';
import { counter, type Log } from '@tintype/telemetry';
import { StoreError } from '@tintype/viewer';
import type { Context } from '../context.ts';
import type { CandidatesService } from './candidates.service.ts';
import type { Explored, ExploreStore } from './explore.store.ts';
import { rank } from './ranking.rules.ts';

export type ExploreService = {
  /**
   * Posts of people whom the viewer does not follow. A request without a cursor starts a new session, which ranks posts
   * that the viewer was not shown recently and can be paged through for half an hour. Without Redis, a session has only
   * one page.
   *
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR, and UNAVAILABLE if sources failed and the others have nothing
   * @throws StoreError if Redis is unavailable and the page belongs to an earlier session
   */
  page(args: PageArgs, context: Context): Promise<Connection<Explored>>;
};

const KIND = 'explore';
/** The maximum number of posts in a session. */
const MOST = 300;

const unanswered = counter('feed_explore_unanswered_total', 'Redis calls of explore that failed', []);

/** Whether posts of this person can be recommended to the viewer. */
function isRecommendable(relation: Relation | null): boolean {
  if (!relation || relation.isSelf || relation.follows || relation.mutes || relation.blocks) return false;
  return can('posts.view', relation);
}

export function createExploreService(deps: {
  ids: IdGenerator;
  candidates: CandidatesService;
  store: ExploreStore;
  log: Log;
}): ExploreService {
  const { ids, candidates, store, log } = deps;

  /** The response of Redis, or `otherwise` if it is unavailable. */
  const orElse = async <T, Other>(answer: Promise<T>, otherwise: Other): Promise<T | Other> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      unanswered.inc();
      log.warn({ error: error.message }, 'Redis is unavailable. Explore works without sessions.');
      return otherwise;
    }
  };

  const begin = async (context: Context, id: bigint): Promise<{ ranked: Explored[]; isKept: boolean }> => {
    const { viewer, identity, loaders } = context;
    const { found, lacksSources } = await candidates.find(identity);
    const foundIds = found.map(({ postId }) => postId);
    const unseen = viewer ? await orElse(store.unseen(viewer.userId, foundIds), null) : null;
    const fresh = found.filter(({ postId }) => !unseen || unseen.has(postId));
    const relations = await Promise.all(fresh.map(({ authorId }) => loaders.relations.load(authorId)));
    const ranked = rank(
      fresh.filter((_, index) => isRecommendable(relations[index]!)),
      { seed: Number(id % 1_000_003n), nowMs: Date.now() },
    ).slice(0, MOST);
    if (lacksSources && ranked.length === 0)
      throw new RequestError('UNAVAILABLE', 'Posts cannot be recommended at the moment. Try again in a moment.');
    const keeping = store.putSession(viewer?.userId ?? null, id, ranked).then(() => true);
    return { ranked, isKept: await orElse(keeping, false) };
  };

  /**
   * Leaves out posts that were deleted in the meantime or are for close friends, and posts of people whom the viewer
   * now follows, mutes or blocks.
   */
  const present = async (rows: readonly Explored[], { loaders }: Context): Promise<(Explored | null)[]> => {
    const [posts, relations] = await Promise.all([
      Promise.all(rows.map(({ postId }) => loaders.visiblePosts.load(postId))),
      Promise.all(rows.map(({ authorId }) => loaders.relations.load(authorId))),
    ]);
    return rows.map((row, index) =>
      posts[index]?.audience === 'EVERYONE' && isRecommendable(relations[index]!) ? row : null,
    );
  };

  return {
    async page(args, context) {
      const page = pageArgs(args, KIND, 2);
      const viewerId = context.viewer?.userId ?? null;
      const id = page.from?.[0] ?? ids.next();
      const begun = page.from ? null : await begin(context, id);
      const session = begun ? begun.ranked : await store.findSession(viewerId, id);
      if (!session) throw new RequestError('BAD_CURSOR', 'This list has expired. Start a new one without a cursor.');
      const indexes = new Map(session.map(({ postId }, index) => [postId, index]));
      const found = await visiblePage<Explored, Explored>({
        page,
        async read(after, limit) {
          const from = after ? Number(after[1]) + 1 : 0;
          return session.slice(from, from + limit);
        },
        sortKeyOf: ({ postId }) => [id, BigInt(indexes.get(postId)!)],
        present: (rows) => present(rows, context),
      });
      const shownIds = found.edges.map(({ node }) => node.postId);
      if (viewerId !== null) await orElse(store.markSeen(viewerId, shownIds, Date.now()), undefined);
      if (begun && !begun.isKept) return { ...found, pageInfo: { ...found.pageInfo, hasNextPage: false } };
      return found;
    },
  };
}
