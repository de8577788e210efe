import type { Viewer } from '@tintype/viewer';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  parse,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { GatewayError } from '#errors/errors.ts';
import { QUERY_LIMITS } from '#limits/limits.ts';
import type { Suspension } from './session-state.ts';

/**
 * Refuses an operation of a suspended person, unless they may use all of its fields.
 *
 * @param name of the operation, if the document has several
 * @throws GatewayError ACCOUNT_SUSPENDED
 */
export type RefuseSuspended = (
  who: { viewer: Viewer; suspension: Suspension },
  query: string,
  name: string | undefined,
) => void;

/**
 * Root fields, and fields of objects that the rest of the graph leads to, need `@allowedWhileSuspended`. All other
 * types are parts of what such a field returns. So a new field is refused unless its SDL says otherwise, and so is
 * every way from the viewer's account to anything else.
 *
 * @param declared the supergraph, which has the directives
 */
export function createSuspendedFieldCheck(schema: GraphQLSchema, declared: GraphQLSchema): RefuseSuspended {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
  const isNode = (type: GraphQLNamedType): boolean => {
    const types = [type, ...(isAbstractType(type) ? schema.getPossibleTypes(type) : [])];
    return types.some(
      (one) =>
        one.name === 'Node' ||
        ((isObjectType(one) || isInterfaceType(one)) && one.getInterfaces().some(({ name }) => name === 'Node')),
    );
  };
  const isMarked = (type: string, field: string): boolean => {
    const found = declared.getType(type);
    const definition = isObjectType(found) || isInterfaceType(found) ? found.getFields()[field] : undefined;
    return definition?.astNode?.directives?.some(({ name }) => name.value === 'allowedWhileSuspended') ?? false;
  };
  const isAllowed = (parent: GraphQLNamedType | null | undefined, field: string): boolean => {
    if (field.startsWith('__')) return true;
    if (!parent) return false;
    const needsMark = (isObjectType(parent) && roots.has(parent)) || isNode(parent);
    return !needsMark || isMarked(parent.name, field);
  };

  /** The first field of the operation that is not allowed. */
  const findRefused = (query: string, name: string | undefined): string | null => {
    const operations = separateOperations(parse(query, { maxTokens: QUERY_LIMITS.tokens, noLocation: true }));
    const document = name === undefined ? Object.values(operations)[0] : operations[name];
    const info = new TypeInfo(schema);
    let refused: string | null = null;
    if (document) {
      visit(
        document,
        visitWithTypeInfo(info, {
          Field({ name: { value } }) {
            const parent = info.getParentType();
            if (!isAllowed(parent, value)) refused ??= `${parent?.name ?? 'an unknown type'}.${value}`;
          },
        }),
      );
    }
    return refused;
  };

  return ({ viewer, suspension }, query, name) => {
    if (viewer.scopes) throw suspended('The account is suspended, so apps cannot act for it.');
    const refused = findRefused(query, name);
    if (refused !== null) throw suspended(messageOf(suspension, refused), suspension);
  };
}

function messageOf({ until }: Suspension, field: string): string {
  const end = until ? `suspended until ${until.toISOString()}` : 'banned';
  return `This account is ${end}. You can log in, read what was decided, appeal, export your data and delete the account, but not use ${field}.`;
}

function suspended(message: string, suspension?: Suspension): GatewayError {
  const extensions = suspension && { suspendedUntil: suspension.until?.toISOString() ?? null };
  return new GatewayError('ACCOUNT_SUSPENDED', message, {}, { extensions });
}
