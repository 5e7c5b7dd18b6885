import type { ComponentChild } from 'preact';
import type { Settings, SettingsChange } from '../lib/types.ts';
import { call } from '../store/api.ts';
import { settings as resource } from '../store/emulator.ts';
import { act } from '../store/notices.ts';
import { Switch } from './switch.tsx';

const change = (part: SettingsChange): Promise<boolean> =>
  act(async () => resource.set(await call<Settings>('PATCH', 'settings', part)), 'Changed');

const SWITCHES = [
  ['strict', 'Refuse fields that no document names'],
  ['envelope', 'Metrics inside data'],
  ['numbersAsText', 'Numbers as text'],
  ['missingMetrics', 'Last metric of each request missing'],
] as const;

const CHOICES = [
  ['reoFailureStatus', "Status of Reo's refusals", [400, 200]],
  ['unknownActivity', 'Activity that is not configured', ['refuse', 'drop']],
  ['unknownMetric', 'Metric that is not in the catalogue', ['failure', 'null', 'refuse']],
] as const;

const duration = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const rate = (text: string): Settings['rateLimit'] => {
  const [perSecond, perMinute] = text.split('/').map((one) => Number(one.trim()));
  return text.trim() === '' ? null : { perSecond: perSecond ?? NaN, perMinute: perMinute ?? NaN };
};

const names = (text: string): string[] | null => {
  const all = text.split(',').map((one) => one.trim());
  return text.trim() === '' ? null : all.filter(Boolean);
};

interface TextSetting {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly change: (text: string) => SettingsChange;
}

const textSettings = (now: Settings): readonly TextSetting[] => [
  {
    label: 'Configured activities',
    hint: 'any, or: LOGIN, EXPORT',
    value: now.activities?.join(', ') ?? '',
    change: (text) => ({ activities: names(text) }),
  },
  {
    label: 'Calls a second / a minute',
    hint: 'no limit',
    value: now.rateLimit ? `${now.rateLimit.perSecond} / ${now.rateLimit.perMinute}` : '',
    change: (text) => ({ rateLimit: rate(text) }),
  },
  {
    label: 'Delay of every call',
    hint: '200ms, 2s',
    value: String(now.delay),
    change: (text) => ({ delay: duration(text.trim()) }),
  },
  {
    label: 'Webhook delay',
    hint: '500ms, 2s',
    value: String(now.webhookDelay),
    change: (text) => ({ webhookDelay: duration(text.trim()) }),
  },
  {
    label: 'Webhook retries',
    hint: '0 to 20',
    value: String(now.webhookRetries),
    change: (text) => ({ webhookRetries: Number(text) }),
  },
];

export const SettingsPanel = ({ settings }: { readonly settings: Settings }): ComponentChild => (
  <section class="card" aria-labelledby="settings-title">
    <h2 id="settings-title">Settings</h2>
    <p class="muted">What the vendors' documents leave open. Works from the next request on.</p>
    <div class="settings">
      {SWITCHES.map(([name, label]) => (
        <div key={name} class="setting">
          <span aria-hidden="true">{label}</span>
          <Switch
            label={label}
            isOn={settings[name]}
            change={(isOn) => void change({ [name]: isOn })}
          />
        </div>
      ))}
      {CHOICES.map(([name, label, values]) => (
        <label key={name} class="setting">
          {label}
          <select
            value={String(settings[name])}
            onChange={({ currentTarget }) => {
              const value = values.find((one) => String(one) === currentTarget.value);
              void change({ [name]: value });
            }}
          >
            {values.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      ))}
      {textSettings(settings).map(({ label, hint, value, change: toChange }) => (
        <label key={label} class="setting">
          {label}
          <input
            key={value}
            defaultValue={value}
            placeholder={hint}
            onChange={({ currentTarget }) => void change(toChange(currentTarget.value))}
          />
        </label>
      ))}
    </div>
  </section>
);
