import { claimOf, type Idempotency, requireViewer } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { checkFiles, type UploadError } from './upload.rules.ts';
import type { UploadForm, UploadService } from './upload.service.ts';

type UploadResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'uploadReady'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'createUpload'>;
};

function payloadOf(outcome: { forms: UploadForm[] } | { error: UploadError }) {
  if ('error' in outcome) return { uploads: [], errors: [outcome.error] };
  return { uploads: outcome.forms.map((form) => ({ ...form, id: globalId('Upload', form.id) })), errors: [] };
}

export function createUploadResolvers(deps: { uploads: UploadService; idempotency: Idempotency }): UploadResolvers {
  const { uploads, idempotency } = deps;
  return {
    Query: {
      async uploadReady(_, { id, purpose }, context) {
        const { userId } = requireViewer(context);
        const [ready] = await uploads.ready(userId, [id], purpose);
        return ready!.upload !== null;
      },
    },
    Mutation: {
      createUpload(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        const purpose = input.purpose ?? 'POST';
        return idempotency.once(claimOf(context.identity, info, userId, input), {
          async work(remember) {
            const errors = checkFiles(input);
            if (errors.length > 0) return { uploads: [], errors };
            return payloadOf(await uploads.create(userId, input.files, purpose, remember));
          },
          isRefused: ({ errors }) => errors.length > 0,
          replay: async (ids) => payloadOf(await uploads.renew(userId, ids.map(BigInt), purpose)),
        });
      },
    },
  };
}
