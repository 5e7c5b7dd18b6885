import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import type { Part } from '../lib/types.ts';
import { call } from '../store/api.ts';
import { refreshAll } from '../store/emulator.ts';
import { reload } from '../store/journal.ts';
import { act } from '../store/notices.ts';
import { loadWebhooks } from '../store/webhooks.ts';

const PARTS: readonly Part[] = [
  'requests',
  'usage',
  'accounts',
  'webhooks',
  'faults',
  'settings',
  'clock',
  'limits',
];

const reset = async (parts?: readonly Part[]): Promise<void> => {
  const what = parts ? parts.join(', ') : 'Everything';
  await act(() => call('POST', 'reset', parts ? { parts } : undefined), `Put back: ${what}`);
  refreshAll();
  loadWebhooks();
  if (!parts || parts.includes('requests')) await reload();
};

export const ResetPanel = (): ComponentChild => {
  const [isSure, setSure] = useState(false);
  return (
    <section class="card" aria-labelledby="reset-title">
      <h2 id="reset-title">Start over</h2>
      <p class="muted">Puts a part back to how the emulator started.</p>
      <div class="actions">
        {PARTS.map((part) => (
          <button key={part} type="button" onClick={() => void reset([part])}>
            {part}
          </button>
        ))}
        <button
          type="button"
          class={isSure ? 'danger' : undefined}
          onBlur={() => setSure(false)}
          onClick={() => {
            if (isSure) void reset();
            setSure(!isSure);
          }}
        >
          {isSure ? 'Really everything?' : 'everything'}
        </button>
      </div>
    </section>
  );
};
