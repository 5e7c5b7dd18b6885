import type { ComponentChild } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dateAndTime, offset } from '../lib/format.ts';
import type { Clock, ClockMove } from '../lib/types.ts';
import { call } from '../store/api.ts';
import { clock, health } from '../store/emulator.ts';
import { act } from '../store/notices.ts';

const move = (to: ClockMove): Promise<boolean> =>
  act(async () => {
    clock.set(await call<Clock>('PATCH', 'clock', to));
    health.refresh();
  }, 'The clock is moved');

const STEPS = ['1h', '1d', '8d'];

/** The time goes on while nobody asks for it. */
const useTicking = (now: string | undefined): string => {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const started = performance.now();
    setPassed(0);
    const timer = setInterval(() => setPassed(performance.now() - started), 1_000);
    return () => clearInterval(timer);
  }, [now]);
  return now === undefined ? '–' : dateAndTime(Date.parse(now) + passed);
};

export const ClockPanel = (): ComponentChild => {
  clock.use();
  const [span, setSpan] = useState('30m');
  const now = clock.data.value;
  const time = useTicking(now?.now);
  return (
    <section class="card" aria-labelledby="clock-title">
      <h2 id="clock-title">Clock</h2>
      <p>
        {time}{' '}
        <span class="muted">
          {now && (now.offset === 0 ? "the machine's time" : offset(now.offset))}
        </span>
      </p>
      <div class="actions">
        {STEPS.map((step) => (
          <button key={step} type="button" onClick={() => void move({ advance: step })}>
            + {step}
          </button>
        ))}
        <button
          type="button"
          disabled={!now || now.offset === 0}
          onClick={() => void move({ now: null })}
        >
          Back to the machine's time
        </button>
      </div>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void move({ advance: span.trim() });
        }}
      >
        <label>
          Ahead by{' '}
          <input
            size={6}
            value={span}
            onInput={({ currentTarget }) => setSpan(currentTarget.value)}
          />
        </label>
        <button type="submit">Advance</button>
      </form>
    </section>
  );
};
