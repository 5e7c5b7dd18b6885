// Takes what Reo.Dev, PostHog, Segment and RudderStack are sent, answers as Reo.Dev does, and counts
// the events. Tells its port and that count when asked.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

const answer = JSON.stringify({
  response_code: '200',
  response: 'Data Uploaded',
  status: 'success',
});
const headers = { 'content-type': 'application/json', 'content-length': answer.length };

let events = 0;
let requests = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.once('end', () => {
    const body = Buffer.concat(chunks);
    const isZipped = body[0] === 0x1f && body[1] === 0x8b;
    const { batch } = JSON.parse((isZipped ? gunzipSync(body) : body).toString());
    events += batch?.length ?? 1;
    requests += 1;
    response.writeHead(200, headers).end(answer);
  });
});
// Nobody shall have to connect twice.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1');
await once(server, 'listening');

process.on('message', () => process.send({ port: server.address().port, events, requests }));
// Not to outlive whoever asks.
process.once('disconnect', () => process.exit());
