import type { Split } from './split.ts';

/** Whom a person may know, likeliest first. */
export type Ranking = (person: number) => number[];

/** Whoever has most friends. */
export function byPopularity({ known }: Split, first: number): Ranking {
  const all = known.map((friends, person) => ({ person, score: friends.size })).toSorted((a, b) => b.score - a.score);
  return (person) =>
    all
      .filter((other) => other.person !== person && !known[person]!.has(other.person))
      .slice(0, first)
      .map((other) => other.person);
}

/** Whoever has most friends in common, each counting for the same. */
export function byCommonFriends(split: Split, first: number): Ranking {
  return byFriendsOfFriends(split, first, () => 1, 0);
}

/** What the platform computes, without its bounds and without SQL: to try weights on. */
export function byAdamicAdar(split: Split, first: number, damping: number): Ranking {
  return byFriendsOfFriends(split, first, (degree) => 1 / Math.log(Math.max(degree, 2)), damping);
}

function byFriendsOfFriends(
  { known }: Split,
  first: number,
  weigh: (degree: number) => number,
  damping: number,
): Ranking {
  return (person) => {
    const scores = new Map<number, number>();
    for (const friend of known[person]!) {
      const weight = weigh(known[friend]!.size);
      for (const other of known[friend]!) {
        if (other !== person && !known[person]!.has(other)) scores.set(other, (scores.get(other) ?? 0) + weight);
      }
    }
    return [...scores]
      .map(([other, score]) => ({ other, score: score * Math.max(known[other]!.size, 1) ** -damping }))
      .toSorted((a, b) => b.score - a.score || a.other - b.other)
      .slice(0, first)
      .map(({ other }) => other);
  };
}

/** Over the people who have a hidden friend: the share of those that are found, on average, and how many found one at least. */
export function judge({ hidden }: Split, ranking: Ranking): { recall: number; hitRate: number } {
  let [people, recalls, hits] = [0, 0, 0];
  for (const [person, wanted] of hidden.entries()) {
    if (wanted.size === 0) continue;
    const found = ranking(person).filter((other) => wanted.has(other)).length;
    people += 1;
    recalls += found / wanted.size;
    if (found > 0) hits += 1;
  }
  return { recall: recalls / people, hitRate: hits / people };
}
