import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accept,
  type Folder,
  makeFolder,
  startSend,
  startUsageServer,
  summaryOf,
} from '../support/cli-send.ts';
import { buildPackage } from '../support/build.ts';

let folder: Folder;
beforeAll(async () => {
  await buildPackage();
  folder = makeFolder();
}, 180_000);
afterAll(() => folder.remove());

describe('tallywire send --outbox', () => {
  it('keeps every record on disk, and delivers what runs before have left', async () => {
    await using server = await startUsageServer();
    const { file, good } = folder.bigFile(600);
    const args = [file, '--outbox', join(folder.path, 'outbox')];
    server.answer = (response, payload) => {
      if (server.arrived() < 200) accept(response, payload);
    };
    const run = startSend(server.url, args);
    await server.hasArrived(200);
    run.child.kill('SIGKILL');
    await run.ended;
    server.answer = accept;
    const { code, out, err } = await startSend(server.url, [...args, '--json', '-q']).ended;
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(server.payloads.size).toBe(good);
    expect(summaryOf(out)).toMatchObject({ end: 'done', left: 0 });
    for (const texts of server.payloads.values()) expect(new Set(texts).size).toBe(1);
  }, 60_000);
});
