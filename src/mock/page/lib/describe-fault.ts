/** A fault in a sentence. */
import type { Fault, FaultRule } from './types.ts';
import { inWords } from './wire.ts';

const duration = (value: number | string): string =>
  typeof value === 'number' ? `${value} ms` : value.replace(/([a-z]+)$/, ' $1');

const times = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const CONNECTIONS: Readonly<Record<NonNullable<FaultRule['connection']>, string>> = {
  reset: 'resets the connection before the call is carried out',
  'lose-answer': 'carries the call out and loses the answer',
  'cut-body': "cuts the connection in the middle of the answer's body",
  hang: 'never answers',
};

const CORRUPT: Readonly<Record<string, string>> = {
  truncated: 'cut in the middle',
  malformed: 'not JSON',
  empty: 'empty',
  foreign: 'under ids that nobody asked for',
};

const metrics = ({
  referenceKey,
  type,
  message,
  as,
}: NonNullable<FaultRule['metrics']>): string => {
  const which = referenceKey ? `metric ${referenceKey}` : 'every metric';
  const text = message ? ` (“${message}”)` : '';
  if (as === 'null') return `makes ${which} null`;
  if (as === 'missing') return `leaves ${which} out`;
  if (as === 'warning') return `gives ${which} a warning and no values${text}`;
  return `makes ${which} fail with ${type ?? 'internal_error'}${text}`;
};

const webhook = ({ early, delay, times, corrupt }: NonNullable<FaultRule['webhook']>): string => {
  if (times === 0) return 'never sends the webhook';
  const how = [
    ...(early ? ['before the answer'] : []),
    ...(delay === undefined ? [] : [`${duration(delay)} later`]),
    ...(times === undefined || times === 1 ? [] : [times === 2 ? 'twice' : `${times} times`]),
    ...(corrupt ? [`with a body that is ${CORRUPT[corrupt] ?? corrupt}`] : []),
  ];
  return `sends the webhook ${how.join(', ') || 'as ever'}`;
};

const answer = ({ status, body, headers, retryAfter }: FaultRule): readonly string[] => {
  const extra = [
    ...(retryAfter === undefined ? [] : [`Retry-After ${retryAfter}`]),
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  if (status !== undefined) extra.unshift(`answers ${status}`);
  else if (body !== undefined) extra.unshift('answers');
  else if (extra.length > 0) extra[0] = `adds ${extra[0] ?? ''}`;
  if (body !== undefined) extra.push('with a body of its own');
  return extra.length > 0 ? [extra.join(', ')] : [];
};

const effects = (rule: FaultRule): readonly string[] => [
  ...(rule.delay === undefined ? [] : [`waits ${duration(rule.delay)}`]),
  ...answer(rule),
  ...(rule.refuse === undefined ? [] : [`answers 200 with the failure “${rule.refuse}”`]),
  ...(rule.malformed ? ['answers broken JSON'] : []),
  ...(rule.metrics ? [metrics(rule.metrics)] : []),
  ...(rule.slowBody === undefined ? [] : [`takes ${duration(rule.slowBody)} to send the body`]),
  ...(rule.connection ? [CONNECTIONS[rule.connection] ?? rule.connection] : []),
  ...(rule.webhook ? [webhook(rule.webhook)] : []),
];

const conditions = ({ match, probability }: FaultRule): string => {
  const { path, query, headers, body } = match ?? {};
  const pairs = (all: Readonly<Record<string, string>> | undefined, sign: string): string[] =>
    Object.entries(all ?? {}).map(([name, value]) => `${name}${sign}${value}`);
  const all = [
    ...(path === undefined ? [] : [`a path that begins with ${path}`]),
    ...pairs(query, '=').map((one) => `the parameter ${one}`),
    ...pairs(headers, ': ').map((one) => `the header ${one}`),
    ...(body === undefined ? [] : [`a body that holds ${inWords(body)}`]),
  ];
  const often =
    probability === undefined ? '' : `, ${Math.round(probability * 1_000) / 10} % of calls`;
  return `${all.length > 0 ? ` with ${all.join(' and ')}` : ''}${often}`;
};

/** Such as `sendUsage answers 503, Retry-After 2, next 3 calls (used 1)`. */
export const describeFault = (fault: FaultRule & Partial<Pick<Fault, 'used'>>): string => {
  const what = effects(fault).join(' and ') || 'does nothing yet';
  const { used } = fault;
  const counted = used === undefined ? '' : ` (used ${used})`;
  const limit = fault.times === undefined ? '' : `, next ${times(fault.times, 'call')}`;
  const subject = (fault.operation ?? 'Every call') + conditions(fault);
  return `${subject}${subject.includes(' with ') || subject.includes(',') ? ':' : ''} ${what}${limit}${counted}`;
};
