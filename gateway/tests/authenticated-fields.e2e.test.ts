import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMON_HASHTAG, type Crowd, gatherCrowd } from './platform/crowd.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

// A visitor selects every field of the public schema. Exactly the fields with `@authenticated` are refused.

const schema = buildSchema(readFileSync(fileURLToPath(import.meta.resolve('@tintype/schema/api.graphql')), 'utf8'));
const requiresViewer = ({ astNode }: GraphQLField<unknown, unknown>) =>
  astNode?.directives?.some(({ name }) => name.value === 'authenticated') ?? false;

let platform: TestPlatform;
let crowd: Crowd;
beforeAll(async () => {
  platform = await startTestPlatform('in one process', { WORKERS: 'all' });
  crowd = await gatherCrowd(platform, 3);
});
afterAll(() => platform?.close());

type Answer = { data?: Record<string, unknown> | null; errors?: { path?: string[]; extensions: { code: string } }[] };

async function ask(query: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(platform.endpoint, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return (await response.json()) as Answer;
}

/** Arguments with which a visitor finds something. */
const ARGUMENTS = new Map([
  ['username', '"author1"'],
  ['link', '"http://127.0.0.1:4000/p/1"'],
  ['hashtag', `"${COMMON_HASHTAG}"`],
  ['name', `"${COMMON_HASHTAG}"`],
  ['query', '"author"'],
  ['prefix', '"author"'],
  ['first', '1'],
]);

/** A valid value of the type. */
function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return `[${literalOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${fields.map((one) => `${one.name}: ${literalOf(one.type)}`).join(', ')} }`;
  }
  const values: Record<string, string> = { ID: `"${crowd.postIds[0]}"`, Int: '1', Boolean: 'false' };
  return values[type.name] ?? '"one"';
}

function call(field: GraphQLField<unknown, unknown>): string {
  const args = field.args
    .filter((one) => isRequiredArgument(one) || ['first', 'username', 'link'].includes(one.name))
    .map((one) => `${one.name}: ${ARGUMENTS.get(one.name) ?? literalOf(one.type)}`);
  return args.length > 0 ? `${field.name}(${args.join(', ')})` : field.name;
}

const roots = [schema.getQueryType()!, schema.getMutationType()!].flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ kind: type.name.toLowerCase(), field, name: field.name })),
);
const leafOr = (field: GraphQLField<unknown, unknown>, selection: string) =>
  isLeafType(getNamedType(field.type)) ? call(field) : `${call(field)} { ${selection} }`;

describe('a visitor', () => {
  test.each(roots.filter(({ field }) => requiresViewer(field)))('is refused $kind $name', async ({ kind, field }) => {
    const { data, errors } = await ask(`${kind} { ${leafOr(field, '__typename')} }`);
    expect(data).toEqual({ [field.name]: null });
    expect(errors).toEqual([
      {
        message: 'Log in and send the access token as a bearer token.',
        path: [field.name],
        extensions: { code: 'UNAUTHENTICATED' },
      },
    ]);
  });

  test.each(roots.filter(({ field, kind }) => kind === 'mutation' && !requiresViewer(field)))(
    'may send $name',
    async ({ field }) => {
      const { errors = [] } = await ask(`mutation { ${leafOr(field, '__typename')} }`);
      expect(errors.map(({ extensions }) => extensions.code)).not.toContain('UNAUTHENTICATED');
    },
  );

  test('is refused no other field', async () => {
    const found: string[] = [];
    const refused: string[] = [];
    const seen = new Set<GraphQLNamedType>([schema.getQueryType()!]);
    /** Types that a visitor can select, each with one path to it. */
    const queue = [{ type: schema.getQueryType()!, reach: (selection: string) => `{ ${selection} }` }];
    for (const { type, reach } of queue) {
      for (const field of Object.values(type.getFields())) {
        if (requiresViewer(field)) continue;
        const { data, errors = [] } = await ask(reach(`asked: ${leafOr(field, '__typename')}`));
        const codes = errors.map(({ extensions }) => extensions.code);
        if (codes.includes('UNAUTHENTICATED')) refused.push(`${type.name}.${field.name}`);
        const answered = JSON.stringify(data ?? null);
        if (answered.includes('"asked":')) found.push(`${type.name}.${field.name}`);
        expect(
          codes.filter((code) => code !== 'UNAUTHENTICATED'),
          `${type.name}.${field.name}`,
        ).toEqual([]);
        // Another field may return objects of the type.
        if (!/"asked":(?!null|\[\])/.test(answered)) continue;
        const returned = getNamedType(field.type);
        for (const below of isAbstractType(returned) ? schema.getPossibleTypes(returned) : [returned]) {
          // For an abstract type, only the types in the response.
          if (!isObjectType(below) || seen.has(below) || !answered.includes(`"__typename":"${below.name}"`)) continue;
          seen.add(below);
          const narrow = (selection: string) =>
            below === returned ? selection : `... on ${below.name} { ${selection} }`;
          queue.push({ type: below, reach: (selection) => reach(`${call(field)} { ${narrow(selection)} }`) });
        }
      }
    }
    expect(refused).toEqual([]);
    const some = [
      'User.followers',
      'Post.viewerHasLiked',
      'Comment.viewerHasLiked',
      'Hashtag.viewerFollows',
      'Suggestion.text',
    ];
    expect(found).toEqual(expect.arrayContaining(some));
    expect(found.length).toBeGreaterThan(90);
  });
});
