// Hands events to one client, in one of four ways, and tells what that took.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { clients } from './usage-clients.mjs';

const [name, baseUrl, most] = process.argv.slice(2);
const client = await clients[name](baseUrl, most === undefined ? undefined : Number(most));
let next = 0;

/** Calls in one go: no more than a busy service makes before it waits for something. */
const burst = 100;

const ways = {
  /** Nanoseconds of each burst, a call. */
  track: async (count) => {
    const costs = [];
    for (let done = 0; done < count; done += burst) {
      const before = process.hrtime.bigint();
      for (let i = 0; i < burst; i += 1) client.send((next += 1));
      costs.push(Number(process.hrtime.bigint() - before) / burst);
      // What the call left for later is not timed here, and must not be in the way of the next burst.
      await setTimeout(5);
    }
    return costs;
  },
  /** CPU time of an event from the call to the answer, in microseconds. */
  deliver: async (count) => {
    const before = process.cpuUsage();
    for (let done = 0; done < count; done += burst) {
      for (let i = 0; i < burst; i += 1) client.send((next += 1));
      await setImmediate();
    }
    await client.end();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / count;
  },
  /** The event loop's delay while events come evenly, in milliseconds. */
  delay: async (perSecond) => {
    const delays = monitorEventLoopDelay({ resolution: 1 });
    const every = 10;
    const timer = setInterval(() => {
      for (let i = 0; i < (perSecond * every) / 1_000; i += 1) client.send((next += 1));
    }, every);
    await setTimeout(1_000);
    delays.enable();
    await setTimeout(4_000);
    delays.disable();
    clearInterval(timer);
    return { p99: delays.percentile(99) / 1e6, max: delays.max / 1e6 };
  },
  /** What so many events take in memory while nothing can be sent, in megabytes, and in seconds. */
  memory: async (count) => {
    const start = process.memoryUsage.rss();
    const until = performance.now() + 60_000;
    let peak = start;
    let done = 0;
    let unhandled = 0;
    // These would end the process: the figures are to be had all the same.
    process.on('unhandledRejection', () => (unhandled += 1));
    // Some print each failure.
    console.error = () => {};
    while (done < count && performance.now() < until) {
      for (let i = 0; i < burst; i += 1) client.send((next += 1));
      done += burst;
      await setImmediate();
      peak = Math.max(peak, process.memoryUsage.rss());
    }
    return { done, mb: (peak - start) / 2 ** 20, kept: client.kept?.(), unhandled };
  },
};

process.on('message', ({ way, amount }) => {
  void ways[way](amount).then((told) => process.send(told));
});
// Not to outlive whoever asks.
process.once('disconnect', () => process.exit());
