import type { Amounts } from './response-amounts.ts';

/** The amounts of an answer, and its duration. */
export type Sample = { amounts: Amounts; ms: number };

const SWEEPS = 300;
/** Amounts that occur in fewer answers than this have no weight of their own. */
const SEEN = 10;

/**
 * Milliseconds for one of each amount, none below zero: least squares of the relative error, by coordinate descent, so
 * that small documents count as much as large ones.
 */
export function fitWeights(samples: readonly Sample[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const { amounts } of samples) for (const name of amounts.keys()) seen.set(name, (seen.get(name) ?? 0) + 1);
  const names = ['request', ...[...seen.keys()].filter((name) => seen.get(name)! >= SEEN)];
  const amountOf = ({ amounts }: Sample, name: string) => (name === 'request' ? 1 : (amounts.get(name) ?? 0));
  const columns = names.map((name) => samples.map((sample) => amountOf(sample, name) / sample.ms));
  const squares = columns.map((column) => column.reduce((sum, one) => sum + one * one, 0));
  const weights = names.map(() => 0);
  const rest = samples.map(() => 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    columns.forEach((column, index) => {
      if (squares[index] === 0) return;
      const gain = column.reduce((sum, one, row) => sum + one * rest[row]!, 0) / squares[index]!;
      const next = Math.max(0, weights[index]! + gain);
      const step = next - weights[index]!;
      if (step === 0) return;
      weights[index] = next;
      for (let row = 0; row < rest.length; row++) rest[row]! -= step * column[row]!;
    });
  }
  return new Map(names.map((name, index) => [name, weights[index]!]));
}

/** The milliseconds that the weights predict. */
export function estimate(weights: ReadonlyMap<string, number>, amounts: Amounts): number {
  let ms = weights.get('request') ?? 0;
  for (const [name, count] of amounts) ms += count * (weights.get(name) ?? 0);
  return ms;
}
