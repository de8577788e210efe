import { type PageArgs, requireViewer } from '@tintype/graphql';
import { globalId, parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers, ReportReason } from '#generated/graphql.ts';
import type { Context } from '../context.ts';
import { type ErrorCode, inputError } from '../errors.ts';
import type { Target } from './report.model.ts';
import type { ReportService } from './report.service.ts';
import { targetIdOf } from './target.rules.ts';

type ReportResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'reports'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'reportUser' | 'reportPost' | 'reportComment'>;
  Report: CompleteResolvers['Report'];
};

async function findUser(text: string, { loaders, viewer }: Context): Promise<Target | null> {
  const id = parseGlobalId('User', text);
  if (id === null) return null;
  const relation = await loaders.relations.load(id);
  // A blocked account can be reported, too.
  return id === viewer?.userId || (relation && can('profile.view', relation))
    ? { type: 'USER', id, personId: id }
    : null;
}

async function findPost(text: string, { loaders }: Context): Promise<Target | null> {
  const id = parseGlobalId('Post', text);
  const post = id === null ? null : await loaders.visiblePosts.load(id);
  return post && { type: 'POST', id: post.id, personId: post.authorId };
}

async function findComment(text: string, { loaders }: Context): Promise<Target | null> {
  const id = parseGlobalId('Comment', text);
  const personId = id === null ? null : await loaders.commentAuthors.load(id);
  return id !== null && personId !== null ? { type: 'COMMENT', id, personId } : null;
}

export function createReportResolvers({ reports }: { reports: ReportService }): ReportResolvers {
  const send = async <NotFound extends ErrorCode>(
    found: Promise<Target | null>,
    notFound: NotFound,
    field: string,
    input: { reason: ReportReason; text?: string | null | undefined },
    context: Context,
  ) => {
    const { userId } = requireViewer(context);
    const target = await found;
    if (!target) return { report: null, errors: [inputError(notFound, field)] };
    const outcome = await reports.report(userId, target, input);
    if ('report' in outcome) return { report: outcome.report, errors: [] };
    const { error } = outcome;
    const isOfText = error === 'TEXT_TOO_LONG' || error === 'TEXT_INVALID';
    return { report: null, errors: [inputError(error, isOfText ? 'text' : field)] };
  };
  return {
    Query: {
      reports: (_: unknown, args: PageArgs, context: Context) => reports.page(requireViewer(context).userId, args),
    },
    Mutation: {
      reportUser: (_, { input }, context) =>
        send(findUser(input.userId, context), 'USER_NOT_FOUND', 'userId', input, context),
      reportPost: (_, { input }, context) =>
        send(findPost(input.postId, context), 'POST_NOT_FOUND', 'postId', input, context),
      reportComment: (_, { input }, context) =>
        send(findComment(input.commentId, context), 'COMMENT_NOT_FOUND', 'commentId', input, context),
    },
    Report: {
      id: ({ id }) => globalId('Report', id),
      targetId: targetIdOf,
    },
  };
}
