// Loaded into programs under test ahead of their own code: `startProgram` in processes.ts.
process.on('message', () =>
  process.send({ ...process.cpuUsage(), rss: process.memoryUsage.rss() }),
);
process.once('disconnect', () => process.exit());
process.channel.unref();
