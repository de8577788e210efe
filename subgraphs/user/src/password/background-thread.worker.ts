import { parentPort } from 'node:worker_threads';
import type { ThreadMessage, ThreadRequest } from './background-thread.ts';

/** Answers the questions of `createBackgroundThread`, in the thread. */
export function answerInBackground<Question, Answer>(answer: (question: Question) => Answer): void {
  const port = parentPort;
  if (!port) throw new Error('This runs in a thread only.');
  const post = (message: ThreadMessage<Answer>) => port.postMessage(message);
  port.on('message', ({ id, question }: ThreadRequest<Question>) => {
    try {
      post({ id, answer: answer(question) });
    } catch (error) {
      post({ id, failure: error instanceof Error ? error.message : String(error) });
    }
  });
  post({ ready: true });
}
