import { readForenames, readUsernames } from '#real/data.ts';

/** A person to find: a real username, a unique name of two real forenames, and how many people know them. */
export type Findable = { id: string; username: string; displayName: string; degree: number };

/** The same numbers in each run. */
export function createRandom(seed = 20_261_121): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

export function makePeople(): Findable[] {
  const random = createRandom();
  const forenames = readForenames();
  const taken = new Set<string>();
  const name = (): string => {
    for (;;) {
      const [first, last] = [forenames[random(forenames.length)]!, forenames[random(forenames.length)]!];
      const pair = [first, last].sort().join(' ');
      if (first === last || taken.has(pair)) continue;
      taken.add(pair);
      return `${first} ${last}`;
    }
  };
  return readUsernames().map(({ username, degree }, index) => ({
    id: String(index + 1),
    username: username.replaceAll('-', '_'),
    displayName: name(),
    degree,
  }));
}
