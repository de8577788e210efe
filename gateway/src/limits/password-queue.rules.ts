/** An operation that waits. Lists have them in the order in which they came. */
type Waiting = { network: string };

/** The waiter whose network has made the fewest attempts. Of two equal ones, the one that came first. */
export function nextWaiter<W extends Waiting>(
  waiting: readonly W[],
  attemptsOf: (network: string) => number,
): W | undefined {
  return waiting.toSorted((one, other) => attemptsOf(one.network) - attemptsOf(other.network))[0];
}

/**
 * Whom to refuse if too many wait: the one whose turn would come last. Each waiter counts as one more attempt of its
 * network for those behind it. Of two equal ones, the one that came last.
 */
export function waiterToRefuse<W extends Waiting>(
  waiting: readonly W[],
  attemptsOf: (network: string) => number,
): W | undefined {
  const before = new Map<string, number>();
  const ranked = waiting.map((waiter) => {
    const rank = (before.get(waiter.network) ?? attemptsOf(waiter.network)) + 1;
    before.set(waiter.network, rank);
    return { waiter, rank };
  });
  return ranked.toSorted((one, other) => one.rank - other.rank).at(-1)?.waiter;
}
