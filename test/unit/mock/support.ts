import { expect } from 'vitest';
import {
  INTEGRATIONS,
  startMockServer,
  type MockServer,
  type MockServerOptions,
} from '../../../src/mock/index.ts';

/** An answer with its body parsed, where it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Sent {
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string | undefined;
}

/** An emulator, what it logged, and calls to it by `METHOD /path`. */
export interface TestedMock extends MockServer {
  readonly lines: readonly string[];
  readonly call: (what: string, sent?: Sent) => Promise<Answered>;
}

export const REO = { 'X-API-KEY': 'test_reo_key' };
export const MERCHANT = { Authorization: 'Bearer test_reportei_token' };
export const CUSTOMER = { ...MERCHANT, 'x-customer-token': 'test_customer_token' };

/** Fails the test at its end if the emulator broke its own contract, or anything else, in it. */
export async function startTested(options: MockServerOptions = {}): Promise<TestedMock> {
  const lines: string[] = [];
  const mock = await startMockServer({ ...options, log: (line) => lines.push(line) });
  const close = async (): Promise<void> => {
    await mock.close();
    expect(lines.filter((line) => line.includes('BUG'))).toEqual([]);
  };
  return {
    ...mock,
    lines,
    close,
    [Symbol.asyncDispose]: close,
    call: (what, sent) => call(mock.url, what, sent),
  };
}

export async function call(base: string, what: string, sent: Sent = {}): Promise<Answered> {
  const [method = 'GET', path = '/'] = what.split(' ');
  const text = sent.text ?? (sent.json === undefined ? undefined : JSON.stringify(sent.json));
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...sent.headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  const json = response.headers.get('content-type')?.includes('/json') === true && answer !== '';
  return {
    status: response.status,
    headers: response.headers,
    body: json ? JSON.parse(answer) : answer,
  };
}

export const EVENT = {
  activity_type: 'LOGIN_ACTIVITY',
  source: 'PRODUCT_CLOUD',
  product_id: 'reoWebApp',
  event_at: 1_735_689_600,
  user_id: 'brian@reo.dev',
  user_id_type: 'EMAIL',
} as const;

export const USER_COUNT = { ...EVENT, mode: 'USER', count: 40 } as const;

export const DOMAIN_COUNT = {
  mode: 'DOMAIN',
  activity_type: 'DEMO_LOGIN',
  source: 'PRODUCT_CLOUD',
  product_id: 'reoWebApp',
  event_at: 1_735_689_600,
  domain: 'reo.dev',
  count: 1250,
  user_id: '',
  user_id_type: '',
} as const;

/** The request that the vendor's document shows. */
export const GET_DATA = {
  customer_integration: INTEGRATIONS.instagram_business,
  start: '2024-01-01',
  end: '2024-09-01',
  metrics: [
    {
      id: 'f35a44ce-dac5-4188-aace-5c44a8952176',
      reference_key: 'ig:story_replies',
      component: 'number_v1',
      metrics: ['replies'],
      dimensions: ['stories'],
    },
    {
      id: '3051ed66-a05c-462a-aece-e1d900e78b02',
      reference_key: 'ig:followers_gender',
      component: 'chart_v1',
      metrics: ['followers'],
      dimensions: ['gender'],
    },
    {
      id: 'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5',
      reference_key: 'ig:clicks_breakdown',
      component: 'datatable_v1',
      metrics: ['count', 'ctr'],
      dimensions: ['clicks_breakdown'],
    },
  ],
} as const;
