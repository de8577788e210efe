import type { Weights } from '@tintype/social-graph';
import type { Split } from './split.ts';

/** People whom a person may know, likeliest first. */
export type Ranking = (person: number) => number[];

/** The people with most followers. */
export function byPopularity({ known, knownFollowers }: Split, first: number): Ranking {
  const all = [...known.keys()].toSorted((one, other) => knownFollowers[other]!.size - knownFollowers[one]!.size);
  return (person) => {
    const found: number[] = [];
    for (const other of all) {
      if (found.length === first) break;
      if (other !== person && !known[person]!.has(other)) found.push(other);
    }
    return found;
  };
}

/**
 * The people followed by most of those whom a person follows. Each counts the same, or by the result of `weigh` for
 * their degree.
 */
export function byFriendsOfFriends(split: Split, first: number, weigh: (degree: number) => number = () => 1): Ranking {
  return byWeights(split, first, weigh, () => 0, { ofFollowers: 0, ofFollower: 0 });
}

/** The weights of Adamic and Adar. */
export const adamicAdar = (degree: number) => 1 / Math.log(degree);
/** Resource allocation. */
export const allocation = (degree: number) => 1 / degree;

type Shares = Pick<Weights, 'ofFollowers' | 'ofFollower'>;
export type Tried = Shares & Pick<Weights, 'rarity' | 'leanSlope' | 'leanOffset' | 'leanBounds'>;

/** The platform's formula, without its bounds and without SQL, to try weights. */
export function byLean(split: Split, first: number, tried: Tried): Ranking {
  const { rarity, leanSlope, leanOffset, leanBounds } = tried;
  const lean = (pathsPerCandidate: number) =>
    Math.min(Math.max(leanOffset - leanSlope * Math.log(pathsPerCandidate), leanBounds[0]), leanBounds[1]);
  return byWeights(split, first, (degree) => degree ** -rarity, lean, tried);
}

function byWeights(
  { known, knownFollowers }: Split,
  first: number,
  weigh: (degree: number) => number,
  lean: (pathsPerCandidate: number) => number,
  { ofFollowers, ofFollower }: Shares,
): Ranking {
  return (person) => {
    const scores = new Map<number, number>();
    let paths = 0;
    const lead = (other: number, weight: number) => {
      if (other === person || known[person]!.has(other)) return;
      paths += 1;
      scores.set(other, (scores.get(other) ?? 0) + weight);
    };
    const friends = ofFollowers > 0 ? new Set([...known[person]!, ...knownFollowers[person]!]) : known[person]!;
    for (const friend of friends) {
      const share = (known[person]!.has(friend) ? 1 : 0) + (knownFollowers[person]!.has(friend) ? ofFollowers : 0);
      const weight = share * weigh(Math.max(known[friend]!.size, knownFollowers[friend]!.size, 2));
      for (const other of known[friend]!) lead(other, weight);
    }
    if (ofFollower > 0) for (const follower of knownFollowers[person]!) lead(follower, ofFollower);
    const exponent = lean(paths / scores.size);
    return [...scores]
      .map(([other, score]) => ({ other, score: score * Math.max(knownFollowers[other]!.size, 1) ** exponent }))
      .toSorted((a, b) => b.score - a.score || a.other - b.other)
      .slice(0, first)
      .map(({ other }) => other);
  };
}

/** The average share of hidden follows that is found. */
export function recallOf({ hidden }: Split, people: readonly number[], ranking: Ranking): number {
  const recalls = people.map((person) => {
    const found = ranking(person).filter((other) => hidden[person]!.has(other)).length;
    return found / hidden[person]!.size;
  });
  return recalls.reduce((sum, one) => sum + one, 0) / recalls.length;
}
