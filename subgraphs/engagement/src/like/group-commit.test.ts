import { describe, expect, test } from 'vitest';
import { createGroupCommit, LogFullError } from './group-commit.ts';

/** A commit that the test completes. */
function manualCommit() {
  const commits: { items: readonly number[]; end(error?: Error): void }[] = [];
  const commit = (items: readonly number[]) =>
    new Promise<void>((resolve, reject) => {
      commits.push({ items, end: (error) => (error ? reject(error) : resolve()) });
    });
  return { commits, commit };
}

const turn = () => new Promise(setImmediate);

describe('a group commit', () => {
  test('commits items together that arrive while a commit is running', async () => {
    const { commits, commit } = manualCommit();
    const append = createGroupCommit({ commit, maxItems: 3, maxWaiting: 10 });
    const first = append(1);
    await turn();
    const others = [2, 3, 4, 5].map(append);
    expect(commits.map(({ items }) => items)).toEqual([[1]]);
    commits[0]!.end();
    await first;
    await turn();
    expect(commits.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    commits[1]!.end();
    await Promise.all(others.slice(0, 3));
    await turn();
    commits[2]!.end();
    await others[3];
    expect(commits.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
  });

  test('rejects only the items of the commit that failed', async () => {
    const { commits, commit } = manualCommit();
    const append = createGroupCommit({ commit, maxItems: 2, maxWaiting: 10 });
    const outcomes = [1, 2, 3].map((item) =>
      append(item).then(
        () => 'committed',
        (error: Error) => error.message,
      ),
    );
    await turn();
    commits[0]!.end(new Error('lost'));
    await turn();
    commits[1]!.end();
    expect(await Promise.all(outcomes)).toEqual(['lost', 'lost', 'committed']);
  });

  test('rejects an item if too many are waiting', async () => {
    const { commit } = manualCommit();
    const append = createGroupCommit({ commit, maxItems: 1, maxWaiting: 2 });
    void append(1);
    await turn();
    void append(2);
    void append(3);
    await expect(append(4)).rejects.toThrow(LogFullError);
  });
});
