import { defaultFieldResolver, type GraphQLSchema, getDirectiveValues, isListType, isNonNullType } from 'graphql';
import { RequestError } from './errors.ts';
import { listInternalFields } from './internal-fields.ts';

/**
 * Makes internal fields that look up a list, such as `postsById(ids:)`, refuse a longer one than their
 * `@listSize(assumedSize:)` says. The gateway bounds the lists of clients, and this is the bound for other parts of the
 * platform.
 */
export function enforceListSizes(schema: GraphQLSchema): void {
  const directive = schema.getDirective('listSize');
  if (!directive) return;
  for (const [field, { coordinate }] of listInternalFields(schema)) {
    const assumedSize = field.astNode && getDirectiveValues(directive, field.astNode)?.assumedSize;
    const lists = field.args.filter(({ type }) => isListType(isNonNullType(type) ? type.ofType : type));
    if (typeof assumedSize !== 'number' || lists.length === 0) continue;
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (source, args: Record<string, unknown>, context, info) => {
      for (const { name } of lists) {
        const given = args[name];
        if (!Array.isArray(given) || given.length <= assumedSize) continue;
        throw new RequestError(
          'BAD_USER_INPUT',
          `The argument ${name} of ${coordinate} can have at most ${assumedSize} entries.`,
        );
      }
      return resolve(source, args, context, info);
    };
  }
}
