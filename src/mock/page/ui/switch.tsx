import type { ComponentChild } from 'preact';

interface Props {
  readonly label: string;
  readonly isOn: boolean;
  readonly change: (isOn: boolean) => void;
}

export const Switch = ({ label, isOn, change }: Props): ComponentChild => (
  <button
    type="button"
    class="switch"
    role="switch"
    aria-checked={isOn}
    aria-label={label}
    onClick={() => change(!isOn)}
  >
    <span class="switch-track" aria-hidden="true" />
    <span class="switch-word" aria-hidden="true">
      {isOn ? 'on' : 'off'}
    </span>
  </button>
);
