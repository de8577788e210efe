/** A number that may depend on the variables of an operation. Constants are folded when it is created. */
export type Amount = number | { constant: number; terms: readonly Term[] };
export type Factor = number | { variable: string };
type Term = { amount: Amount; by: Factor };

export function add(...amounts: readonly Amount[]): Amount {
  let constant = 0;
  const terms: Term[] = [];
  for (const amount of amounts) {
    if (typeof amount === 'number') constant += amount;
    else terms.push({ amount, by: 1 });
  }
  return terms.length === 0 ? constant : { constant, terms };
}

export function times(amount: Amount, by: Factor): Amount {
  if (amount === 0) return 0;
  if (typeof amount === 'number' && typeof by === 'number') return amount * by;
  return { constant: 0, terms: [{ amount, by }] };
}

/**
 * The number for these variables. An amount that several terms share (a fragment that is spread several times) is
 * computed once, so the time is linear in the size of the document.
 */
export function evaluate(amount: Amount, valueFor: (variable: string) => number): number {
  const known = new Map<object, number>();
  const walk = (one: Amount): number => {
    if (typeof one === 'number') return one;
    const before = known.get(one);
    if (before !== undefined) return before;
    let sum = one.constant;
    for (const { amount: part, by } of one.terms)
      sum += walk(part) * (typeof by === 'number' ? by : valueFor(by.variable));
    known.set(one, sum);
    return sum;
  };
  return walk(amount);
}
