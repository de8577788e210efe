import { type Connection, type PageArgs, pageArgs, RequestError, shownPage } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { can, type Relation } from '@tintype/policy';
import type { Context } from '../context.ts';
import type { CandidatesService } from './candidates.service.ts';
import type { Explored, ExploreStore } from './explore.store.ts';
import { rank } from './ranking.rules.ts';

export type ExploreService = {
  /**
   * Posts of people whom the viewer does not follow. Without a cursor a new ranking begins, without what was shown before; pages of it go
   * on in it for half an hour.
   *
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR
   */
  page(args: PageArgs, context: Context): Promise<Connection<Explored>>;
};

const KIND = 'explore';
/** Posts of a session: what somebody scrolls through at one time. */
const MOST = 300;

/** Whether somebody's posts are something new to a viewer who may see them. */
function isNew(relation: Relation | null): boolean {
  if (!relation || relation.isSelf || relation.follows || relation.mutes || relation.blocks) return false;
  return can('posts.view', relation);
}

export function createExploreService(deps: {
  ids: IdGenerator;
  candidates: CandidatesService;
  store: ExploreStore;
}): ExploreService {
  const { ids, candidates, store } = deps;

  const begin = async ({ viewer, pass, loaders }: Context, id: bigint): Promise<Explored[]> => {
    const found = await candidates.find(pass);
    const unseen = viewer
      ? await store.unseen(
          viewer.userId,
          found.map(({ postId }) => postId),
        )
      : null;
    const fresh = found.filter(({ postId }) => !unseen || unseen.has(postId));
    const relations = await Promise.all(fresh.map(({ authorId }) => loaders.relations.load(authorId)));
    const ranked = rank(
      fresh.filter((_, index) => isNew(relations[index]!)),
      { seed: Number(id % 1_000_003n), nowMs: Date.now() },
    ).slice(0, MOST);
    await store.putSession(viewer?.userId ?? null, id, ranked);
    return ranked;
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
      const session = page.after ? await store.findSession(viewerId, id) : await begin(context, id);
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
      if (viewerId !== null) await store.markSeen(viewerId, shownIds, Date.now());
      return found;
    },
  };
}
