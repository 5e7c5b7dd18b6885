import type { ComponentChild } from 'preact';
import { health, settings } from '../store/emulator.ts';
import { Accounts } from './accounts.tsx';
import { ClockPanel } from './clock-panel.tsx';
import { ResetPanel } from './reset-panel.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { SnapshotPanel } from './snapshot-panel.tsx';

export const EmulatorView = (): ComponentChild => {
  health.use();
  settings.use();
  const now = health.data.value;
  return (
    <div class="page">
      <dl class="figures">
        <div class="figure">
          <dt>Version</dt>
          <dd>{now?.version ?? '–'}</dd>
        </div>
        <div class="figure">
          <dt>Seed</dt>
          <dd>{now?.seed ?? '–'}</dd>
        </div>
        <div class="figure">
          <dt>Address</dt>
          <dd class="breaks">{location.origin}</dd>
        </div>
      </dl>
      <div class="cards">
        {settings.data.value && <SettingsPanel settings={settings.data.value} />}
        <div class="stack-of-cards">
          <ClockPanel />
          <ResetPanel />
          <SnapshotPanel />
        </div>
        <Accounts />
      </div>
    </div>
  );
};
