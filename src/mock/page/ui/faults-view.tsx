import type { ComponentChild } from 'preact';
import { describeFault } from '../lib/describe-fault.ts';
import type { Fault } from '../lib/types.ts';
import { call } from '../store/api.ts';
import { faults } from '../store/emulator.ts';
import { act } from '../store/notices.ts';
import { FaultForm } from './fault-form.tsx';
import { Switch } from './switch.tsx';

const change = async (work: () => Promise<unknown>, done: string): Promise<void> => {
  await act(work, done);
  faults.refresh();
};

const switchTo = async (fault: Fault, enabled: boolean): Promise<void> => {
  const list = faults.data.value?.faults ?? [];
  await act(async () => {
    const changed = await call<Fault>('PATCH', `faults/${fault.id}`, { enabled });
    faults.set({ faults: list.map((one) => (one.id === fault.id ? changed : one)) });
  });
  faults.refresh();
};

const isSpent = ({ times, used }: Fault): boolean => times !== undefined && used >= times;

const Row = ({ fault }: { readonly fault: Fault }): ComponentChild => {
  const sentence = describeFault(fault);
  return (
    <li class={fault.enabled ? 'fault' : 'fault fault-off'}>
      <Switch label={sentence} isOn={fault.enabled} change={(isOn) => void switchTo(fault, isOn)} />
      <span class="fault-what">
        {fault.name && <b>{fault.name}: </b>}
        {sentence}
        {isSpent(fault) && fault.enabled && <span class="badge">used up</span>}
      </span>
      <span class="muted">{fault.id}</span>
      <button
        type="button"
        aria-label={`Remove ${fault.id}`}
        onClick={() => void change(() => call('DELETE', `faults/${fault.id}`), 'Removed')}
      >
        Remove
      </button>
    </li>
  );
};

export const FaultsView = (): ComponentChild => {
  const list = faults.data.value?.faults ?? [];
  return (
    <div class="page">
      {faults.error.value && <p class="problem-line">{faults.error.value}</p>}
      <section class="card card-wide" aria-labelledby="faults-title">
        <header class="part-head">
          <h2 id="faults-title">Faults</h2>
          {list.length > 0 && (
            <button
              type="button"
              class="quiet"
              onClick={() => void change(() => call('DELETE', 'faults'), 'All faults removed')}
            >
              Remove all
            </button>
          )}
        </header>
        {list.length === 0 ? (
          <p class="muted">None: every call works. The first one that fits a call is used.</p>
        ) : (
          <ul class="faults">
            {list.map((fault) => (
              <Row key={fault.id} fault={fault} />
            ))}
          </ul>
        )}
      </section>
      <FaultForm />
    </div>
  );
};
