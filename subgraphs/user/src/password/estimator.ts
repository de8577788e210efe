import { Worker } from 'node:worker_threads';
import { RequestError } from '@tintype/graphql';

export type EstimateRequest = { id: number; password: string; words: string[] };
export type Estimate = { id: number; guessesLog10: number };

/** Registrations come rarely, and the dictionaries take memory. */
const IDLE_MS = 60_000;
const TIMEOUT_MS = 10_000;
/** Each takes up to 0.1 s of a core. */
const MAX_WAITING = 50;

export type PasswordEstimator = {
  /**
   * The decimal logarithm of how many guesses a password takes somebody who knows these words of its owner.
   *
   * @throws RequestError OVERLOADED where too many wait already, or it was not done in time
   */
  guessesLog10(password: string, words: string[]): Promise<number>;
};

type Waiting = { resolve(guessesLog10: number): void; reject(error: unknown): void };
type Thread = { worker: Worker; waiting: Map<number, Waiting> };

/** zxcvbn in a thread of its own, since it would hold the event loop; started when it is asked, ended when it has been idle. */
export function createPasswordEstimator(): PasswordEstimator {
  let thread: Thread | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  function start(): Thread {
    const worker = new Worker(new URL('./estimate.worker.ts', import.meta.url), {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {},
    });
    const started: Thread = { worker, waiting: new Map() };
    worker.on('message', ({ id, guessesLog10 }: Estimate) => started.waiting.get(id)?.resolve(guessesLog10));
    worker.on('error', (error) => end(started, error));
    worker.on('exit', () => end(started, new Error('the thread that estimates passwords ended without a word')));
    worker.unref();
    return started;
  }

  function end(ended: Thread, error: unknown): void {
    if (thread === ended) thread = undefined;
    void ended.worker.terminate();
    for (const { reject } of ended.waiting.values()) reject(error);
    ended.waiting.clear();
  }

  async function ask(to: Thread, password: string, words: string[]): Promise<number> {
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    to.waiting.set(id, { resolve, reject });
    const timer = setTimeout(() => end(to, overloaded()), TIMEOUT_MS);
    to.worker.postMessage({ id, password, words } satisfies EstimateRequest);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      to.waiting.delete(id);
    }
  }

  return {
    async guessesLog10(password, words) {
      clearTimeout(idle);
      thread ??= start();
      const asked = thread;
      if (asked.waiting.size >= MAX_WAITING) throw overloaded();
      try {
        return await ask(asked, password, words);
      } finally {
        if (asked.waiting.size === 0) {
          clearTimeout(idle);
          idle = setTimeout(() => void end(asked, new Error('the thread was idle')), IDLE_MS);
          idle.unref();
        }
      }
    },
  };
}

function overloaded(): RequestError {
  return new RequestError('OVERLOADED', 'Too many people are registering. Try again in a moment.');
}
