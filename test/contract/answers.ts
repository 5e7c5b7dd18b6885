import { call, type Answered, type Sent } from '../unit/mock/support.ts';
import {
  asObject,
  isObject,
  loadDocument,
  resolve,
  type Json,
  type JsonObject,
} from './documents.ts';

const { root, validator } = loadDocument('emulator');
const PREFIX = '/__mock';

/** Calls the control API, and fails if the answer is not one that its document shows. */
export async function control(
  { url }: { readonly url: string },
  what: string,
  sent?: Sent,
): Promise<Answered> {
  const [method = '', path = ''] = what.split(' ');
  const answer = await call(url, `${method} ${PREFIX}${path}`, sent);
  const problems = answerProblems(method, path, answer);
  if (problems.length > 0) throw new Error(`${what}: ${problems.join('; ')}`);
  return answer;
}

/** What is wrong with an answer; 404 and 405 are those of paths that the document does not have. */
export function answerProblems(
  method: string,
  target: string,
  { status, headers, body }: Answered,
): readonly string[] {
  const found = operationOf(method, target.replace(/\?.*$/, ''));
  const responses = found && asObject(found.operation['responses']);
  const key = [String(status), `${Math.floor(status / 100)}XX`].find((one) => responses?.[one]);
  if (!found || !responses || key === undefined) {
    const known = !found && (status === 404 || status === 405);
    return known ? violations('Problem', body) : [`${status} is not documented`];
  }
  const at = `${found.pointer}/responses/${key}`;
  const shared = asObject(responses[key])['$ref'];
  const pointer = typeof shared === 'string' ? shared.slice('#'.length) : at;
  const { content } = asObject(resolve(root, responses[key] ?? null));
  const type = (headers.get('content-type') ?? '').replace(/;.*$/s, '');
  if (content === undefined) return body === '' ? [] : ['there is a body'];
  if (asObject(content)[type] === undefined) return [`the Content-Type is ${type}`];
  return violations(`${pointer}/content/${type.replaceAll('/', '~1')}/schema`, body);
}

function violations(schema: string, body: unknown): string[] {
  const validate = validator(schema);
  validate(body);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

function operationOf(
  method: string,
  path: string,
): { readonly pointer: string; readonly operation: JsonObject } | undefined {
  const fits = (template: string): boolean =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  for (const [template, item] of Object.entries(asObject(root['paths']))) {
    const operation: Json | undefined = asObject(item)[method.toLowerCase()];
    if (!fits(template) || !isObject(operation)) continue;
    const escaped = encodeURIComponent(template.replaceAll('/', '~1'));
    return { pointer: `/paths/${escaped}/${method.toLowerCase()}`, operation };
  }
  return undefined;
}
