import { type Connection, type PageArgs, pageArgs, RequestError, shownPage } from '@tintype/graphql';
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
   * Posts of people whom the viewer does not follow. Without a cursor a new ranking begins, without what was shown before; pages of it go
   * on in it for half an hour. Without Redis a ranking has one page, and pages of those that were begun before are empty.
   *
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(args: PageArgs, context: Context): Promise<Connection<Explored>>;
};

const KIND = 'explore';
/** Posts of a session: what somebody scrolls through at one time. */
const MOST = 300;
const AWAY: unique symbol = Symbol('away');

const unanswered = counter('feed_explore_unanswered_total', 'Calls about explored posts that Redis did not answer', []);

/** Whether somebody's posts are something new to a viewer who may see them. */
function isNew(relation: Relation | null): boolean {
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

  /** What Redis says, or `otherwise` while it is away. */
  const orElse = async <T, Other>(answer: Promise<T>, otherwise: Other): Promise<T | Other> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      unanswered.inc();
      log.warn({ error: error.message }, 'posts are explored without Redis');
      return otherwise;
    }
  };

  const begin = async (context: Context, id: bigint): Promise<{ ranked: Explored[]; isKept: boolean }> => {
    const { viewer, identity, loaders } = context;
    const found = await candidates.find(identity);
    const foundIds = found.map(({ postId }) => postId);
    const unseen = viewer ? await orElse(store.unseen(viewer.userId, foundIds), null) : null;
    const fresh = found.filter(({ postId }) => !unseen || unseen.has(postId));
    const relations = await Promise.all(fresh.map(({ authorId }) => loaders.relations.load(authorId)));
    const ranked = rank(
      fresh.filter((_, index) => isNew(relations[index]!)),
      { seed: Number(id % 1_000_003n), nowMs: Date.now() },
    ).slice(0, MOST);
    const keeping = store.putSession(viewer?.userId ?? null, id, ranked).then(() => true);
    return { ranked, isKept: await orElse(keeping, false) };
  };

  /** What became of a session meanwhile: posts go, and people begin to follow, mute and block. */
  const show = async (rows: readonly Explored[], { loaders }: Context): Promise<(Explored | null)[]> => {
    const [posts, relations] = await Promise.all([
      Promise.all(rows.map(({ postId }) => loaders.visiblePosts.load(postId))),
      Promise.all(rows.map(({ authorId }) => loaders.relations.load(authorId))),
    ]);
    return rows.map((row, index) => (posts[index] && isNew(relations[index]!) ? row : null));
  };

  return {
    async page(args, context) {
      const page = pageArgs(args, KIND, 2);
      const viewerId = context.viewer?.userId ?? null;
      const id = page.after?.[0] ?? ids.next();
      const begun = page.after ? null : await begin(context, id);
      const session = begun ? begun.ranked : await orElse(store.findSession(viewerId, id), AWAY);
      // Whoever comes again with the same cursor when Redis is back goes on.
      if (session === AWAY) return emptyPage(args.after ?? null);
      if (!session) throw new RequestError('BAD_CURSOR', 'This list is over. Begin a new one, without a cursor.');
      const places = new Map(session.map(({ postId }, index) => [postId, index]));
      const found = await shownPage<Explored, Explored>({
        kind: KIND,
        page,
        async read(after, limit) {
          const from = after ? Number(after[1]) + 1 : 0;
          return session.slice(from, from + limit);
        },
        placeOf: ({ postId }) => [id, BigInt(places.get(postId)!)],
        show: (rows) => show(rows, context),
      });
      const shownIds = found.edges.map(({ node }) => node.postId);
      if (viewerId !== null) await orElse(store.markSeen(viewerId, shownIds, Date.now()), undefined);
      if (begun && !begun.isKept) return { ...found, pageInfo: { ...found.pageInfo, hasNextPage: false } };
      return found;
    },
  };
}

function emptyPage(endCursor: string | null): Connection<Explored> {
  return { edges: [], pageInfo: { hasNextPage: true, hasPreviousPage: true, startCursor: null, endCursor } };
}
