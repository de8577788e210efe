import { createRefreshService, importFollows, listSuggestions, WEIGHTS } from '@tintype/social-graph';
import { importAccounts } from '@tintype/user';
import { readFollows } from '#real/data.ts';
import { percentile } from '#stage/figures.ts';
import type { Result } from '#stage/results.ts';
import { openStage, type Stage, say } from '#stage/stage.ts';
import { byAdamicAdar, byCommonFriends, byPopularity, judge } from './rankings.ts';
import { type Split, splitGraph } from './split.ts';

const FIRST = 20;
const HIDDEN = 0.1;
/** Of the split that is judged, and of the one that weights are tried on. */
const SEED = 20_260_101;
const OTHER_SEED = 7;
const DAMPINGS = [0, 0.1, 0.2, 0.3, 0.4];

/** How many of a person's hidden friends are suggested to them, beside popularity and beside plain common friends. */
export async function benchPeople(): Promise<Result> {
  const { people, follows } = readFollows();
  const split = splitGraph(people, follows, HIDDEN, SEED);
  const trial = splitGraph(people, follows, HIDDEN, OTHER_SEED);
  const tried = DAMPINGS.map((damping) => ({ damping, ...judge(trial, byAdamicAdar(trial, FIRST, damping)) }));
  const best = tried.toSorted((one, other) => other.recall - one.recall)[0]!;
  const stage = await openStage();
  try {
    const { suggested, times } = await compute(stage, split);
    const ours = judge(split, (person) => suggested[person]!);
    const popular = judge(split, byPopularity(split, FIRST));
    const common = judge(split, byCommonFriends(split, FIRST));
    const held = ours.recall >= Math.max(popular.recall, common.recall) && ours.recall >= 5 * popular.recall;
    const row = (ranking: string, { recall, hitRate }: typeof ours) => ({
      ranking,
      [`recall@${FIRST}`]: recall.toFixed(4),
      'hit rate': hitRate.toFixed(4),
      'of popularity': (recall / popular.recall).toFixed(1),
    });
    return {
      question: `Hidden friends among the first ${FIRST} people whom one may know`,
      goal: { wanted: 'recall at least that of the better baseline, and 5 times that of popularity', held },
      rows: [row('peopleYouMayKnow', ours), row('common friends', common), row('popularity', popular)],
      notes: [
        `${people} people, ${follows.length / 2} friendships, of which ${HIDDEN * 100}% are hidden at random with a fixed seed; a friendship is a follow in both directions. Recall: of a person's hidden friends, on average over those who have any.`,
        `Computed by the platform's own statement, one person after another: p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms.`,
        `Damping, tried on another split: ${tried.map(({ damping, recall }) => `${damping} ${recall.toFixed(4)}`).join(', ')}. The best is ${best.damping}; the platform has ${WEIGHTS.damping}.`,
      ],
    };
  } finally {
    await stage.close();
  }
}

/** The first suggestions of everybody, by number of the person, and how long each computation took in milliseconds. */
async function compute(stage: Stage, { known }: Split): Promise<{ suggested: number[][]; times: number[] }> {
  const { database, ids } = stage.resources;
  const accounts = known.map((_, person) => {
    const username = `person.${person}`;
    return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
  });
  const userIds = await importAccounts(stage.resources, accounts);
  const pairs = known.flatMap((friends, person) =>
    [...friends].map((friend) => [userIds[person]!, userIds[friend]!] as const),
  );
  say(`${await importFollows(stage.resources, pairs)} follows imported`);
  await database.pool.query('ANALYZE social_graph.follow, social_graph.follower, social_graph.person');
  const numbers = new Map(userIds.map((id, person) => [id, person]));
  const refresh = createRefreshService({ pool: database.pool, ids });
  const suggested: number[][] = [];
  const times: number[] = [];
  for (const userId of userIds) {
    const began = performance.now();
    await refresh.onTheSpot(userId);
    times.push(performance.now() - began);
    const found = await listSuggestions(database.pool, userId, null, FIRST);
    suggested.push(found.map(({ personId }) => numbers.get(personId)!));
  }
  return { suggested, times };
}
