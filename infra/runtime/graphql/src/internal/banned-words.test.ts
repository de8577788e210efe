import { createLog } from '@tintype/telemetry';
import { expect, test } from 'vitest';
import { SubgraphError, withRequest } from '../client.ts';
import { createBannedWords } from './banned-words.ts';

type List = { version: string; words: string[] };

function createModeration(initial: List) {
  const state = { list: initial, isAway: false, requests: 0 };
  const client = withRequest(async (subgraph, { variables }) => {
    state.requests += 1;
    if (state.isAway) throw new SubgraphError(subgraph, 'UNAVAILABLE', 'is stopped');
    const isNew = variables?.version !== state.list.version;
    return { data: { bannedWordList: isNew ? state.list : null } };
  });
  let now = 0;
  const words = createBannedWords({ client, log: createLog({ name: 'test', level: 'silent' }), now: () => now });
  const has = async (text: string) => (await words.current())(text);
  return { state, has, later: (ms: number) => (now += ms) };
}

test('the list is read once for all who need it, and again after ten seconds', async () => {
  const { state, has, later } = createModeration({ version: '1', words: ['gruffel', 'snark*'] });
  expect(await Promise.all(['a gruffel', 'Snarking', 'gruffels'].map(has))).toEqual([true, true, false]);
  state.list = { version: '2', words: ['boojum'] };
  expect(await has('boojum')).toBe(false);
  expect(state.requests).toBe(1);
  later(10_000);
  expect(await Promise.all(['boojum', 'gruffel'].map(has))).toEqual([true, false]);
  later(10_000);
  expect(await has('boojum')).toBe(true);
  expect(state.requests).toBe(3);
});

test('without the moderation subgraph the last list counts, and it is asked again at intervals', async () => {
  const { state, has, later } = createModeration({ version: '1', words: ['gruffel'] });
  expect(await has('gruffel')).toBe(true);
  state.isAway = true;
  later(10_000);
  for (let time = 0; time < 3; time += 1) expect(await has('gruffel')).toBe(true);
  expect(state.requests).toBe(2);
  state.isAway = false;
  state.list = { version: '2', words: [] };
  later(10_000);
  expect(await has('gruffel')).toBe(false);
});

test('nothing is banned before a list could be read', async () => {
  const { state, has, later } = createModeration({ version: '1', words: ['gruffel'] });
  state.isAway = true;
  expect(await has('gruffel')).toBe(false);
  state.isAway = false;
  expect(await has('gruffel')).toBe(false);
  later(10_000);
  expect(await has('gruffel')).toBe(true);
});
