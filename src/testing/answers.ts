import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

/** One request as it arrived, with its whole body. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request in any way, or not at all. */
export type Answer = (response: ServerResponse, request: Received) => void;

/** A JSON body. */
export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** What Reo.Dev answers to a record that it takes. */
export const taken: Answer = json({
  response_code: '200',
  response: 'Data Uploaded',
  status: 'success',
});

/** What Reo.Dev answers to a record that it does not want. The status may be 200 as well. */
export const refused = (reason = 'Invalid payload', status = 400): Answer =>
  json({ response_code: 400, response: reason, status: 'failure' }, status);

/** What Reo.Dev answers to a wrong key. */
export const unauthorized: Answer = refused('Authentication Failure');

/** An empty answer of this status. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();

/** Too many requests: come back in so many seconds, or at this date. */
export const retryAfter = (when: number | Date, code = 429): Answer =>
  status(code, { 'retry-after': typeof when === 'number' ? `${when}` : when.toUTCString() });

/** Sends the caller elsewhere. */
export const redirect = (location: string, code = 302): Answer => status(code, { location });

/** A page, as a proxy or a login puts it in front of an API. */
export const html =
  (code = 200): Answer =>
  (response) => {
    response.writeHead(code, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>Sign in</title><h1>Sign in to continue</h1>');
  };

/** Never answers. */
export const hang: Answer = () => {};

/** Answers after so many milliseconds. */
export const slow =
  (ms: number, then: Answer = taken): Answer =>
  (response, request) => {
    setTimeout(() => {
      if (!response.destroyed) then(response, request);
    }, ms).unref();
  };

/** Closes the connection without an answer: nobody knows whether the record was taken. */
export const dropConnection: Answer = (response) => void response.destroy();

/** Begins an answer that says "success", and closes the connection in the middle of it. */
export const halfAnswer: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"response_code":"200","status":"success"', () => response.destroy());
};

/** Something that is not HTTP. */
export const garbage: Answer = (response) => void response.socket?.end('\0\xffgarbage\r\n\r\n');

/** Says that it is JSON, and is not. */
export const notJson: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"response_code":"200", ');
};

const block = Buffer.alloc(2 ** 16, ' ');

/** JSON with very much space in front of it, 64 MiB unless told otherwise. */
export const hugeAnswer =
  (bytes: number = 64 * 2 ** 20): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let left = bytes;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= block.length;
        if (!response.write(block)) return void response.once('drain', more);
      }
      response.end('{"response_code":"200","response":"Data Uploaded","status":"success"}');
    };
    more();
  };
