import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What `npm start -- …` runs. */
const start = (args: readonly string[], input?: string): Promise<Run> =>
  new Promise((resolve) => {
    const command = ['node_modules/tsx/dist/cli.mjs', 'scripts/start.ts', ...args];
    const child = execFile(process.execPath, command, { cwd: root }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
    child.stdin?.end(input ?? '');
  });

const event = {
  activity_type: 'LOGIN',
  product_id: 'p',
  user_id: 'a@b.example',
  user_id_type: 'EMAIL',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallywire-start-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('npm start', () => {
  it('does the whole job on the sample, and ends without a terminal', async () => {
    const { code, out } = await start([]);
    expect(out).toMatch(/listening on http:\/\/127\.0\.0\.1:\d+/);
    expect(out).toContain('60 sent, 0 refused, 0 skipped');
    expect(out).toMatch(/holds 60 events and \d+ counts with a sum of \d+/);
    expect(out).toMatch(/replies +\d+ +[▲▼][^]*reach +[▁-█][^]*Male +[\d,]+ +█[^]*Total +[\d,]+/);
    expect(out).toContain('arrived, and is the same');
    expect(code).toBe(0);
  });

  it('names bad lines and goes on', async () => {
    const file = join(folder, 'events.ndjson');
    const lines = [
      JSON.stringify(event),
      '{"activity_type":',
      '[]',
      '',
      JSON.stringify({ ...event, event_at: Date.now() }),
      JSON.stringify({ ...event, ip_adr: '1.2.3.4' }),
      JSON.stringify({ ...event, mode: 'USER', count: 41 }),
      JSON.stringify({
        mode: 'DOMAIN',
        domain: 'b.example',
        activity_type: 'L',
        product_id: 'p',
        count: 2,
      }),
    ];
    await writeFile(file, lines.join('\r\n'));
    const { code, out, err } = await start(['--once', file]);
    expect(err).toMatch(
      /line 2: not JSON\n *line 3: not an object\n *line 5: .*milliseconds.*\n *line 6: ip_adr/,
    );
    expect(out).toContain('3 sent, 0 refused, 4 skipped');
    // 41 and 2 from the file, and 1 for the event that was counted by company.
    expect(out).toContain('holds 1 events and 3 counts with a sum of 44');
    expect(code).toBe(0);
  });

  it('reads standard input', async () => {
    const { out } = await start(['-'], `${JSON.stringify(event)}\n`);
    expect(out).toContain('1 sent, 0 refused, 0 skipped');
  });

  it.each([
    [['--help'], 0, /npm start -- events\.ndjson/],
    [['--port', 'x'], 2, /--port takes a number/],
    [['--port', '65536'], 2, /--port takes a number/],
    [['--verbose'], 2, /--verbose/],
    [['no-such-file'], 2, /no file no-such-file/],
    [['a', 'b'], 2, /one file/],
  ])('answers %j with %i', async (args, expected, text) => {
    const { code, out, err } = await start(args);
    expect(code).toBe(expected);
    expect(out + err).toMatch(text);
  });

  it('says when the port is taken', async () => {
    const { createServer } = await import('node:http');
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    const { code, err } = await start(['--port', String(port)]);
    taken.close();
    expect(err).toMatch(/in use/);
    expect(code).toBe(1);
  });
});
