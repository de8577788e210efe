import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from './log.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function recorded() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ name: 'test' }, { write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

test('a failure that repeats is one line a second, which says how many were left out', () => {
  const { log, lines } = recorded();
  for (let i = 0; i < 1000; i++) {
    log.error({ error: new Error(`of request ${i}`), requestId: String(i) }, 'A request failed.');
    vi.advanceTimersByTime(10);
  }
  expect(lines).toHaveLength(10);
  expect(lines.map(({ leftOut }) => leftOut)).toEqual([undefined, ...Array(9).fill(99)]);
  expect(lines[1]).toMatchObject({ msg: 'A request failed.', level: 'error', requestId: '100' });
});

test('failures of different kinds do not hide each other', () => {
  const { log, lines } = recorded();
  log.error({ error: new Error('a') }, 'A request failed.');
  log.error({ error: new TypeError('a') }, 'A request failed.');
  log.warn({ error: new Error('a') }, 'A request failed.');
  log.error({ subgraph: 'post' }, 'A subgraph could not be asked.');
  log.error({ subgraph: 'user' }, 'A subgraph could not be asked.');
  log.error('A text alone.');
  log.error('A text alone.');
  log.child({ part: 'of it' }).error('A text alone.');
  expect(lines).toHaveLength(6);
});

test('what is no failure is never left out', () => {
  const { log, lines } = recorded();
  for (let i = 0; i < 20; i++) log.info('serving');
  expect(lines).toHaveLength(20);
});
