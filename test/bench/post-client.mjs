// Sends rounds of events with one client and tells the CPU time per event, in microseconds.
import { clients } from './post-clients.mjs';

const [name, baseUrl] = process.argv.slice(2);
const send = await clients[name](baseUrl);

const inFlight = 32;

const round = async (count) => {
  const before = process.cpuUsage();
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
};

process.on('message', (count) => {
  void round(count).then((cost) => process.send(cost));
});
// Not to outlive whoever asks.
process.once('disconnect', () => process.exit());
