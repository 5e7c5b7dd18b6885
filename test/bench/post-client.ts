/** Sends rounds of events with one client and tells the CPU time per event, in microseconds. */
import { clients } from './post-clients.ts';

const [name = '', baseUrl = ''] = process.argv.slice(2);
const create = clients[name];
if (create === undefined) throw new Error(`there is no client ${name}`);
const send = await create(baseUrl);

const inFlight = 32;

const round = async (count: number): Promise<number> => {
  const before = process.cpuUsage();
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
};

process.on('message', (count: number) => {
  void round(count).then((cost) => process.send?.(cost));
});
