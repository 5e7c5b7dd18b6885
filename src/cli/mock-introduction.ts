import type { MockServer } from '../mock/index.ts';

/** Where answers come from, other than from the emulator. */
export interface Elsewhere {
  readonly upstream?: Readonly<Record<string, string>>;
  readonly record?: string;
  readonly replay?: string;
}

/** What somebody who has just started the emulator wants to copy. */
export async function introduction(
  { url, keys }: MockServer,
  { upstream = {}, record, replay }: Elsewhere,
): Promise<string> {
  const { INTEGRATIONS } = await import('../mock/index.ts');
  const { reo, reportei } = upstream;
  const lines = [
    'Reo.Dev product usage under /api/product, Reportei Connect under /api and without it.',
    `See what happens, and make it fail: ${url}/__mock/`,
    ...told('Reo.Dev is forwarded with your key to', reo),
    ...told('Connect is forwarded with your tokens to', reportei),
    ...told('Answers are recorded in', record),
    ...told('Recorded answers are given again from', replay),
    '',
    `export REO_BASE_URL=${url}${reo === undefined ? ` REO_API_KEY=${keys.reo}` : ''}`,
    `export REPORTEI_BASE_URL=${url}${reportei === undefined ? ` REPORTEI_TOKEN=${keys.merchant}` : ''}`,
  ];
  if (reportei === undefined) {
    lines.push(
      `export REPORTEI_CUSTOMER_TOKEN=${keys.customer}`,
      '',
      `integrations  ${INTEGRATIONS.instagram_business} (Instagram)`,
      `              ${INTEGRATIONS.google_analytics_4} (Google Analytics)`,
    );
  }
  if (reo === undefined) lines.push('', ...usageCall(url, keys.reo));
  if (reportei === undefined) {
    const tokens = `-H 'Authorization: Bearer ${keys.merchant}' -H 'X-Customer-Token: ${keys.customer}'`;
    lines.push(...metricsCall(url, tokens, INTEGRATIONS.instagram_business));
  }
  return `\n${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n`;
}

const told = (what: string, where: string | undefined): string[] =>
  where === undefined ? [] : [`${what} ${where}`];

const JSON_HEADER = `-H 'Content-Type: application/json'`;

const usageCall = (url: string, key: string): string[] => [
  `curl ${url}/api/product/usage -H 'X-API-KEY: ${key}' ${JSON_HEADER} \\`,
  `  -d '${JSON.stringify({
    payload: {
      activity_type: 'LOGIN',
      source: 'PRODUCT_CLOUD',
      product_id: 'web',
      event_at: 1735689600,
      user_id: 'ann@example.com',
      user_id_type: 'EMAIL',
    },
  })}'`,
];

const metricsCall = (url: string, tokens: string, integration: string): string[] => [
  `curl ${url}/api/metrics/get-data ${tokens} ${JSON_HEADER} \\`,
  `  -d '${JSON.stringify({
    customer_integration: integration,
    start: '2024-08-01',
    end: '2024-08-31',
    metrics: [
      {
        id: 'f35a44ce-dac5-4188-aace-5c44a8952176',
        reference_key: 'ig:story_replies',
        component: 'number_v1',
        metrics: ['replies'],
      },
    ],
  })}'`,
];
