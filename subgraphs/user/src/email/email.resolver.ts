import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { EmailService } from './email.service.ts';

type EmailResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'emailAddress'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'verifyEmail' | 'resendVerificationMail' | 'changeEmail'>;
};

export function createEmailResolvers({ emails }: { emails: EmailService }): EmailResolvers {
  return {
    Query: {
      emailAddress: (_, __, context) => emails.find(requireViewer(context).userId),
    },
    Mutation: {
      async verifyEmail(_, { input }) {
        const outcome = await emails.verify(input.token);
        if ('error' in outcome) return { emailAddress: null, errors: [outcome.error] };
        // Whoever has an old link need not learn where mail will go.
        return { emailAddress: { ...outcome.emailAddress, pendingAddress: null }, errors: [] };
      },
      async resendVerificationMail(_, __, context) {
        const outcome = await emails.resend(requireViewer(context).userId);
        return 'error' in outcome ? { sent: false, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
      async changeEmail(_, { input }, context) {
        const outcome = await emails.change(context.identity, input);
        return 'error' in outcome ? { emailAddress: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
    },
  };
}
