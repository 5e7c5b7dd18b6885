import { CallbackError, ConfigError, isSdkError } from '../../http/errors.ts';

const tooLarge = (most: number): CallbackError =>
  new CallbackError(`the body is longer than ${most} bytes`, { status: 413 });

const isJson = (type: string): boolean => /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type);

const read = async (request: Request, most: number): Promise<string> => {
  if (Number(request.headers.get('content-length')) > most) throw tooLarge(most);
  const { body, bodyUsed } = request;
  if (bodyUsed || body?.locked) throw new ConfigError('the body of the request was read before');
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > most) throw tooLarge(most);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // What is not wanted any more must not block the connection.
    reader.cancel().catch(() => {});
  }
};

/**
 * The JSON in a request's body. No type at all passes for JSON: what Connect sends is not documented.
 *
 * @throws CallbackError 415 for another type, 413 for more bytes than `most`, 400 for what breaks off
 *   or is no JSON; ConfigError when somebody has read the body before.
 */
export const readJson = async (request: Request, most: number): Promise<unknown> => {
  if (!isJson(request.headers.get('content-type') ?? 'application/json')) {
    throw new CallbackError('the body is not JSON by its type', { status: 415 });
  }
  let text: string;
  try {
    text = await read(request, most);
  } catch (cause) {
    if (isSdkError(cause)) throw cause;
    throw new CallbackError('the body broke off, or is not UTF-8', { status: 400, cause });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Without the cause, which quotes the body.
    throw new CallbackError('the body is not JSON, or not all of it', { status: 400 });
  }
};
