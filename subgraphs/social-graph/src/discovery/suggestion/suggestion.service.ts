import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { type Loader, type PageArgs, pageArgs, RequestError, visiblePage } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import type { DismissSuggestionErrorCode } from '#generated/graphql.ts';
import type { PersonView } from '#person/person.model.ts';
import { insertDismissal } from './dismissal.repository.ts';
import { findReader, touchReader } from './reader.repository.ts';
import type { RefreshService } from './refresh.service.ts';
import type { Suggestion, SuggestionConnectionModel } from './suggestion.model.ts';
import { listSuggestions, type Position } from './suggestion.repository.ts';
import { mayBeReason, maySuggest } from './suggestion.rules.ts';

type People = Loader<bigint, PersonView>;

export type SuggestionService = {
  /**
   * People whom the viewer may want to follow, likeliest first. Computed during the request if the viewer has not asked
   * recently. Whether each person may be shown is checked again in any case.
   *
   * @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR, OVERLOADED
   */
  page(viewerId: bigint, args: PageArgs, people: People): Promise<SuggestionConnectionModel>;
  dismiss(viewerId: bigint, personId: bigint, people: People): Promise<{ error: DismissSuggestionErrorCode } | null>;
};

const KIND = 'peopleYouMayKnow';
/**
 * How many computations may run during requests at once. More would take the database connections of everything else.
 */
const ON_THE_SPOT = { atOnce: 2, waiting: 100 };

export function createSuggestionService(deps: {
  pool: Executor;
  ids: IdGenerator;
  refresh: RefreshService;
}): SuggestionService {
  const { pool, ids, refresh } = deps;
  const bulkhead = createBulkhead(ON_THE_SPOT);

  const prepare = async (viewerId: bigint): Promise<void> => {
    const state = await findReader(pool, viewerId);
    if (state === 'fresh') return;
    if (state === 'fresh, seen long ago') return touchReader(pool, viewerId);
    try {
      await bulkhead(() => refresh.onTheSpot(viewerId));
    } catch (error) {
      if (!(error instanceof BulkheadFullError)) throw error;
      throw new RequestError('OVERLOADED', 'Too many suggestions are asked for. Try again in a moment.');
    }
  };

  const passing = async (ids: readonly bigint[], people: People, may: typeof maySuggest): Promise<Set<bigint>> => {
    const views = await Promise.all(ids.map((id) => people.load(id)));
    return new Set(ids.filter((_, index) => views[index] && may(views[index].relation)));
  };

  return {
    async page(viewerId, args, people) {
      const page = pageArgs(args, `${KIND}:${viewerId}`, 2);
      await prepare(viewerId);
      const found = await visiblePage<Suggestion, Suggestion>({
        page,
        read: (after, limit) => listSuggestions(pool, viewerId, toPosition(after), limit),
        sortKeyOf: ({ score, personId }) => [score, personId],
        async present(rows) {
          const shown = await passing(
            rows.map((row) => row.personId),
            people,
            maySuggest,
          );
          return rows.map((row) => (shown.has(row.personId) ? row : null));
        },
      });
      const reasons = [...new Set(found.edges.flatMap(({ node }) => node.reasons))];
      const named = await passing(reasons, people, mayBeReason);
      return { ...found, edges: found.edges.map(({ cursor, node }) => toEdge(cursor, node, named)) };
    },

    async dismiss(viewerId, personId, people) {
      if (viewerId === personId) return { error: 'SELF_NOT_ALLOWED' };
      const view = await people.load(personId);
      if (!view || !can('profile.view', view.relation)) return { error: 'USER_NOT_FOUND' };
      await insertDismissal(pool, viewerId, personId, ids.next());
      return null;
    },
  };
}

function toPosition(after: readonly bigint[] | null): Position | null {
  if (!after) return null;
  const [score, personId] = after as [bigint, bigint];
  return { score, personId };
}

function toEdge(
  cursor: string,
  { personId, reasons }: Suggestion,
  named: ReadonlySet<bigint>,
): SuggestionConnectionModel['edges'][number] {
  return { cursor, node: { id: personId }, mutuals: reasons.filter((id) => named.has(id)).map((id) => ({ id })) };
}
