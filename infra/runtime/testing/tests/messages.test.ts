import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SOURCES = ['gateway/src/**/*.ts', 'subgraphs/*/src/**/*.ts', 'infra/runtime/*/src/**/*.ts'];

/** Texts that clients show or log: beside a code, alone, or as the value of a name where errors are declared. */
const IN_CALLS = [
  /\bnew (?:GatewayError|RequestError)\(\s*'[A-Z_]+',\s*(['`])(.+?)\1/g,
  /\binputError\('[A-Z_]+',[^;]*?,\s*(['`])([^'`]* [^'`]*)\1\s*\)/g,
  /\b(?:unauthenticated|bad|PhotoRefusedError)\((['`])(.+?)\1/g,
];
const DECLARED = /^(?: +[A-Z_]+:|export const [A-Z_]+ =)\s+(['`])(.* .*)\1[,;]$/gm;

/** Clients of persisted queries know it by this name. */
const OF_A_PROTOCOL = 'PersistedQueryNotFound';

test('messages for people are sentences', () => {
  const messages = globSync(SOURCES, { cwd: ROOT })
    .filter((path) => !/node_modules|generated|\.test\.ts$/.test(path))
    .flatMap((path) => {
      const text = readFileSync(`${ROOT}${path}`, 'utf8');
      const patterns = /errors?\.ts$/.test(path) ? [...IN_CALLS, DECLARED] : IN_CALLS;
      return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[2]!));
    });
  expect(messages.length).toBeGreaterThan(130);
  const wrong = messages.filter((message) => !/^[A-Z].*\.$/.test(message) && message !== OF_A_PROTOCOL);
  expect(wrong).toEqual([]);
});
