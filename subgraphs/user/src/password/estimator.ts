import { createBackgroundThread } from './background-thread.ts';

export type EstimateQuestion = { password: string; words: string[] };

/** Each takes up to 0.1 s of a core. */
const MAX_WAITING = 50;

export type PasswordEstimator = {
  /**
   * The decimal logarithm of the number of guesses that somebody who knows these words about the owner needs.
   *
   * @throws RequestError OVERLOADED if too many are waiting, or it was not done in time
   */
  guessesLog10(password: string, words: string[]): Promise<number>;
};

/** Runs zxcvbn in a thread of its own. */
export function createPasswordEstimator(): PasswordEstimator {
  const ask = createBackgroundThread<EstimateQuestion, number>({
    script: new URL('./estimate.worker.ts', import.meta.url),
    maxWaiting: MAX_WAITING,
    overloaded: 'Too many people are registering. Try again in a moment.',
  });
  return { guessesLog10: (password, words) => ask({ password, words }) };
}
