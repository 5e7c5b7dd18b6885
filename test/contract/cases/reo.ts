import type { Json, JsonObject } from '../documents.ts';
import { cases, without, type Case } from './cases.ts';
import { leastAccepted, lessRefused, listAccepted, reoLeast } from './least.ts';

const event: JsonObject = {
  activity_type: 'API KEY GENERATED',
  source: 'PRODUCT_CLOUD',
  product_id: 'reoWebApp',
  event_at: 1_735_689_600,
  user_id: 'brian@reo.dev',
  user_id_type: 'EMAIL',
};
const userCount: JsonObject = { ...event, mode: 'USER', count: 40 };
const domainCount: JsonObject = {
  mode: 'DOMAIN',
  activity_type: 'DEMO_LOGIN',
  source: 'PRODUCT_CLOUD',
  product_id: 'reoWebApp',
  event_at: 1_735_689_600,
  domain: 'reo.dev',
  count: 1250,
};
const single = cases('UsageRequest');
const aggregate = cases('AggregateUsageRequest');

const eventWith = (changes: JsonObject): Json => ({ payload: { ...event, ...changes } });
const userWith = (changes: JsonObject): Json => ({ payload: { ...userCount, ...changes } });
const domainWith = (changes: JsonObject): Json => ({ payload: { ...domainCount, ...changes } });

export const reoAccepts: readonly Case[] = [
  ...leastAccepted(reoLeast),
  ...listAccepted('KnownSource', ['PRODUCT_CLOUD', 'TELEMETRY']),
  ...listAccepted('UserIdType', ['EMAIL', 'SOCIAL', 'LINKEDIN', 'GITHUB', 'USERNAME']),
  single('the least that is needed', eventWith({})),
  single('a source nobody knows', eventWith({ source: 'PRODUCT_EDGE' })),
  single('a number as event_id', eventWith({ event_id: 1_231_231_232 })),
  single('a text as event_id', eventWith({ event_id: '193ef456430' })),
  single('an empty ip_addr', eventWith({ ip_addr: '' })),
  single('the time of the samples, in 1990', eventWith({ event_at: 639_303_296 })),
  single('deep data in meta', eventWith({ meta: { plan: { seats: [1, null] } } })),
  single('a key that no document names', eventWith({ tenant: 'eu' })),
  aggregate('an empty domain of a user', userWith({ domain: '' })),
  aggregate('a count of zero', userWith({ count: 0 })),
  aggregate('the least of a company', domainWith({})),
  aggregate('empty user fields of a company', domainWith({ user_id: '', user_id_type: '' })),
  aggregate('user fields of a company', domainWith({ user_id: 'a', user_id_type: 'USERNAME' })),
  aggregate('a domain with www', domainWith({ domain: 'www.reo.dev' })),
];

export const reoRefuses: readonly Case[] = [
  ...lessRefused(reoLeast),
  ...Object.keys(event).map((key) => single(`no ${key}`, { payload: without(event, key) })),
  ...Object.keys(userCount).map((key) =>
    aggregate(`no ${key} of a user`, { payload: without(userCount, key) }),
  ),
  ...Object.keys(domainCount).map((key) =>
    aggregate(`no ${key} of a company`, { payload: without(domainCount, key) }),
  ),
  single('no envelope', event),
  single('several events', { payload: [event] }),
  single('milliseconds', eventWith({ event_at: 1_735_689_600_000 })),
  single('milliseconds of 1990', eventWith({ event_at: 639_303_296_000 })),
  single('a fraction of a second', eventWith({ event_at: 1_735_689_600.5 })),
  single('time as text', eventWith({ event_at: '1735689600' })),
  single('the time of a missing date', eventWith({ event_at: 0 })),
  single('a time before 1970', eventWith({ event_at: -1 })),
  single('an empty activity_type', eventWith({ activity_type: '' })),
  single('an empty source', eventWith({ source: '' })),
  single('an empty product_id', eventWith({ product_id: '' })),
  single('an empty user_id', eventWith({ user_id: '' })),
  single('an empty event_id', eventWith({ event_id: '' })),
  single('a number as user_id', eventWith({ user_id: 7 })),
  single('a kind of user id that is not in the list', eventWith({ user_id_type: 'PHONE' })),
  single('a list as meta', eventWith({ meta: ['plan'] })),
  single('a number as environment', eventWith({ environment: 1 })),
  single('null as ip_addr', eventWith({ ip_addr: null })),
  single('an object as user_agent', eventWith({ user_agent: {} })),
  aggregate('no envelope', userCount),
  aggregate('a company in the mode of users', { payload: { ...domainCount, mode: 'USER' } }),
  aggregate('a user in the mode of companies', { payload: { ...userCount, mode: 'DOMAIN' } }),
  aggregate('a kind of user id that is not in the list', domainWith({ user_id_type: 'PHONE' })),
  aggregate('a third mode', userWith({ mode: 'COMPANY' })),
  aggregate('a mode in lower case', userWith({ mode: 'user' })),
  aggregate('milliseconds', userWith({ event_at: 1_735_689_600_000 })),
  aggregate('milliseconds for a company', domainWith({ event_at: 1_735_689_600_000 })),
  aggregate('a negative count', userWith({ count: -1 })),
  aggregate('half a count', domainWith({ count: 0.5 })),
  aggregate('a count as text', userWith({ count: '40' })),
  aggregate('an empty user id type of a user', userWith({ user_id_type: '' })),
  aggregate('an empty domain of a company', domainWith({ domain: '' })),
  aggregate('several counts', { payload: [userCount] }),
  cases('Answer')('a third status', { response_code: 200, response: '', status: 'partial' }),
  cases('ResponseCode')('a code below', 42),
  cases('ResponseCode')('a code above', 700),
  cases('Answer')('a code that is none', { response_code: 'OK', response: '', status: 'success' }),
];
