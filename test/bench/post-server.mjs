// Takes any POST and answers as Reo.Dev does. Tells its port when asked.
import { once } from 'node:events';
import { createServer } from 'node:http';

const answer = JSON.stringify({
  response_code: '200',
  response: 'Data Uploaded',
  status: 'success',
});
const headers = { 'content-type': 'application/json', 'content-length': answer.length };

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.writeHead(200, headers).end(answer));
});
// Nobody shall have to connect twice.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1');
await once(server, 'listening');

process.on('message', () => process.send(server.address().port));
// Not to outlive whoever asks.
process.once('disconnect', () => process.exit());
