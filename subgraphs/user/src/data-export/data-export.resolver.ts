import { requireViewer } from '@tintype/graphql';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { DataExportService } from './data-export.service.ts';

type DataExportResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'dataExport'>;
  Mutation: Pick<CompleteResolvers['Mutation'], 'requestDataExport'>;
  DataExport: CompleteResolvers['DataExport'];
};

export function createDataExportResolvers({ exports }: { exports: DataExportService }): DataExportResolvers {
  return {
    Query: {
      dataExport: (_, __, context) => exports.find(requireViewer(context).userId),
    },
    Mutation: {
      async requestDataExport(_, { input }, context) {
        const outcome = await exports.request(context.identity, input);
        return 'error' in outcome ? { dataExport: null, errors: [outcome.error] } : { ...outcome, errors: [] };
      },
    },
    DataExport: {
      byteSize: ({ byteSize }) => byteSize?.toString() ?? null,
      url: (dataExport) => exports.download(dataExport),
    },
  };
}
