import { count, defineSettings, mediaSettings, publicSettings, s3Settings } from '@tintype/service';

const MIB = 1024 * 1024;

/** Upload forms of an account, by number and by bytes: not used yet, and in 24 hours. */
export const uploadSettings = defineSettings({
  variables: {
    UPLOAD_WAITING_FILES: count(200, 20, 1_000_000),
    UPLOAD_WAITING_MIB: count(4096, 50, 10_000_000),
    UPLOAD_DAILY_FILES: count(1000, 20, 10_000_000),
    UPLOAD_DAILY_MIB: count(20_480, 50, 100_000_000),
  },
  toValue: (value) => ({
    waitingFiles: value.UPLOAD_WAITING_FILES,
    waitingBytes: value.UPLOAD_WAITING_MIB * MIB,
    dailyFiles: value.UPLOAD_DAILY_FILES,
    dailyBytes: value.UPLOAD_DAILY_MIB * MIB,
  }),
});

export const settings = [uploadSettings, s3Settings, mediaSettings, publicSettings];
