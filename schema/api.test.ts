import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type FieldDefinitionNode,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  Kind,
  parse,
  print,
} from 'graphql';
import { expect, test } from 'vitest';
import { describeAuthentication } from './api.ts';
import { serviceSdl } from './nodes.ts';
import { SERVICES } from './subgraphs.ts';

const sdl = readFileSync(new URL('api.graphql', import.meta.url), 'utf8');
const schema = buildSchema(sdl);
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

type Described = { path: string; description: string | null | undefined };

/** A type with its fields, their arguments and its values, as clients see them. */
function partsOf(type: GraphQLNamedType): Described[] {
  const parts: Described[] = [{ path: type.name, description: type.description }];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const { name, description, args } of Object.values(type.getFields())) {
      parts.push({ path: `${type.name}.${name}`, description });
      for (const argument of args) {
        parts.push({ path: `${type.name}.${name}(${argument.name}:)`, description: argument.description });
      }
    }
  } else if (isInputObjectType(type)) {
    for (const { name, description } of Object.values(type.getFields())) {
      parts.push({ path: `${type.name}.${name}`, description });
    }
  } else if (isEnumType(type)) {
    for (const { name, description } of type.getValues()) parts.push({ path: `${type.name}.${name}`, description });
  }
  return parts;
}

test('everything in the public schema has a description', () => {
  const parts = types.flatMap(partsOf);
  expect(parts.length).toBeGreaterThan(400);
  expect(parts.filter(({ description }) => !description?.trim()).map(({ path }) => path)).toEqual([]);
});

const fieldsOf = (text: string): [string, FieldDefinitionNode][] =>
  parse(text).definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION
      ? (type.fields ?? []).map((field): [string, FieldDefinitionNode] => [
          `${type.name.value}.${field.name.value}`,
          field,
        ])
      : [],
  );
const carries = (name: string, { directives }: FieldDefinitionNode) =>
  directives?.some((one) => one.name.value === name) ?? false;

test.each(['allowedWhileSuspended', 'authenticated', 'idempotent', 'loginLimit', 'requiresScopes', 'cost', 'listSize'])(
  'a client sees which fields carry @%s',
  (directive) => {
    const written = SERVICES.flatMap((name) => fieldsOf(serviceSdl(name))).filter(([, field]) =>
      carries(directive, field),
    );
    const shown = fieldsOf(sdl).filter(([, field]) => carries(directive, field));
    const internal = new Set(
      written.filter(([, field]) => carries('internal', field)).map(([coordinate]) => coordinate),
    );
    const expected = new Set(written.map(([coordinate]) => coordinate)).difference(internal);
    expect(shown.length).toBeGreaterThan(4);
    expect(shown.map(([coordinate]) => coordinate).sort()).toEqual([...expected].sort());
  },
);

/** What only sessions of the person themself may do. Apps of third parties are refused. */
const FIRST_PARTY_ONLY = [
  // Apps, sessions and the ways to log in.
  'Query.apps',
  'Query.authorizedApps',
  'Query.linkedIdentities',
  'Query.passkeys',
  'Query.sessions',
  'Query.twoFactor',
  'Mutation.changeEmail',
  'Mutation.changePassword',
  'Mutation.changeUsername',
  'Mutation.createApp',
  'Mutation.createPasskey',
  'Mutation.deleteApp',
  'Mutation.deletePasskey',
  'Mutation.disableTwoFactor',
  'Mutation.enableTwoFactor',
  'Mutation.endOtherSessions',
  'Mutation.endSession',
  'Mutation.linkIdentity',
  'Mutation.logOut',
  'Mutation.replaceAppSecret',
  'Mutation.replaceRecoveryCodes',
  'Mutation.resendVerificationMail',
  'Mutation.revokeApp',
  'Mutation.startIdentityLink',
  'Mutation.startPasskeyConfirmation',
  'Mutation.startPasskeyCreation',
  'Mutation.startTwoFactorSetup',
  'Mutation.unlinkIdentity',
  'Mutation.updateApp',
  'Mutation.updatePasskey',
  // The end of the account, and everything of it at once.
  'Query.dataExport',
  'Mutation.deactivateAccount',
  'Mutation.deleteAccount',
  'Mutation.requestDataExport',
  // Settings, and devices that get notifications.
  'Query.accountSettings',
  'Query.commentFilter',
  'Query.notificationDelivery',
  'Query.notificationPreferences',
  'Query.pushSubscriptions',
  'Mutation.createPushSubscription',
  'Mutation.deletePushSubscription',
  'Mutation.updateAccountSettings',
  'Mutation.updateCommentFilter',
  'Mutation.updateNotificationDelivery',
  'Mutation.updateNotificationPreferences',
  // Reports, and what moderators and admins do and decide.
  'Query.auditLog',
  'Query.bannedWords',
  'Query.case',
  'Query.cases',
  'Query.moderationDecisions',
  'Query.reportedContent',
  'Query.reports',
  'Query.staff',
  'Query.suspension',
  'Query.viewerRole',
  'Mutation.addBannedWord',
  'Mutation.appealDecision',
  'Mutation.claimCase',
  'Mutation.decideCase',
  'Mutation.grantRole',
  'Mutation.releaseCase',
  'Mutation.removeBannedWord',
  'Mutation.reportComment',
  'Mutation.reportPost',
  'Mutation.reportUser',
  'Mutation.reverseDecision',
  'Mutation.revokeRole',
];

test('every field that requires authentication says which scopes it needs, or is not for apps', () => {
  const fields = fieldsOf(sdl).filter(([, field]) => carries('authenticated', field));
  const without = fields.filter(([, field]) => !carries('requiresScopes', field)).map(([coordinate]) => coordinate);
  expect(without.sort()).toEqual(FIRST_PARTY_ONLY.toSorted());
});

test('fields that need scopes require authentication, and change nothing with scopes to read', () => {
  for (const [coordinate, field] of fieldsOf(sdl)) {
    const directive = field.directives?.find(({ name }) => name.value === 'requiresScopes');
    if (!directive) continue;
    expect(carries('authenticated', field), coordinate).toBe(true);
    const isWritten = coordinate.startsWith('Mutation.');
    expect(print(directive), coordinate).toMatch(isWritten ? /"write:/ : /"read[":]/);
  }
});

const isList = ({ type }: FieldDefinitionNode) =>
  (type.kind === Kind.NON_NULL_TYPE ? type.type : type).kind === Kind.LIST_TYPE;

test('lists that other subgraphs read have a size', () => {
  const lists = SERVICES.flatMap((name) => fieldsOf(serviceSdl(name))).filter(
    ([, field]) => carries('internal', field) && isList(field),
  );
  expect(lists.length).toBeGreaterThan(10);
  expect(lists.filter(([, field]) => !carries('listSize', field)).map(([coordinate]) => coordinate)).toEqual([]);
});

test('directives that a client sees are described', () => {
  const own = schema.getDirectives().filter((one) => !isSpecifiedDirective(one));
  const names = [
    'allowedWhileSuspended',
    'authenticated',
    'cost',
    'idempotent',
    'listSize',
    'loginLimit',
    'requiresScopes',
  ];
  expect(own.map(({ name }) => name)).toEqual(names);
  expect(own.filter(({ description }) => !description)).toEqual([]);
});

test('only descriptions of fields that carry @authenticated end with a sentence that says so', () => {
  for (const [coordinate, field] of fieldsOf(sdl)) {
    const says = field.description?.value.endsWith('Requires authentication.');
    expect(says, coordinate).toBe(carries('authenticated', field));
  }
  for (const name of SERVICES) expect(serviceSdl(name), name).not.toContain('Requires authentication.');
});

test('a field without a description gets one if it requires authentication', () => {
  const [field] = fieldsOf(print(describeAuthentication(parse('type Query { inbox: Int @authenticated open: Int }'))));
  expect(field![1].description?.value).toBe('Requires authentication.');
});

/** Types whose objects cannot be looked up, although they have an ID: a reason for each. */
const NO_NODES: Readonly<Record<string, string>> = {
  App: 'An app is read in the list of apps, by its developer only.',
  AuthorizedApp: 'An authorized app is read in the list of these, by the person who authorized it only.',
  Case: 'A case is only for moderators, who read it with the field case.',
  LinkedIdentity: 'A linked identity is read in the list of these, by its owner only.',
  ModerationDecision: 'A decision is read in the list of decisions, by the person whom it is about only.',
  Passkey: 'A passkey is read in the list of passkeys, by its owner only.',
  Photo: 'A photo is read with its post.',
  Report: 'A report is read in the list of reports, by the person who sent it only.',
  Session: 'A session is read in the list of sessions, by its owner only.',
  Upload: 'An upload is only written: createUpload returns its form once.',
};

test('every object with an ID is a node', () => {
  const node = schema.getType('Node');
  const identified = types.filter((type) => isObjectType(type) && String(type.getFields().id?.type) === 'ID!');
  const nodes = identified.filter((type) => isObjectType(type) && type.getInterfaces().some((one) => one === node));
  expect(nodes.length).toBeGreaterThan(7);
  const others = identified.filter((type) => !nodes.includes(type)).map(({ name }) => name);
  expect(others.sort()).toEqual(Object.keys(NO_NODES).sort());
});

const mutations = Object.values(schema.getMutationType()!.getFields());
const capitalised = (name: string) => `${name[0]!.toUpperCase()}${name.slice(1)}`;

/** Mutations without an input. */
const WITHOUT_INPUT: ReadonlySet<string> = new Set([
  'logOut',
  'endOtherSessions',
  'resendVerificationMail',
  'startPasskeyConfirmation',
  'startPasskeyLogIn',
]);

test('each mutation has an input and a nullable payload of its own', () => {
  expect(mutations.length).toBeGreaterThan(30);
  for (const { name, args, type } of mutations) {
    expect(String(type)).toBe(`${capitalised(name)}Payload`);
    if (WITHOUT_INPUT.has(name)) continue;
    expect(
      args.map((arg) => arg.name),
      name,
    ).toEqual(['input']);
    expect(String(args[0]!.type), name).toMatch(new RegExp(`^${capitalised(name)}Input!?$`));
  }
});

test('each mutation that can be refused has error codes of its own', () => {
  for (const { name, type } of mutations) {
    const payload = getNamedType(type);
    if (!isObjectType(payload)) throw new Error(`${name} has no payload`);
    const { errors } = payload.getFields();
    if (!errors) continue;
    expect(String(errors.type)).toBe(`[${capitalised(name)}Error!]!`);
    const error = getNamedType(errors.type);
    if (!isObjectType(error)) throw new Error(`${name} has no error type`);
    expect(error.getInterfaces().map(String), name).toEqual(['UserError']);
    expect(String(error.getFields().code!.type)).toBe(`${capitalised(name)}ErrorCode!`);
  }
});

test('no type is left that only a removed mutation used', () => {
  const used = new Set(
    mutations.flatMap(({ name }) =>
      ['Input', 'Payload', 'Error', 'ErrorCode'].map((end) => `${capitalised(name)}${end}`),
    ),
  );
  const left = types.filter(
    ({ name }) => /(Payload|Error|ErrorCode)$/.test(name) && name !== 'UserError' && !used.has(name),
  );
  expect(left.map(String)).toEqual([]);
});
