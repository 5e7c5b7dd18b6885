/** Data of the emulator that is fetched whole, whenever it has changed. */
import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { call, messageOf } from './api.ts';
import { throttled } from './frames.ts';

export interface Resource<Data> {
  readonly data: ReadonlySignal<Data | undefined>;
  readonly error: ReadonlySignal<string | undefined>;
  /** At most once a second, and only while somebody looks. */
  readonly refresh: () => void;
  /** Takes what an answer to a change has told already. */
  readonly set: (data: Data) => void;
  /** A hook: keeps it fresh while the component is there. */
  readonly use: () => void;
}

export const resource = <Data>(path: string): Resource<Data> => {
  const data = signal<Data | undefined>(undefined);
  const error = signal<string | undefined>(undefined);
  let users = 0;
  let latest = 0;
  const load = async (): Promise<void> => {
    latest += 1;
    const mine = latest;
    try {
      const loaded = await call<Data>('GET', path);
      if (mine === latest) [data.value, error.value] = [loaded, undefined];
    } catch (problem) {
      if (mine === latest) error.value = messageOf(problem);
    }
  };
  const refresh = throttled(1_000, () => {
    if (users > 0) void load();
  });
  return {
    data,
    error,
    refresh,
    set: (next) => {
      latest += 1;
      data.value = next;
    },
    use: () =>
      useEffect(() => {
        users += 1;
        void load();
        return () => void (users -= 1);
      }, []),
  };
};
