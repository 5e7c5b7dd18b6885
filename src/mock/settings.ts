import type { Settings } from './schemas.ts';

export const DEFAULT_SETTINGS: Settings = {
  strict: false,
  delay: 0,
  reoFailureStatus: 400,
  activities: null,
  unknownActivity: 'refuse',
  envelope: false,
  unknownMetric: 'failure',
  numbersAsText: false,
  missingMetrics: false,
  // Far above what an account has, so that a test suite does not run into it by accident.
  rateLimit: { perSecond: 1_000, perMinute: 60_000 },
  webhookDelay: 0,
  webhookRetries: 3,
};
