import type { ComponentChild } from 'preact';

const kindOf = (status: number | null): string => {
  if (status === null || status >= 500) return 'bad';
  if (status >= 400) return 'warn';
  return status >= 300 ? 'info' : 'good';
};

export const Status = ({ status }: { readonly status: number | null }): ComponentChild => (
  <span class={`status status-${kindOf(status)}`}>
    <span class="off-screen">status </span>
    {status ?? 'dropped'}
  </span>
);
