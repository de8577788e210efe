import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SOURCES = ['gateway/src/**/*.ts', 'subgraphs/*/src/**/*.ts', 'infra/runtime/*/src/**/*.ts'];

/** Error messages that clients show or log: after a code, alone, or as a value in a declaration of errors. */
const IN_CALLS = [
  /\bnew (?:GatewayError|RequestError)\(\s*'[A-Z_]+',\s*(['`])(.+?)\1/g,
  /\binputError\('[A-Z_]+',[^;]*?,\s*(['`])([^'`]* [^'`]*)\1\s*\)/g,
  /\b(?:unauthenticated|bad|PhotoRefusedError)\((['`])(.+?)\1/g,
];
const DECLARED = /^(?: +[A-Z_]+:|export const [A-Z_]+ =)\s+(['`])(.* .*)\1[,;]$/gm;

const INPUT_MESSAGE = /^ +([A-Z_]+):\s+(['`])(.* .*)\2,$/gm;
const OF_AN_INPUT = /INVALID|TOO_|LIMIT|QUOTA|UNSUPPORTED|WEAK|SIZE|COUNT|REPEATED|UNKNOWN/;
/** Errors without a hint how to correct the input: the value comes from the platform, or the message has a time. */
const OF_WHAT_WAS_GIVEN = new Set([
  'REFRESH_TOKEN_INVALID',
  'CHANGE_ID_INVALID',
  'TOO_MANY_ATTEMPTS',
  'UPLOAD_QUOTA_EXCEEDED',
]);

/** The message that the protocol of persisted queries requires. */
const OF_A_PROTOCOL = 'PersistedQueryNotFound';

const LOGGED = /\blog\.(?:debug|info|warn|error)\(\s*(?:\{[^;]*?\},\s*)?(['`])([^;]+?)\1,?\s*\)/g;
const HELP_OF_METRICS = /\b(?:counter|gauge|histogram)\(\s*'[a-z_]+',\s*(['`])(.+?)\1,/g;

const sources = globSync(SOURCES, { cwd: ROOT })
  .filter((path) => !/node_modules|generated|\.test\.ts$/.test(path))
  .map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }));

const find = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[2]!);

test('messages for people are sentences', () => {
  const messages = sources.flatMap(({ path, text }) => {
    const patterns = /errors?\.ts$/.test(path) ? [...IN_CALLS, DECLARED] : IN_CALLS;
    return patterns.flatMap((pattern) => find(text, pattern));
  });
  expect(messages.length).toBeGreaterThan(130);
  const wrong = messages.filter((message) => !/^[A-Z].*\.$/.test(message) && message !== OF_A_PROTOCOL);
  expect(wrong).toEqual([]);
});

test('log messages are sentences', () => {
  const messages = sources.flatMap(({ text }) => find(text, LOGGED));
  expect(messages.length).toBeGreaterThan(70);
  expect(messages.filter((message) => !/^[A-Z].*\.$/.test(message))).toEqual([]);
});

test('metrics are described by a phrase with a capital and without a full stop', () => {
  const helpTexts = sources.flatMap(({ text }) => find(text, HELP_OF_METRICS));
  expect(helpTexts.length).toBeGreaterThan(45);
  expect(helpTexts.filter((help) => !/^[A-Z1].*[^.]$/.test(help))).toEqual([]);
});

test('the message of a refused input gives the limit, or what is allowed', () => {
  const declared = globSync('subgraphs/*/src/errors.ts', { cwd: ROOT }).flatMap((path) =>
    [...readFileSync(`${ROOT}${path}`, 'utf8').matchAll(INPUT_MESSAGE)].map(([, code, , text]) => ({
      code: code!,
      text: text!,
    })),
  );
  const ofInputs = declared.filter(({ code }) => OF_AN_INPUT.test(code) && !OF_WHAT_WAS_GIVEN.has(code));
  expect(ofInputs.length).toBeGreaterThan(20);
  const silent = ofInputs.filter(
    ({ text }) =>
      !/\d|\$\{|Three|\bis written like\b|\bsuch as\b|example|Choose a|once|one line|A reply|Copy the whole/.test(text),
  );
  expect(silent).toEqual([]);
});
