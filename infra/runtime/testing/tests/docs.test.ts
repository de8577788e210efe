import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n');
const pages = files.filter((path) => path.endsWith('.md'));
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');
/** Without blocks of code. */
const proseOf = (path: string) => read(path).replaceAll(/^```.*?^```/gms, '');

/** What GitHub makes of headings. */
function anchorsOf(path: string): string[] {
  const headings = [...proseOf(path).matchAll(/^#{1,6} +(.*)$/gm)].map((match) => match[1]!);
  return headings.map((heading) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
}

test('every link between pages leads to a file and a heading', () => {
  expect(pages.length).toBeGreaterThan(10);
  const broken = pages.flatMap((page) =>
    [...proseOf(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)]
      .filter(([, to, anchor]) => {
        const path = to ? posix.join(posix.dirname(page), to) : page;
        const isThere = files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));
        return !isThere || (anchor !== undefined && !anchorsOf(path).includes(anchor));
      })
      .map(([link]) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

describe('docs/security.md', () => {
  const page = read('docs/security.md');
  /** Files in backticks, such as `gateway/src/config.ts`, each with the titles of tests in quotes after it. */
  const references = [...page.matchAll(/`(\w[\w./-]*\/[\w.-]+\.[a-z]+)`((?:,? "[^"]+")*)/g)].map(
    ([, path, titles]) => ({
      path: path!,
      titles: [...titles!.matchAll(/"([^"]+)"/g)].map((match) => match[1]!),
    }),
  );
  /** The cells of each row whose first cell is an id, or several. */
  const rows = [...page.matchAll(/^\| ((?:API\d+|\d+\.\d+\.\d+).*) \|$/gm)].map(([, row]) => row!.split(' | '));

  test('names files and tests that exist', () => {
    expect(references.length).toBeGreaterThan(100);
    const missing = references.flatMap(({ path, titles }) => {
      if (!files.includes(path)) return [path];
      const code = read(path);
      return titles
        .filter((title) => !['"', "'", '`'].some((quote) => code.includes(`${quote}${title}${quote}`)))
        .map((title) => `${path} "${title}"`);
    });
    expect(missing).toEqual([]);
  });

  test('names settings that exist', () => {
    const known = new Set([...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]!));
    const codes = new Set([...read('docs/errors.md').matchAll(/`([A-Z][A-Z_]+)`/g)].map((match) => match[1]!));
    const named = [...page.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)].map((match) => match[1]!);
    expect(named.filter((name) => !known.has(name) && !codes.has(name))).toEqual([]);
  });

  test('says of each requirement once whether it is met, and names a test if it is tested', () => {
    const ids = rows.flatMap(([id]) => id!.split(', '));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('API'))).toHaveLength(10);
    // The requirements of levels 1 and 2 of ASVS 5.0.0.
    expect(ids.filter((id) => !id.startsWith('API'))).toHaveLength(253);
    const states = ['tested', 'not tested', 'not met', 'partly met', "operator's task", 'does not apply'];
    expect(rows.filter((cells) => cells.length !== 4 || !states.includes(cells[2]!))).toEqual([]);
    const unproven = rows.filter(([, , state, answer]) => state === 'tested' && !/\.test\.ts`/.test(answer!));
    expect(unproven).toEqual([]);
  });
});
