import { SubgraphError } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
  type World,
} from '@tintype/testing';
import { expect } from 'vitest';
import { wire } from '../src/wire.ts';

type Role = 'MODERATOR' | 'ADMIN';
type Errors = { errors: { code: string; path: string[] }[] };

/** A restriction that the owner of a post or comment was asked for. */
export type Restriction = { id: string; restriction: string; decisionId: string };

/** That the user subgraph was told about a decision that was checked. */
export type Review = { decisionId: string; userId: string; isReversed: boolean };

/** A decision that the user subgraph was asked to let take effect. */
export type Sanction = {
  decisionId: string;
  userId: string;
  action: string;
  reason: string;
  until?: string | null | undefined;
};

export type ModerationFixture = Awaited<ReturnType<typeof openModeration>>;

/** The moderation subgraph in a world of people, posts, comments and roles. */
export async function openModeration(options: { workers?: boolean; env?: Record<string, string> } = {}) {
  const environment = await createEnvironment({ env: options.env ?? {} });
  const world = createWorld(environment);
  const roles = new Map<bigint, Role>();
  const comments = new Map<bigint, bigint>();
  const restrictions: Restriction[] = [];
  const sanctions: Sanction[] = [];
  const reviews: Review[] = [];
  const owners = { areAway: false, hasNoAccounts: false };
  /** The caption of all posts. */
  const posts = { caption: 'Low tide' };
  const restrict = (asked: Restriction) => {
    if (owners.areAway) throw new SubgraphError('post', 'UNAVAILABLE', 'is stopped');
    restrictions.push(asked);
    return true;
  };
  const impose = (asked: Sanction) => {
    if (owners.hasNoAccounts) throw new SubgraphError('user', 'UNAVAILABLE', 'is stopped');
    // As the real one: a decision that it knows changes nothing.
    if (!sanctions.some(({ decisionId }) => decisionId === asked.decisionId)) sanctions.push(asked);
    return true;
  };
  const review = (asked: Review) => {
    if (owners.hasNoAccounts) throw new SubgraphError('user', 'UNAVAILABLE', 'is stopped');
    if (!reviews.some((one) => JSON.stringify(one) === JSON.stringify(asked))) reviews.push(asked);
    return true;
  };
  const wires = fakeSubgraphs(world.answers, {
    user: {
      reviewSanction: (asked) => ({ reviewSanction: review(asked) }),
      imposeSanction: (asked) => ({ imposeSanction: impose(asked) }),
      roles: ({ userIds }) => ({
        rolesOf: userIds.flatMap((userId) => {
          const role = roles.get(BigInt(userId));
          return role ? [{ userId, role }] : [];
        }),
      }),
      reportedAccounts: ({ ids }) => ({
        accountsById: ids.map((id) => ({ username: `u${id}`, displayName: 'Una', bio: 'by the weir', avatar: null })),
      }),
    },
    post: {
      restrictPost: (asked) => ({ restrictPost: restrict(asked) }),
      reportedPosts: ({ ids }) => {
        if (owners.areAway) throw new SubgraphError('post', 'UNAVAILABLE', 'is stopped');
        return { postsById: ids.map(() => ({ ...posts, media: [] })) };
      },
    },
    engagement: {
      restrictComment: (asked) => ({ restrictComment: restrict(asked) }),
      reportedComments: ({ ids }) => ({ commentsById: ids.map(() => ({ text: 'Well met' })) }),
      visibleCommentAuthors: (asked) => ({
        _entities: asked.comments.map(({ id }) => {
          const commentId = parseGlobalId('Comment', id);
          const author = commentId === null ? undefined : comments.get(commentId);
          return author === undefined ? null : { __typename: 'Comment', id, author: { id: globalId('User', author) } };
        }),
      }),
    },
  });
  const graph = await startSubgraphs(
    environment,
    { ...wires, moderation: wire },
    { workers: options.workers ?? false },
  );
  return {
    environment,
    world,
    graph,
    roles,
    restrictions,
    sanctions,
    reviews,
    owners,
    posts,
    ...actions(environment, world, graph, roles),
    /** A comment that everybody sees. */
    comment(authorId: bigint): bigint {
      const id = environment.ids.next();
      comments.set(id, authorId);
      return id;
    },
    async close() {
      await graph.close();
      await environment.close();
    },
  };
}

function actions(environment: Environment, world: World, graph: TestSubgraphs, roles: Map<bigint, Role>) {
  const act = async <Payload>(
    who: bigint | null,
    name: string,
    input: object,
    fields = '',
  ): Promise<Payload & Errors> => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
    const query = `mutation ($input: ${type}) { payload: ${name}(input: $input) { ${fields} errors { code path } } }`;
    const variables = { input };
    return (await graph.ask<{ payload: Payload & Errors }>('moderation', who, query, variables)).payload;
  };
  const codes = async (who: bigint, name: string, input: object): Promise<string[]> =>
    (await act<object>(who, name, input)).errors.map(({ code }) => code);
  const query = <Data>(who: bigint | null, text: string): Promise<Data> => graph.ask('moderation', who, `{ ${text} }`);

  const staff = async (role: Role): Promise<bigint> => {
    const [id] = await world.register(1);
    roles.set(id!, role);
    return id!;
  };
  /** The case about this target. */
  const caseAbout = async (targetId: bigint): Promise<string> => {
    const { rows } = await environment.database.pool.query<{ id: string }>(
      'SELECT id FROM moderation.case WHERE target_id = $1 ORDER BY id DESC LIMIT 1',
      [targetId],
    );
    return globalId('Case', BigInt(rows[0]!.id));
  };
  return {
    act,
    codes,
    query,
    staff,
    caseAbout,
    /** A reported post of somebody, with its case. */
    async reportedPost(author?: bigint): Promise<{ author: bigint; reporter: bigint; postId: bigint; caseId: string }> {
      const [reporter, other] = await world.register(2);
      const authorId = author ?? other!;
      const postId = await world.publish(authorId);
      const input = { postId: globalId('Post', postId), reason: 'SPAM' };
      expect(await codes(reporter!, 'reportPost', input)).toEqual([]);
      return { author: authorId, reporter: reporter!, postId, caseId: await caseAbout(postId) };
    },
    /** The kinds of entries about a case, in order. */
    async audited(caseId: string): Promise<string[]> {
      const { rows } = await environment.database.pool.query<{ kind: string }>(
        'SELECT kind FROM moderation.audit_entry WHERE case_id = $1 ORDER BY id',
        [parseGlobalId('Case', caseId)],
      );
      return rows.map(({ kind }) => kind);
    },
    stateOf: async (caseId: string, moderator: bigint): Promise<string> =>
      (await query<{ case: { state: string } }>(moderator, `case(id: "${caseId}") { state }`)).case.state,
  };
}
