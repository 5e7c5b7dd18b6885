/** Short remarks about what was just done, for eyes and screen readers. */
import { signal } from '@preact/signals';
import { messageOf } from './api.ts';

export interface Notice {
  readonly text: string;
  readonly isError: boolean;
}

export const notice = signal<Notice | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;

export const say = (text: string, isError = false): void => {
  notice.value = { text, isError };
  clearTimeout(timer);
  timer = setTimeout(() => (notice.value = null), isError ? 8_000 : 2_500);
};

/** Does what a button is for, and says how that ended. */
export const act = async (work: () => Promise<unknown>, done?: string): Promise<boolean> => {
  try {
    await work();
    if (done) say(done);
    return true;
  } catch (error) {
    say(messageOf(error), true);
    return false;
  }
};
