/** Words of other tools and of error messages, by the place in the guides where their answer is. */
export const keywords: Readonly<Record<string, string>> = {
  'guides/logins-from-express.html#the-app': 'EADDRINUSE port in use',
  'guides/logins-from-express.html#an-end-without-losses': 'graceful shutdown SIGTERM SIGINT',
  'guides/logins-from-express.html#an-outbox-on-disk': 'crash restart',
  'guides/logins-from-express.html#check-the-types': 'tsc typecheck compile',
  'guides/weekly-report.html#check-the-types': 'tsc typecheck compile',
  'guides/testing-in-ci.html#check-the-types': 'tsc typecheck compile',
  'guides/durability.html#an-outbox-on-disk': 'crash restart',
  'guides/errors-and-retries.html#what-is-sent-again': 'retry retries backoff',
  'guides/durability.html#what-happens-when': 'crash restart OOM',
  'guides/durability.html#at-the-end-of-a-process': 'graceful shutdown restart deploy',
};
