import { describe, expect, test } from 'vitest';
import { type ErasureStep, erase } from './erasure.consumer.ts';

/** A step with a number of rows, which records its calls. */
function aStep(name: string, had: number, most?: number) {
  const asked: { limit: number; after: bigint }[] = [];
  const step: ErasureStep = {
    name,
    ...(most === undefined ? {} : { most }),
    async next(_, limit, position) {
      asked.push({ limit, after: position.after });
      const found = Math.min(limit, had);
      had -= found;
      position.after += BigInt(found);
      return found;
    },
  };
  return { step, asked };
}

const running = () => {
  const controller = new AbortController();
  let pages = 0;
  return { controller, context: { signal: controller.signal, working: () => pages++ }, pages: () => pages };
};

describe('an erasure', () => {
  test('processes pages of each step until one is not full, and reports progress after each', async () => {
    const [marks, posts, likes] = [aStep('mark', 0), aStep('posts', 5, 2), aStep('likes', 6)];
    const { context, pages } = running();
    const steps = [marks.step, posts.step, likes.step];
    expect(await erase(steps, 7n, 3, context)).toEqual({ posts: 5, likes: 6 });
    expect(marks.asked).toEqual([{ limit: 3, after: 0n }]);
    expect(posts.asked.map(({ limit }) => limit)).toEqual([2, 2, 2]);
    expect(likes.asked.map(({ after }) => after)).toEqual([0n, 3n, 6n]);
    expect(pages()).toBe(7);
  });

  test('stops between two pages', async () => {
    const { controller, context } = running();
    const posts = aStep('posts', 100);
    const next: ErasureStep['next'] = async (...page) => {
      if (posts.asked.length === 3) controller.abort(new Error('stopped'));
      return posts.step.next(...page);
    };
    await expect(erase([{ name: 'posts', next }], 7n, 2, context)).rejects.toThrow('stopped');
    expect(posts.asked).toHaveLength(4);
  });
});
