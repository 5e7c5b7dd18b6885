import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTested, type TestedMock } from '../unit/mock/support.ts';

// The commands of the vendors' documents, typed into a shell. Changed are the host and the key,
// and what is not valid JSON there; each repair says so.

const hasCurl = ((): boolean => {
  try {
    return execFileSync('curl', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

let mock: TestedMock;
beforeAll(async () => {
  mock = await startTested();
});
afterAll(() => mock.close());

/** Runs a command of a document in a shell, against the emulator, and reads what it prints. */
async function run(command: string, key = 'test_reo_key'): Promise<unknown> {
  const local = command
    .replaceAll('https://ingest.reo.dev', mock.url)
    .replaceAll('https://connect.reportei.com', mock.url)
    .replaceAll('<API_KEY>', key)
    .replace(/^curl /, "curl --silent --show-error --noproxy '*' --max-time 10 ");
  const { stdout } = await promisify(execFile)('sh', ['-c', local], {
    env: { ...process.env, ACCESS_TOKEN: mock.keys.merchant, CUSTOMER_TOKEN: mock.keys.customer },
  });
  return JSON.parse(stdout);
}

describe.skipIf(!hasCurl && process.env['REQUIRE_ALL'] === undefined)('Single Events', () => {
  // Repaired: the user agent of the document has a raw line break in it.
  const COMMAND = `curl --location 'https://ingest.reo.dev/api/product/usage' \\
--header 'X-API-KEY: <API_KEY>' \\
--header 'Content-Type: application/json' \\
--data '{
    "payload": {
	"activity_type": "LOGIN_ACTIVITY",
	"source": "PRODUCT_CLOUD",        
	"environment": "PRODUCTION",
        "user_id": "https://www.linkedin.com/in/userid",
        "user_id_type":"LINKEDIN",
        "ip_addr": "156.59.87.83",
        "event_id": 1231231232,  
        "event_at": 639303296,  
        "product_id": "reoWebApp",
        "user_agent": "Mozilla/5.0 (Macintosh, Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
        "meta": {"property1":"value1","property2":"value2"}
    }
}'`;

  it('are taken', async () => {
    expect(await run(COMMAND)).toEqual({
      response_code: '200',
      response: 'Data Uploaded',
      status: 'success',
    });
    expect(mock.usage.events().at(-1)?.payload).toMatchObject({
      event_id: 1_231_231_232,
      event_at: 639_303_296,
      meta: { property1: 'value1', property2: 'value2' },
    });
  });

  it('with a wrong key are refused', async () => {
    expect(await run(COMMAND, 'wrong')).toEqual({
      response_code: 400,
      response: 'Authentication Failure',
      status: 'failure',
    });
  });

  it('as the document has them, with a line break in a text, are no JSON', async () => {
    const broken = COMMAND.replace('10_15_7) Apple', '10_15_7) \nApple');
    expect(await run(broken)).toEqual({
      response_code: 400,
      response: expect.stringContaining('not valid JSON'),
      status: 'failure',
    });
  });
});

describe.skipIf(!hasCurl && process.env['REQUIRE_ALL'] === undefined)('Aggregated Events', () => {
  const DOMAIN_MODE = `curl --location 'https://ingest.reo.dev/api/product/aggregateusage' \\
--header 'X-API-KEY: <API_KEY>' \\
--header 'Content-Type: application/json' \\
--data '{
  "payload": {
    "mode": "DOMAIN",
    "activity_type": "DEMO_LOGIN",
    "source": "PRODUCT_CLOUD",
    "environment": "PRODUCTION",
    "event_id": 1231231232,
    "event_at": 639303296,
    "user_id": "",
    "user_id_type": "",
    "count": 1250,
    "domain": "reo.dev",
    "ip_addr": "",
    "product_id": "reoWebApp",
    "user_agent": "Mozilla/5.0 (Macintosh, Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "meta": {
      "property1": "value1",
      "property2": "value2"
    }
  }
}'`;
  const USER_MODE = `curl --location 'https://ingest.reo.dev/api/product/aggregateusage' \\
--header 'X-API-KEY: <API_KEY>' \\
--header 'Content-Type: application/json' \\
--data '{
  "payload": {
    "mode": "USER",
    "activity_type": "probe",
    "source": "PRODUCT_CLOUD",
    "environment": "PRODUCTION",
    "event_id": 1231231232,
    "event_at": 639303296,
    "user_id": "brian@reo.dev",
    "user_id_type": "EMAIL",
    "count": 40,
    "domain": "",
    "ip_addr": "",
    "product_id": "reoWebApp",
    "user_agent": "Mozilla/5.0 (Macintosh, Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "meta": {
      "property1": "value1",
      "property2": "value2"
    }
  }
}'`;

  it.each([
    ['in domain mode', DOMAIN_MODE, 1250],
    ['in user mode', USER_MODE, 40],
    // The samples in JSON differ from the commands in these.
    [
      'of the sample in domain mode',
      DOMAIN_MODE.replace('DEMO_LOGIN', 'secondary23').replace('"reo.dev"', '"www.reo.dev"'),
      1250,
    ],
    [
      'of the sample in user mode',
      USER_MODE.replace('probe', 'LOGIN_ACTIVITY').replace('40', '1250'),
      1250,
    ],
  ])('%s are taken', async (_what, command, count) => {
    expect(await run(command)).toEqual({
      response_code: '200',
      response: 'Aggregated Data Uploaded',
      status: 'success',
    });
    expect(mock.usage.counts().at(-1)?.payload.count).toBe(count);
  });

  it('with a wrong key are refused', async () => {
    for (const command of [DOMAIN_MODE, USER_MODE]) {
      expect(await run(command, 'wrong')).toEqual({
        response_code: 400,
        response: 'Authentication Failure',
        status: 'failure',
      });
    }
  });

  it('in another mode are refused', async () => {
    expect(await run(USER_MODE.replace('"USER"', '"TEAM"'))).toEqual({
      response_code: 400,
      response: 'Invalid mode. Supported modes: DOMAIN, USER',
      status: 'failure',
    });
  });
});

describe.skipIf(!hasCurl && process.env['REQUIRE_ALL'] === undefined)('Get metrics data', () => {
  const METRICS = `"customer_integration": "4addc0da-8583-4dbb-a0e9-c7e2e8470f50",
  "start": "2024-01-01",
  "end": "2024-09-01",
  "metrics": [
    {
        "id": "f35a44ce-dac5-4188-aace-5c44a8952176",
        "reference_key": "ig:story_replies",
        "component": "number_v1",
        "metrics": ["replies"],
        "dimensions": ["stories"]
    },
    {
        "id": "3051ed66-a05c-462a-aece-e1d900e78b02",
        "reference_key": "ig:followers_gender",
        "component": "chart_v1",
        "metrics": ["followers"],
        "dimensions": ["gender"]
    },
    {
        "id": "b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5",
        "reference_key": "ig:clicks_breakdown",
        "component": "datatable_v1",
        "metrics": ["count", "ctr"],
        "dimensions": ["clicks_breakdown"]
    }
  ]`;
  const HEADERS = `-H "Authorization: Bearer $ACCESS_TOKEN" \\
-H "x-customer-token: $CUSTOMER_TOKEN" \\
-H "Content-Type: application/json" \\`;
  const COMMAND = `curl -X POST https://connect.reportei.com/metrics/get-data \\
${HEADERS}
-d '{
  ${METRICS}
}'`;
  const A_NUMBER = expect.any(Number);
  const ANSWER = {
    'f35a44ce-dac5-4188-aace-5c44a8952176': {
      values: A_NUMBER,
      comparison: { values: null, difference: null, absoluteDifference: null },
    },
    '3051ed66-a05c-462a-aece-e1d900e78b02': {
      labels: ['Male', 'Female', 'Unknown'],
      values: [{ data: [A_NUMBER, A_NUMBER, A_NUMBER] }],
    },
    'b3a949ac-f6ae-4bd1-bb90-1e8e0cbe8ed5': {
      values: [
        ['Email', A_NUMBER, A_NUMBER],
        ['Websites', A_NUMBER, A_NUMBER],
        ['Total', A_NUMBER, A_NUMBER],
      ],
    },
  };

  it('answers with the three metrics', async () => {
    expect(await run(COMMAND)).toEqual(ANSWER);
  });

  it('answers the same under /api, where integrations look for it', async () => {
    expect(await run(COMMAND.replace('.com/', '.com/api/'))).toEqual(await run(COMMAND));
  });

  it('answers the request above the command, but for the comma that is too many in it', async () => {
    const COMMA = '"clicks_breakdown"]\n    }';
    expect(COMMAND).toContain(COMMA);
    const broken = COMMAND.replace(COMMA, COMMA.replace(']\n', '],\n'));
    expect(await run(broken)).toEqual({ message: expect.stringContaining('not valid JSON') });
  });

  it('asynchronously answers 200 and posts the same to the webhook', async () => {
    const posted: string[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        posted.push(body);
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/receive-metrics`;
    const started = await run(`curl -X POST https://connect.reportei.com/metrics/get-data-async \\
${HEADERS}
-d '{
  "metrics_webhook_url": "${webhook}",
  ${METRICS}
}'`);
    expect(started).toMatchObject({ success: true });
    await mock.webhooks.idle();
    receiver.close();
    expect(posted.map((body): unknown => JSON.parse(body))).toEqual([await run(COMMAND)]);
  });
});
