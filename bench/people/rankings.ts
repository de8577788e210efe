import type { Split } from './split.ts';

/** Whom a person may know, likeliest first. */
export type Ranking = (person: number) => number[];

/** Whoever has most followers. */
export function byPopularity({ known, followers }: Split, first: number): Ranking {
  const all = [...followers.keys()].toSorted((one, other) => followers[other]! - followers[one]!);
  return (person) => {
    const found: number[] = [];
    for (const other of all) {
      if (found.length === first) break;
      if (other !== person && !known[person]!.has(other)) found.push(other);
    }
    return found;
  };
}

/** Whoever is followed by most of those whom one follows, each counting for the same, or by what `weigh` says of their degree. */
export function byFriendsOfFriends(split: Split, first: number, weigh: (degree: number) => number = () => 1): Ranking {
  return byWeights(split, first, weigh, () => 0);
}

/** As Adamic and Adar weigh. */
export const adamicAdar = (degree: number) => 1 / Math.log(degree);
/** Resource allocation. */
export const allocation = (degree: number) => 1 / degree;

export type Tried = { rarity: number; leanSlope: number; leanOffset: number; leanBounds: readonly [number, number] };

/** What the platform computes, without its bounds and without SQL: to try weights on. */
export function byLean(split: Split, first: number, tried: Tried): Ranking {
  const { rarity, leanSlope, leanOffset, leanBounds } = tried;
  const fame = (person: number) => Math.log(Math.max(split.followers[person]!, 1));
  const lean = (person: number) => {
    const friends = [...split.known[person]!];
    const mean = friends.reduce((sum, friend) => sum + fame(friend), 0) / friends.length;
    return Math.min(Math.max(leanSlope * (mean - Math.log(friends.length)) + leanOffset, leanBounds[0]), leanBounds[1]);
  };
  return byWeights(split, first, (degree) => degree ** -rarity, lean);
}

function byWeights(
  { known, followers }: Split,
  first: number,
  weigh: (degree: number) => number,
  lean: (person: number) => number,
): Ranking {
  return (person) => {
    const scores = new Map<number, number>();
    for (const friend of known[person]!) {
      const weight = weigh(Math.max(known[friend]!.size, followers[friend]!, 2));
      for (const other of known[friend]!) {
        if (other !== person && !known[person]!.has(other)) scores.set(other, (scores.get(other) ?? 0) + weight);
      }
    }
    const exponent = known[person]!.size > 0 ? lean(person) : 0;
    return [...scores]
      .map(([other, score]) => ({ other, score: score * Math.max(followers[other]!, 1) ** exponent }))
      .toSorted((a, b) => b.score - a.score || a.other - b.other)
      .slice(0, first)
      .map(({ other }) => other);
  };
}

/** Of the people's hidden follows, the share that is found, on average. */
export function recallOf({ hidden }: Split, people: readonly number[], ranking: Ranking): number {
  const recalls = people.map((person) => {
    const found = ranking(person).filter((other) => hidden[person]!.has(other)).length;
    return found / hidden[person]!.size;
  });
  return recalls.reduce((sum, one) => sum + one, 0) / recalls.length;
}
