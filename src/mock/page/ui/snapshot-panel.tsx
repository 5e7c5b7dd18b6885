import type { ComponentChild } from 'preact';
import { call } from '../store/api.ts';
import { refreshAll } from '../store/emulator.ts';
import { act } from '../store/notices.ts';

const restore = async (input: HTMLInputElement): Promise<void> => {
  const file = input.files?.[0];
  if (!file) return;
  await act(async () => call('PUT', 'snapshot', await file.text()), 'Restored');
  input.value = '';
  refreshAll();
};

export const SnapshotPanel = (): ComponentChild => (
  <section class="card" aria-labelledby="files-title">
    <h2 id="files-title">Files</h2>
    <p class="links">
      {['requests', 'usage', 'webhooks'].map((what) => (
        <a key={what} href={`export?what=${what}`} download={`${what}.ndjson`}>
          {what}.ndjson
        </a>
      ))}
      <a href="snapshot" download="snapshot.json">
        snapshot.json
      </a>
    </p>
    <label class="field">
      Restore a snapshot
      <input
        type="file"
        accept="application/json,.json"
        onChange={({ currentTarget }) => void restore(currentTarget)}
      />
    </label>
  </section>
);
