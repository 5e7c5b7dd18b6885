import { describe, expect, it } from 'vitest';
import { DOMAIN_COUNT, EVENT, GET_DATA, USER_COUNT } from '../unit/mock/support.ts';
import {
  COUNT,
  METRICS,
  SESSION,
  USAGE,
  expectInContract,
  guard,
  shoot,
} from './hostile-mock-support.ts';

guard();

describe('a body', () => {
  const event = JSON.stringify({ payload: EVENT });
  const metrics = JSON.stringify(GET_DATA);
  const within = (text: string, field: string, json: string): string =>
    text.replace(`"${field}":`, `"${field}":${json},"was_${field}":`);
  const deep = (n: number, open: string, close: string): string =>
    open.repeat(n) + '1' + close.repeat(n);
  const many = (item: string, bytes = 4_000_000): string =>
    `[${Array(Math.floor(bytes / (item.length + 1)))
      .fill(item)
      .join(',')}]`;
  const fields = (n: number): string =>
    `{${Array.from({ length: n }, (_, i) => `"k${i}":1`).join(',')}}`;
  // What would take the square of its length takes too long at a tenth of it, too.
  const part = process.env.LONG === undefined ? 0.1 : 1;
  const long = (text: string, bytes = 4_000_000): string =>
    JSON.stringify(text.repeat(Math.floor(bytes / text.length)));

  const ODD: readonly (readonly [string, string, string])[] = [
    ...[
      'null',
      'true',
      '0',
      '""',
      '[]',
      '{}',
      '[[]]',
      '[null]',
      '{"payload":null}',
      '{"payload":[]}',
      '{"payload":"x"}',
      '{"payload":{}}',
      '{"":1}',
    ].flatMap((body) =>
      [USAGE, COUNT, METRICS, SESSION, '/api/customers'].map(
        (path) => [`${body} at ${path}`, path, body] as const,
      ),
    ),
    ['a duplicate key', USAGE, within(event, 'user_id', '"x"')],
    ['a duplicate payload', USAGE, `{"payload":1,"payload":${JSON.stringify(EVENT)}}`],
    ['__proto__', USAGE, within(event, 'user_id', '"x","__proto__":{"polluted":1}')],
    ['__proto__ as payload', USAGE, '{"__proto__":{"payload":{}}}'],
    [
      'constructor',
      COUNT,
      '{"payload":{"constructor":{"prototype":{"polluted":1}},"mode":"constructor"}}',
    ],
    ['__proto__ as mode', COUNT, '{"payload":{"mode":"__proto__"}}'],
    ['toString as component', METRICS, metrics.replaceAll('number_v1', 'toString')],
    ['__proto__ as component', METRICS, metrics.replaceAll('number_v1', '__proto__')],
    ['__proto__ as id', METRICS, metrics.replace(GET_DATA.metrics[0].id, '__proto__')],
    ['__proto__ as reference', METRICS, metrics.replace('ig:story_replies', '__proto__')],
    [
      'constructor as metric',
      METRICS,
      metrics.replace('"replies"', '"constructor","__proto__","hasOwnProperty"'),
    ],
    ['one id twice', METRICS, metrics.replaceAll(GET_DATA.metrics[1].id, GET_DATA.metrics[0].id)],
    [
      'lone surrogates',
      USAGE,
      within(event, 'user_id', '"\\ud800"').replace('reoWebApp', '\\udfff'),
    ],
    ['NUL', USAGE, within(event, 'activity_type', '"\\u0000"')],
    ['control codes', '/api/customers', '{"name":"\\u0000\\r\\nX-Injected: 1\\u2028\\u009b31m"}'],
    ['a long name', '/api/customers', `{"name":${long('x')}}`],
    ...[
      '1e308',
      '-1e308',
      '1e309',
      '1e-400',
      '-0',
      '9007199254740993',
      '18446744073709551616',
      '9'.repeat(100_000),
      `0.${'1'.repeat(100_000)}`,
      '1.5',
      '"1"',
      'true',
      'null',
      '[]',
    ].flatMap((n) => [
      [
        `event_at ${n.slice(0, 20)}`,
        USAGE,
        within(event, 'event_at', n).replace('"was_event_at":1735689600', '"x":1'),
      ] as const,
      [
        `count ${n.slice(0, 20)}`,
        COUNT,
        JSON.stringify({ payload: DOMAIN_COUNT }).replace('"count":1250', `"count":${n}`),
      ] as const,
      [`minutes ${n.slice(0, 20)}`, SESSION, `{"expires_in_minutes":${n}}`] as const,
    ]),
    ...[
      '9999-12-31',
      '0000-01-01',
      '0001-01-01',
      '-000001-01-01',
      '+275760-09-13',
      '2024-02-30',
      '2023-02-29',
      '2024-13-01',
      '10000-01-01',
      '2024-1-1',
      '',
      'today',
      '2024-01-01T24:00:00Z',
      '2024-01-01T00:00:00+99:99',
      '2024-01-01T23:59:60Z',
      '9999-12-31T23:59:59.999999999Z',
      '2024-01-01T00:00',
      '2024-01-01 00:00:00',
    ].flatMap((day) => [
      [`start ${day}`, METRICS, metrics.replace('2024-01-01', day)] as const,
      [`end ${day}`, METRICS, metrics.replace('2024-09-01', day)] as const,
      [
        `both ${day}`,
        METRICS,
        metrics.replace('2024-01-01', day).replace('2024-09-01', day),
      ] as const,
      [
        `comparison ${day}`,
        METRICS,
        metrics.replace('{', `{"comparison_start":"${day}","comparison_end":"${day}",`),
      ] as const,
    ]),
    ...[
      'javascript:alert(1)',
      'file:///etc/passwd',
      'http://',
      'https://?',
      'http://[',
      'http://a b',
      'http://\\u0000',
      '//x',
      'http://user:pw@h/',
      'http://%zz',
      'HTTP://X',
      'http://x\\r\\nX: y',
      'data:,x',
      '',
    ].flatMap((url) => [
      [
        `webhook ${url}`,
        `${METRICS}-async`,
        metrics.replace('{', `{"metrics_webhook_url":"${url}",`),
      ] as const,
      [`redirect ${url}`, SESSION, `{"redirect_url":"${url}"}`] as const,
    ]),
    [
      'a million numbers for metrics',
      METRICS,
      metrics.replace(/"metrics":\[\{.*\]/, `"metrics":${many('1')}`),
    ],
    [
      'a million objects for metrics',
      METRICS,
      metrics.replace(/"metrics":\[\{.*\]/, `"metrics":${many('{}')}`),
    ],
    [
      'a million lists for metrics',
      METRICS,
      metrics.replace(/"metrics":\[\{.*\]/, `"metrics":${many('[]')}`),
    ],
    [
      '30,000 right metrics',
      METRICS,
      metrics.replace(
        /"metrics":\[\{.*\]/,
        `"metrics":${many(JSON.stringify(GET_DATA.metrics[0]), 3_900_000)}`,
      ),
    ],
    ['a million metric names', METRICS, metrics.replace('["replies"]', many('"a"'))],
    ['two million wrong names', METRICS, metrics.replace('["replies"]', many('1'))],
    ['100,000 dimensions', METRICS, metrics.replace('["stories"]', many('"a"', 400_000))],
    [
      'dimensions multiplied',
      METRICS,
      metrics.replace(
        '["clicks_breakdown"]',
        '["country","city","age","gender","day","device","source"]',
      ),
    ],
    ['a million wrong dimensions', METRICS, metrics.replace('["stories"]', many('1'))],
    [
      '100,000 uuids',
      METRICS,
      metrics.replace(
        /"customer_integration":"[^"]*"/,
        `"customer_integration_uuids":${many(`"${GET_DATA.customer_integration}"`)}`,
      ),
    ],
    [
      'a million wrong uuids',
      METRICS,
      metrics.replace(
        /"customer_integration":"[^"]*"/,
        `"customer_integration_uuids":${many('1')}`,
      ),
    ],
    ['a million limits', SESSION, `{"limits":${many('1')}}`],
    ['a million numbers', COUNT, many('1')],
    ['200,000 fields', COUNT, fields(200_000)],
    [
      '200,000 fields in the payload',
      COUNT,
      JSON.stringify({ payload: USER_COUNT }).replace('{"', `${fields(200_000).slice(0, -1)},"`),
    ],
    ['200,000 fields in meta', USAGE, within(event, 'user_id', `"x","meta":${fields(200_000)}`)],
    ['a deep meta', USAGE, within(event, 'user_id', `"x","meta":${deep(990, '{"a":', '}')}`)],
    [
      'a deep meta of lists',
      USAGE,
      within(event, 'user_id', `"x","meta":{"a":${deep(990, '[', ']')}}`),
    ],
    [
      'deep filters',
      METRICS,
      metrics.replace('"component"', `"filters":${deep(900, '[', ']')},"component"`),
    ],
    ...['a', '0', '-', '.', ':', '@', '/', '%', ' ', '\t', 'T', 'é', '\\"', '2024-01-01'].flatMap(
      (text) => [
        [
          `much ${text} for a day`,
          METRICS,
          metrics.replace(
            '"2024-01-01"',
            long(text, (part * 3_900_000) / (text.length === 1 ? 2 : 3)),
          ),
        ] as const,
        [
          `much ${text} for a uuid`,
          METRICS,
          metrics.replace(`"${GET_DATA.customer_integration}"`, long(text, part * 1_500_000)),
        ] as const,
        [
          `much ${text} for a URL`,
          `${METRICS}-async`,
          metrics.replace(
            '{',
            `{"metrics_webhook_url":${long(text, part * 1_500_000).replace('"', '"http://')},`,
          ),
        ] as const,
        [
          `much ${text} for a user`,
          USAGE,
          within(event, 'user_id', long(text, part * 1_500_000)),
        ] as const,
      ],
    ),
  ];
  it('has been tried in more than 200 odd forms', () => {
    expect(ODD.length).toBeGreaterThan(200);
  });
  it.each(ODD)('with %s is answered within the contract', async (_what, path, body) => {
    const answer = await shoot(path, { body });
    expectInContract(path, answer);
  });
});
