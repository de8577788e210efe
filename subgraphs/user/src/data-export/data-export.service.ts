import { requireViewer } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { ObjectStore } from '@tintype/s3';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { lockState } from '#account/closure.repository.ts';
import type { RequestDataExportErrorCode } from '#generated/graphql.ts';
import type { Confirmation, ConfirmationService } from '#second-factor/confirmation.service.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import type { DataExportModel } from './data-export.model.ts';
import { addExport, findLatestExport } from './data-export.repository.ts';
import { archiveKey, DOWNLOAD_S } from './data-export.rules.ts';

export type DataExportService = {
  find(userId: bigint): Promise<DataExportModel | null>;
  /** @returns the unfinished export, or a new one */
  request(
    identity: Identity,
    shown: Confirmation,
  ): Promise<{ dataExport: DataExportModel } | { error: InputError<RequestDataExportErrorCode> }>;
  /** A short-lived address of the ZIP file; null unless it is ready. */
  download(dataExport: DataExportModel): Promise<string | null>;
};

export function createDataExportService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  confirmations: ConfirmationService;
  store: Pick<ObjectStore, 'presignRead'>;
}): DataExportService {
  const { pool, ids, confirmations, store } = deps;
  return {
    find: (userId) => findLatestExport(pool, userId),

    async request(identity, shown) {
      const { userId } = requireViewer(identity);
      const error = await confirmations.confirm(identity, shown);
      if (error) return { error };
      return transaction(pool, async (tx) => {
        // Of two requests at the same time, the second one finds the export of the first.
        const state = await lockState(tx, userId);
        if (state === null || state === 'DELETED') throw accountEnded();
        const latest = await findLatestExport(tx, userId);
        if (latest?.state === 'PENDING' || latest?.state === 'RUNNING') return { dataExport: latest };
        const dataExport = await addExport(tx, ids.next(), userId);
        return dataExport ? { dataExport } : { error: inputError('TOO_MANY_EXPORTS') };
      });
    },

    async download(dataExport) {
      if (dataExport.state !== 'READY') return null;
      const fileName = `tintype-${dataExport.requestedAt.toISOString().slice(0, 10)}.zip`;
      return store.presignRead(archiveKey(dataExport), { expiresInS: DOWNLOAD_S, fileName });
    },
  };
}
